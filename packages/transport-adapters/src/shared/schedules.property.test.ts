import { seededRandom } from "@onhand/core/testing";
import { notifyManager } from "@tanstack/query-core";
import { describe, expect, it } from "vitest";
import { budgets } from "../../../../tests/budgets";
import { expectTheFold, watchClaims } from "./testing/judge";
import { runSteps } from "./testing/random-schedule";
import { openWorld } from "./testing/schedule-world";

/** Some seeds instead, such as `7-7` to look at one again. */
const [first, last] = (process.env.ONHAND_SCHEDULES ?? `1-${budgets.schedules}`).split("-").map(Number) as [number, number];

// Listeners hear of a frame when it was taken up, not a timer later.
notifyManager.setScheduler((callback) => callback());

async function runSchedule(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const world = await openWorld(random);
  const lies = world.watchers.map((watcher) => watchClaims(watcher, world.ledgerOf));
  const told = await runSteps(world, random);
  try {
    await expectTheFold(world, random);
    expect(lies.flat()).toEqual([]);
  } catch (error) {
    throw new Error(`schedule ${seed} (ONHAND_SCHEDULES=${seed}-${seed}): ${told.join(" ")}`, { cause: error });
  } finally {
    await world.close();
  }
}

describe("any schedule of writes, lost, repeated, late and cut frames, restarts, other ledgers, filters and permissions", () => {
  it(`${first} to ${last} end in what the ledger's entries add up to`, { timeout: 60_000 + 1_000 * (last - first) }, async () => {
    for (let seed = first; seed <= last; seed += 1) await runSchedule(seed);
  });
});
