import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createInventory } from "@onhand/core";
import { addExamples } from "@onhand/core/testing";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import type { WebhookBody } from "@onhand/transport-adapters/webhooks";
import createKnex, { type Knex } from "knex";
import { describe, expect, it, onTestFinished } from "vitest";
import { mysqlDatabase, postgresDatabase, waitFor } from "../../../../tests/servers";

const child = fileURLToPath(new URL("./deliverer-child.ts", import.meta.url));
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const leaseMs = 2_000;
const patienceMs = 60_000;

interface Told {
  readonly process: string;
  readonly from: number;
  readonly to: number;
  readonly movements: readonly number[];
}

/** Takes what it is told; asked to, it leaves one delivery without an answer. */
async function startReceiver() {
  const told: Told[] = [];
  let hold: ((told: Told) => void) | undefined;
  const server = createServer(async (request, response) => {
    const { data } = JSON.parse(await text(request)) as WebhookBody;
    const movements = data.changes.filter(({ entity }) => entity === "movement").map(({ seq }) => seq);
    const one = { process: String(request.headers["x-process"]), from: data.from, to: data.to, movements };
    told.push(one);
    if (!hold) return void response.writeHead(204).end();
    hold(one);
    hold = undefined;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    told,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** The next delivery, which gets no answer. */
    held: () =>
      new Promise<Told>((resolve) => {
        hold = resolve;
      }),
  };
}

async function startDeliverer(config: Knex.Config, url: string): Promise<ChildProcess> {
  const args = ["--conditions=@onhand/source", "--import", "tsx", child, JSON.stringify(config), url, String(leaseMs)];
  const started = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void started.kill("SIGKILL"));
  const ended = once(started, "exit").then(() => Promise.reject(new Error("a deliverer ended by itself")));
  await Promise.race([once(started.stdout, "data"), ended]);
  ended.catch(() => undefined);
  return started;
}

const databases = [
  { name: "PostgreSQL", client: "pg", create: postgresDatabase },
  { name: "MariaDB", client: "mysql2", create: mysqlDatabase },
];

describe.each(databases)("a process killed in the middle of a delivery, on $name", ({ client, create }) => {
  it("is taken over by another, which repeats the delivery and goes on in order, without a gap", async () => {
    const { url: connection, drop } = await create();
    onTestFinished(drop);
    const config = { client, connection, pool: { min: 0, max: 4 } };
    const knex = createKnex(config);
    onTestFinished(() => knex.destroy());
    const inventory = await createInventory({ storage: sqlStorage({ knex }) });
    await addExamples(inventory);
    const receive = () => inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 1 });
    const receiver = await startReceiver();
    const deliverers = await Promise.all([1, 2].map(() => startDeliverer(config, receiver.url)));
    const arrived = async () => {
      const { seq } = await receive();
      await waitFor(`delivery of ${seq}`, patienceMs, () => receiver.told.some(({ to }) => to >= seq));
    };
    for (let count = 0; count < 20; count++) await arrived();

    const held = receiver.held();
    await receive();
    const { process: holder, from } = await held;
    const victim = deliverers.find(({ pid }) => String(pid) === holder);
    victim?.kill("SIGKILL");
    const before = receiver.told.length;
    for (let count = 0; count < 20; count++) await receive();
    await arrived();
    for (let count = 0; count < 10; count++) await arrived();

    const [first, second] = [receiver.told.slice(0, before), receiver.told.slice(before)];
    expect(new Set(first.map(({ process }) => process))).toEqual(new Set([holder]));
    expect(new Set(second.map(({ process }) => process)).size).toBe(1);
    expect(second[0]?.process).not.toBe(holder);
    expect(second[0]?.from).toBe(from);
    let applied = 0;
    for (const { from: after, to } of receiver.told) {
      expect(after).toBeLessThanOrEqual(applied);
      expect(to).toBeGreaterThanOrEqual(applied);
      applied = to;
    }
    const { items } = await inventory.feed.since(0, { limit: 1_000, filter: { entities: ["movement"] } });
    expect([...new Set(receiver.told.flatMap(({ movements }) => movements))]).toEqual(items.map(({ seq }) => seq));
    await inventory.close();
  }, 180_000);
});
