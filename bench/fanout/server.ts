import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { errand, now, serveTasks } from "../child";
import { contenders, type Kind } from "./contenders";

const { kind, skus } = errand<{ kind: Kind; skus: number }>();
const server = createServer();
const sockets = new Set<Socket>();
server.on("connection", (socket) => {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
});
const publish = await contenders[kind](server, skus);
let told = 0;

/** The most that any one socket is owed. */
const mostOwed = (): number => Math.max(0, ...[...sockets].map((socket) => socket.writableLength));

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Tells so many changes, evenly spread; each of another product than the ones around it. */
async function tell({ changes = 0, perSecond = 0 }: Readonly<Record<string, number>>) {
  const cpu = process.cpuUsage();
  const began = now();
  const sentAt: number[] = [];
  let owed = 0;
  for (let given = 0; given < changes; ) {
    const due = Math.min(changes, Math.floor(((now() - began) / 1_000) * perSecond) + 1);
    for (; given < due; given += 1) {
      sentAt.push(now());
      publish(told++ % skus);
    }
    owed = Math.max(owed, mostOwed());
    await pause(1);
  }
  return { sentAt, owed, cpuBefore: cpu };
}

serveTasks({
  async listen() {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },
  tell,
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  async fill({ changes = 0 }) {
    for (let given = 0; given < changes; ) {
      const group = Array.from({ length: Math.min(1_000, changes - given) }, () => publish(told++ % skus));
      given += group.length;
      await Promise.all(group);
    }
  },
  async memory() {
    // What was only needed to open a link is garbage by the second time.
    for (let round = 0; round < 3; round += 1) {
      globalThis.gc?.();
      await pause(100);
    }
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, used: heapUsed + external };
  },
});
