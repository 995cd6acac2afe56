import { type FollowedBatch, type FollowOptions, followFeed } from "@onhand/core";
import { afterEach, describe, expect, it } from "vitest";
import { berlin, exampleInventory, examplesEnd } from "../../test/inventory";
import { manualTimers } from "../../test/manual-timers";

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function follow(options: Partial<FollowOptions> = {}) {
  const inventory = await exampleInventory();
  const timers = manualTimers();
  const batches: FollowedBatch[] = [];
  const state = { failing: false, position: 0 };
  const errors: unknown[] = [];
  const following = followFeed({
    inventory,
    from: 0,
    async onBatch(batch) {
      if (state.failing) throw new Error("the host's database is away");
      batches.push(batch);
      state.position = batch.to;
    },
    timers,
    logger: { error: (facts) => errors.push(facts), warn: () => undefined },
    random: () => 1,
    ...options,
  });
  endings.push(() => following.stop());
  const reaches = (position: number) => expect.poll(() => following.status(), { interval: 1 }).toEqual({ position, failures: 0 });
  const fails = (failures: number) => expect.poll(() => following.status().failures, { interval: 1 }).toBe(failures);
  return { inventory, timers, batches, state, errors, following, reaches, fails };
}

const ranges = (batches: readonly FollowedBatch[]) => batches.map(({ from, to }) => [from, to]);

describe("following the feed", () => {
  it("hands over everything there is and everything that comes, in order, without a gap", async () => {
    const { inventory, batches, reaches } = await follow({ limit: 3 });
    await reaches(examplesEnd);
    for (let count = 0; count < 5; count++) await inventory.stock.receive({ ...berlin, quantity: 1 });
    await reaches(examplesEnd + 5);
    expect(batches[0]).toMatchObject({ epoch: inventory.feed.epoch, from: 0 });
    for (const [index, { from }] of batches.entries()) expect(from).toBe(batches[index - 1]?.to ?? 0);
    const seqs = batches.flatMap(({ changes }) => changes.filter(({ entity }) => entity === "movement").map(({ seq }) => seq));
    expect(seqs).toEqual([1, 2, 3, 4, 5].map((count) => examplesEnd + count));
  });

  it("tries a batch again, each time later, and hands over nothing behind it before", async () => {
    const { inventory, batches, reaches, fails, state, timers, errors } = await follow();
    await reaches(examplesEnd);
    state.failing = true;
    await inventory.stock.receive({ ...berlin, quantity: 1 });
    const delays: number[] = [];
    for (let failures = 1; failures <= 8; failures++) {
      await fails(failures);
      await inventory.stock.receive({ ...berlin, quantity: 1 });
      delays.push(...timers.delays());
      timers.runOut();
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000));
    await fails(9);
    state.failing = false;
    timers.runOut();
    await reaches(examplesEnd + 9);
    expect(ranges(batches)).toEqual([
      [0, examplesEnd],
      [examplesEnd, examplesEnd + 9],
    ]);
    expect(errors).toHaveLength(9);
  });

  it("asks the host where it stands after a failure: a batch that was taken over all the same does not come again", async () => {
    let stands = 0;
    let lost = true;
    const taken: [number, number][] = [];
    const { inventory, reaches, fails, timers } = await follow({
      from: async () => stands,
      async onBatch({ from, to }) {
        taken.push([from, to]);
        stands = to;
        if (lost) throw new Error("the answer to COMMIT was lost");
      },
    });
    await fails(1);
    lost = false;
    timers.runOut();
    await reaches(examplesEnd);
    await inventory.stock.receive({ ...berlin, quantity: 1 });
    await reaches(examplesEnd + 1);
    expect(taken).toEqual([
      [0, examplesEnd],
      [examplesEnd, examplesEnd + 1],
    ]);
  });

  it("keeps to its filter, and is not called for what that leaves out", async () => {
    const { inventory, batches, reaches } = await follow({ from: examplesEnd, filter: { entities: ["level"], storeIds: ["berlin"] } });
    await inventory.stock.receive({ ...berlin, storeId: "hamburg", quantity: 1 });
    await reaches(examplesEnd + 1);
    expect(batches).toEqual([]);
    await inventory.stock.receive({ ...berlin, quantity: 1 });
    await reaches(examplesEnd + 2);
    expect(batches.map(({ changes }) => changes.map(({ entity }) => entity))).toEqual([["level"]]);
  });

  it("stopped waits for the batch under way, whose signal tells it so, and hands over no other", async () => {
    let finish = (): void => undefined;
    let told = false;
    const { inventory, following } = await follow({
      onBatch: (_batch, signal) =>
        new Promise((resolve) => {
          finish = resolve;
          signal.addEventListener("abort", () => {
            told = true;
          });
        }),
    });
    await inventory.stock.receive({ ...berlin, quantity: 1 });
    const stopped = following.stop();
    expect(told).toBe(true);
    finish();
    await stopped;
    expect(following.status().position).toBe(examplesEnd);
  });
});
