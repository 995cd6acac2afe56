import { type Child, startChild } from "../child";
import type { SuiteOptions } from "../engine/suite";
import { median } from "../measure";
import type { Line } from "../result";
import type { Kind } from "./contenders";
import { fanoutLine } from "./line";
import { measureOffline } from "./offline";

const kinds: readonly Kind[] = ["onhand", "ws, a buffer for all", "ws, written for each", "Socket.IO, a room"];
const subscribers = 1_000;

interface Scene {
  readonly server: Child;
  readonly listeners: Child;
}

/** What it costs to tell a thousand screens, beside what one writes by hand, with server and screens in processes of their own. */
export async function* fanoutSuite(options: SuiteOptions): AsyncIterable<Line> {
  if (options.only("burst")) yield* compare("burst of 1000 changes in 1 s", "server CPU µs per delivered change", options, burst);
  if (options.only("quiet")) yield* compare("4 changes a second", "ms to the median listener", options, quiet);
  if (options.only("stalled")) yield* stalledReader();
  if (options.only("offline")) yield* measureOffline();
  if (options.only("idle")) yield* idle();
}

/** Runs something on a scene of its own. */
async function withScene<T>(kind: Kind, count: number, run: (scene: Scene) => Promise<T>, stalled = 0): Promise<T> {
  const server = startChild(new URL("server.ts", import.meta.url), { kind, skus: 1_000 });
  const port = await server.ask<number>({ do: "listen" });
  const listeners = startChild(new URL("listeners.ts", import.meta.url), { kind, port, stalled });
  try {
    await listeners.ask({ do: "open", count });
    return await run({ server, listeners });
  } finally {
    await Promise.all([server.end(), listeners.end()]);
  }
}

async function* compare(
  name: string,
  unit: string,
  { rounds }: SuiteOptions,
  measure: (scene: Scene) => Promise<number>,
): AsyncIterable<Line> {
  const measured = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of kinds) measured.get(kind)?.push(await withScene(kind, subscribers, measure));
  }
  const [ours = 0, ...theirs] = kinds.map((kind) => median(measured.get(kind) ?? []));
  for (const [index, rival] of theirs.entries()) {
    yield fanoutLine({ case: name, unit, clients: subscribers, against: kinds[index + 1] as Kind }, ours, rival);
  }
}

interface Told {
  readonly sentAt: readonly number[];
  readonly owed: number;
}

/** Tells changes and waits until everybody has them. */
async function tell({ server, listeners }: Scene, changes: number, perSecond: number) {
  await listeners.ask({ do: "expect", changes });
  const before = await server.ask<number>({ do: "cpu" });
  const { sentAt, owed } = await server.ask<Told>({ do: "tell", changes, perSecond });
  const arrivals = await listeners.ask<readonly (readonly number[])[]>({ do: "arrived" });
  const cpu = (await server.ask<number>({ do: "cpu" })) - before;
  const delays = arrivals.flatMap((all) => all.map((at, index) => at - (sentAt[index] as number))).sort((a, b) => a - b);
  return { cpu, owed, delays };
}

const at = (sorted: readonly number[], share: number): number => sorted[Math.floor(share * (sorted.length - 1))] as number;

async function burst(scene: Scene): Promise<number> {
  await tell(scene, 20, 20);
  const { cpu, delays } = await tell(scene, 1_000, 1_000);
  return cpu / delays.length;
}

async function quiet(scene: Scene): Promise<number> {
  await tell(scene, 10, 10);
  return at((await tell(scene, 24, 4)).delays, 0.5);
}

/** One of a thousand takes nothing any more, for fifteen seconds of a thousand changes each. */
async function* stalledReader(): AsyncIterable<Line> {
  const changes = 15_000;
  const measure = (stalled: number) =>
    withScene(
      "onhand",
      subscribers,
      async (scene) => {
        await tell(scene, 1_000, 1_000);
        await scene.listeners.ask({ do: "stall" });
        return tell(scene, changes, 1_000);
      },
      stalled,
    );
  const [without, beside] = [await measure(0), await measure(1)];
  const named = { clients: subscribers, against: "no stalled reader" };
  yield fanoutLine(
    { case: "beside a stalled reader", unit: "ms, p99 of the others", ...named },
    at(beside.delays, 0.99),
    at(without.delays, 0.99),
  );
  yield fanoutLine(
    { case: "beside a stalled reader", unit: "KiB waiting, the most for one", ...named },
    beside.owed / 1_024,
    without.owed / 1_024,
  );
}

/** Memory of the server per listener who hears nothing. */
async function* idle(): AsyncIterable<Line> {
  const count = 10_000;
  const measure = (kind: Kind) =>
    withScene(kind, 100, async ({ server, listeners }) => {
      const before = await server.ask<Memory>({ do: "memory" });
      await listeners.ask({ do: "open", count });
      const after = await server.ask<Memory>({ do: "memory" });
      return { rss: (after.rss - before.rss) / count / 1_024, used: (after.used - before.used) / count / 1_024 };
    });
  const [ours, raw] = [await measure("onhand"), await measure("ws, a buffer for all")];
  const named = { case: "idle listeners", clients: count, against: "ws, a buffer for all" };
  yield fanoutLine({ ...named, unit: "KiB of the process each" }, ours.rss, raw.rss);
  yield fanoutLine({ ...named, unit: "KiB in use each, after a collection" }, ours.used, raw.used);
}

interface Memory {
  readonly rss: number;
  readonly used: number;
}
