import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { findOrStart } from "../../tests/servers/database-server";
import { postgres } from "../../tests/servers/postgres";
import { type Child, startChild } from "../child";
import type { Line } from "../result";
import type { Heard, ListenersErrand } from "./listeners";
import type { NodeErrand } from "./node";

export interface JitterOptions {
  readonly clients: number;
  readonly seconds: number;
}

const changesPerSecond = 5;
const network = { dropEveryMs: 15_000, awayMs: 2_000 };
const downMs = 3_000;
const patienceMs = 20_000;

/**
 * Clients that are dropped every 15 s for 2 s while stock moves, and one server that is killed and started again half way: how much arrives, and
 * how much of it twice. Ours on two nodes over one PostgreSQL; Socket.IO with its own recovery on one, since that is kept in one process's memory.
 */
export async function* jitterSuite(options: JitterOptions): AsyncIterable<Line> {
  const server = await findOrStart(postgres);
  const { url, drop } = await postgres.createDatabase(server.url);
  try {
    yield await measure(
      "onhand",
      [
        { url, port: await freePort() },
        { url, port: await freePort() },
      ],
      options,
    );
  } finally {
    await drop();
    await server.stop();
  }
  yield await measure("socket.io", [{ port: await freePort() }], options);
}

async function measure(kind: ListenersErrand["kind"], errands: readonly NodeErrand[], { clients, seconds }: JitterOptions): Promise<Line> {
  const nodes: Child[] = [];
  const start = async (errand: NodeErrand) => {
    const node = startChild(new URL("node.ts", import.meta.url), errand);
    await node.ask({ do: "ready" });
    return node;
  };
  for (const errand of errands) nodes.push(await start(errand));
  await nodes[0]?.ask({ do: "prepare" });
  const ports = errands.map(({ port }) => port);
  const listeners = startChild(new URL("listeners.ts", import.meta.url), { kind, ports, clients, ...network } satisfies ListenersErrand);
  const restarted = nodes.length - 1;
  try {
    let told = 0;
    let last = 0;
    const tell = async () => {
      told += 1;
      last = (await nodes[0]?.ask<number | null>({ do: "tell", n: told })) ?? told;
    };
    await listeners.ask({ do: "joined" });
    let restart: Promise<void> | undefined;
    for (let beat = 1; beat <= seconds * changesPerSecond; beat += 1) {
      if (beat === Math.floor((seconds * changesPerSecond) / 2)) {
        restart = (async () => {
          await nodes[restarted]?.end();
          await pause(downMs);
          nodes[restarted] = await start(errands[restarted] as NodeErrand);
        })();
        // With one node nobody is there to be told of anything meanwhile.
        if (restarted === 0) await restart;
      }
      await tell();
      await pause(1_000 / changesPerSecond);
    }
    await restart;
    const { total, twice, drops, behind, least } = await listeners.ask<Heard>({ do: "heard", last, patienceMs });
    return {
      suite: "jitter",
      case: kind,
      nodes: nodes.length,
      clients,
      seconds,
      changes: told,
      drops,
      deliveredPercent: Number(((100 * total) / (told * clients)).toFixed(3)),
      leastOfOne: least,
      appliedTwice: twice,
      neverCaughtUp: behind,
    };
  } finally {
    await Promise.all([...nodes, listeners].map((child) => child.end()));
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
