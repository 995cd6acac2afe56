import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Effort, median } from "../measure";
import { type Result, resultOf } from "../result";
import { opening, type Workload } from "../workload";
import type { Errand, Tally } from "./customer";
import type { Place, SqlEngine } from "./engine";
import { openShop } from "./onhand";

const callers = 64;
const several = 4;
const numbersOfEach = 200_000_000;

/** Movements per second of four processes together (`ours`) beside one process (`rival`), 64 callers in each. Afterwards the ledger must hold every one. */
export async function measureProcesses(engine: SqlEngine, workload: Workload, { rounds, roundMs }: Effort): Promise<Result> {
  const rates: Record<number, number[]> = { 1: [], [several]: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const count of [1, several]) {
      const rate = await measureOnce(engine, workload, count, roundMs);
      if (round > 0) rates[count]?.push(rate);
    }
  }
  const named = { suite: "sql", case: `processes-${several}`, engine: engine.name, callers };
  return resultOf(named, { ours: median(rates[several] ?? []), rival: median(rates[1] ?? []) });
}

async function measureOnce(engine: SqlEngine, workload: Workload, count: number, forMs: number): Promise<number> {
  const place = await engine.place();
  const { inventory, knex } = await openShop(place, workload);
  await inventory.close();
  await knex.destroy();
  try {
    const tallies = await sell(place.address, count, forMs);
    await check(place, workload, tallies);
    return tallies.reduce((sum, { perSecond }) => sum + perSecond, 0);
  } finally {
    await place.remove();
  }
}

async function sell(url: string, count: number, forMs: number): Promise<readonly Tally[]> {
  const program = fileURLToPath(new URL("customer.ts", import.meta.url));
  const children = Array.from({ length: count }, (_, index) => {
    const errand: Errand = { url, callers, forMs, first: index * numbersOfEach };
    return fork(program, [JSON.stringify(errand)], { execArgv: process.execArgv });
  });
  try {
    await Promise.all(children.map(answerOf));
    const tallies = children.map(answerOf);
    for (const child of children) child.send("go");
    return (await Promise.all(tallies)) as Tally[];
  } finally {
    for (const child of children) child.kill("SIGKILL");
  }
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      once(child, "message", stop).then(([message]) => message),
      once(child, "exit", stop).then(([code]) => {
        throw new Error(`a process ended with ${code} before it was done`);
      }),
    ]);
  } finally {
    stop.abort();
  }
}

/** A rate that comes with an oversold or a lost unit is not worth printing. */
async function check(place: Place, workload: Workload, tallies: readonly Tally[]): Promise<void> {
  const { inventory, knex } = await openShop(place, undefined);
  const sold = tallies.reduce((sum, tally) => sum + tally.sold, 0);
  const { ok } = await inventory.verify();
  const [left] = await knex("onhand_levels").sum({ onHand: "on_hand" });
  await inventory.close();
  await knex.destroy();
  const expected = workload.skus.length * workload.storeIds.length * opening - sold;
  if (!ok || Number(left?.onHand) !== expected) throw new Error(`the ledger is wrong: ${left?.onHand} left, ${expected} expected`);
}
