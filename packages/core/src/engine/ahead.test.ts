import {
  createInventory,
  type FeedBatch,
  type Inventory,
  InventoryError,
  isInventoryError,
  type StorageAdapter,
  type StorageTransaction,
} from "@onhand/core";
import { addExamples, checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { berlin, examplesEnd, refusalOf } from "../../test/inventory";

/** What becomes of a transaction: refused before its commit, run twice, or committed or not with nobody knowing. */
type Fate = "full" | "twice" | "committed" | "lost";

const aTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/**
 * A storage as a database is one: it holds no rows at hand, takes its time to commit, and can have several inventories. While the gate is
 * shut commits wait.
 */
function remoteStorage() {
  const memory = memoryStorage();
  const fates: (Fate | undefined)[] = [];
  let gate = Promise.resolve();
  let open: () => void = () => undefined;
  let waiting = 0;

  const onItsWay = <T>(work: (tx: StorageTransaction) => Promise<T>, failure?: Error): Promise<T> =>
    memory.transaction(async ({ peek: _, ...tx }) => {
      const answer = await work(tx);
      waiting++;
      // Longer than an engine takes to look ahead.
      for (let turn = 0; turn < 3; turn++) await aTurn();
      await gate;
      waiting--;
      if (failure) throw failure;
      return answer;
    });

  const transaction: StorageAdapter["transaction"] = async (work) => {
    const fate = fates.shift();
    if (fate === "full") return onItsWay(work, new InventoryError("STORAGE_FULL", {}));
    if (fate === "lost") return onItsWay(work, new InventoryError("OUTCOME_UNKNOWN", {}));
    const again = new Error("conflict");
    if (fate === "twice") await onItsWay(work, again).catch((error) => expect(error).toBe(again));
    const answer = await onItsWay(work);
    if (fate === "committed") throw new InventoryError("OUTCOME_UNKNOWN", {});
    return answer;
  };

  return {
    storage: { ...memory, transaction, capabilities: { ...memory.capabilities, shared: true, settlesUnknownOutcomes: true } },
    fates,
    shut() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    open: () => open(),
    async untilOneWaits() {
      while (waiting === 0) await aTurn();
    },
  };
}

/** Groups of two; what was decided before the clock moved says so by its time. */
async function remoteInventory() {
  const clock = manualClock();
  const remote = remoteStorage();
  const create = () => createInventory({ storage: { ...remote.storage, close: async () => undefined }, clock, queue: { maximumGroup: 2 } });
  const inventory = await create();
  await addExamples(inventory);
  // More groups than an engine lets pass after one that it could not decide ahead.
  for (let round = 0; round < 10; round++) await inventory.stock.receive({ ...berlin, quantity: 10 });
  const start = clock.now();
  const receive = (idempotencyKey: string) => inventory.stock.receive({ ...berlin, quantity: 1, idempotencyKey });
  return {
    ...remote,
    inventory,
    create,
    receive,
    /** A group that waits to be committed, and one behind it, given while it waits; then the clock moves on. */
    async twoGroups(second: () => Promise<unknown>[]) {
      remote.shut();
      const first = [receive("a"), receive("b")].map((call) => call.catch((error: unknown) => error));
      await remote.untilOneWaits();
      const behind = second().map((call) => call.catch((error: unknown) => error));
      for (let turn = 0; turn < 3; turn++) await aTurn();
      clock.advance(1_000);
      return { first: Promise.all(first), behind: Promise.all(behind) };
    },
    /** Which movements were decided before the clock moved. */
    async early() {
      const { items } = await inventory.stock.movements({ limit: 100 });
      return items.filter(({ seq }) => seq >= first).map(({ seq, recordedAt }) => [seq, recordedAt === start]);
    },
  };
}

const first = examplesEnd + 11;

describe("a full group behind one that is being committed", () => {
  it("is decided meanwhile; numbers, listeners and answers keep their order", async () => {
    const { inventory, receive, twoGroups, open, early } = await remoteInventory();
    const told: unknown[] = [];
    inventory.feed.subscribe(({ from, to }) => told.push([from, to]));
    const { first: one, behind: two } = await twoGroups(() => [receive("c"), inventory.stock.sell({ ...berlin, quantity: 103 })]);
    for (const group of [one, two]) void group.then((answers) => told.push(answers.map((answer) => (answer as { seq: number }).seq)));
    open();
    expect(await two).toMatchObject([
      { seq: first + 2, replayed: false },
      { seq: first + 3, levels: [{ onHand: 0 }] },
    ]);
    expect(told).toEqual([
      [first - 1, first + 1],
      [first, first + 1],
      [first + 1, first + 3],
      [first + 2, first + 3],
    ]);
    expect(await early()).toEqual([
      [first, true],
      [first + 1, true],
      [first + 2, true],
      [first + 3, true],
    ]);
    await checkLedger(inventory);
  });

  it("waits for its turn when it is not full", async () => {
    const { receive, twoGroups, open, early } = await remoteInventory();
    const { behind } = await twoGroups(() => [receive("c")]);
    open();
    await behind;
    expect(await early()).toEqual([
      [first, true],
      [first + 1, true],
      [first + 2, false],
    ]);
  });

  it("waits for its turn when it needs a row that nobody has read", async () => {
    const { inventory, receive, twoGroups, open, early } = await remoteInventory();
    const unread = { sku: "TEA-50", storeId: "hamburg", quantity: 1 };
    const { behind } = await twoGroups(() => [inventory.stock.receive(unread), receive("c")]);
    open();
    expect(await behind).toMatchObject([{ seq: first + 2 }, { seq: first + 3 }]);
    expect(await early()).toEqual([
      [first, true],
      [first + 1, true],
      [first + 2, false],
      [first + 3, false],
    ]);
    await checkLedger(inventory);
  });

  it.each([
    ["the group before", "b", 0],
    ["one long committed", "old", -1],
  ])("gives a key of %s its first answer", async (_name, key, moved) => {
    const { inventory, receive, twoGroups, open } = await remoteInventory();
    if (key === "old") await receive("old");
    const { behind } = await twoGroups(() => [receive(key), receive("c")]);
    open();
    expect(await behind).toMatchObject([
      { seq: first + 1 + moved, replayed: true },
      { seq: first + 2 - moved, replayed: false },
    ]);
    await checkLedger(inventory);
  });

  it("is decided anew when the group before fails", async () => {
    const { inventory, twoGroups, open, fates, early } = await remoteInventory();
    fates.push("full");
    const { first: one, behind } = await twoGroups(() => [102, 100].map((quantity) => inventory.stock.sell({ ...berlin, quantity })));
    open();
    expect(await one).toMatchObject([{ code: "STORAGE_FULL" }, { code: "STORAGE_FULL" }]);
    expect(await behind).toMatchObject([{ code: "INSUFFICIENT_STOCK", details: { available: 100 } }, { seq: first }]);
    expect(await early()).toEqual([[first, false]]);
    await checkLedger(inventory);
  });

  it("is decided anew when the group before fails and another inventory takes its numbers", async () => {
    const { inventory, create, twoGroups, open, fates } = await remoteInventory();
    const other = await create();
    fates.push("full");
    const { behind } = await twoGroups(() => [102, 1].map((quantity) => inventory.stock.sell({ ...berlin, quantity })));
    const theirs = [60, 40].map((quantity) => other.stock.sell({ ...berlin, quantity }));
    open();
    expect(await Promise.all(theirs)).toMatchObject([{ seq: first }, { seq: first + 1, levels: [{ onHand: 0 }] }]);
    expect((await behind).map((error) => (error as InventoryError).code)).toEqual(["INSUFFICIENT_STOCK", "INSUFFICIENT_STOCK"]);
    await checkLedger(inventory);
  });

  it("is decided anew when another inventory commits between them", async () => {
    const { inventory, create, twoGroups, open, early } = await remoteInventory();
    const other = await create();
    const { behind } = await twoGroups(() => [102, 1].map((quantity) => inventory.stock.sell({ ...berlin, quantity })));
    const theirs = other.stock.sell({ ...berlin, quantity: 100 });
    open();
    // The other one asked for its turn first.
    expect(await theirs).toMatchObject({ seq: first + 2, levels: [{ onHand: 2 }] });
    expect(await behind).toMatchObject([{ code: "INSUFFICIENT_STOCK" }, { seq: first + 3, levels: [{ onHand: 1 }] }]);
    expect((await early()).at(-1)).toEqual([first + 3, false]);
    await checkLedger(inventory);
  });

  it("is decided anew after a rebuild of what it was decided on", async () => {
    const { inventory, receive, twoGroups, open, early } = await remoteInventory();
    const { behind } = await twoGroups(() => [receive("c"), receive("d")]);
    const rebuilt = inventory.rebuild();
    open();
    await rebuilt;
    expect(await behind).toMatchObject([{ seq: first + 2 }, { seq: first + 3 }]);
    await checkLedger(inventory);
    expect((await early()).length).toBe(4);
  });

  it("is told of before the inventory is closed", async () => {
    const { inventory, receive, twoGroups, open } = await remoteInventory();
    const heard: number[] = [];
    inventory.feed.subscribe(({ to }) => heard.push(to));
    const { behind } = await twoGroups(() => [receive("c"), receive("d")]);
    const closed = inventory.close();
    open();
    await closed;
    expect(heard).toEqual([first + 1, first + 3]);
    expect(await behind).toMatchObject([{ seq: first + 2 }, { seq: first + 3 }]);
    expect((await refusalOf(receive("e"))).code).toBe("STORAGE_CLOSED");
  });
});

const fate = fc.constantFrom<Fate | undefined>(undefined, undefined, undefined, "full", "twice", "committed", "lost");
const command = fc.record({
  by: fc.constantFrom("here", "here", "there"),
  type: fc.constantFrom("receive", "sell", "sell"),
  storeId: fc.constantFrom("berlin", "hamburg"),
  quantity: fc.integer({ min: 1, max: 5 }),
  key: fc.integer({ min: 0, max: 30 }),
});
type Given = { by: string; type: string; storeId: string; quantity: number; key: number };

/** Gives a command, and what came of it: its answer, or the code it was refused with. */
async function outcomeOf(inventory: Inventory, { type, storeId, quantity, key }: Given) {
  const input = { sku: "TEA-50", storeId, quantity, idempotencyKey: `${type} ${storeId} ${quantity} ${key}` };
  try {
    return await inventory.stock[type as "sell"](input);
  } catch (error) {
    if (isInventoryError(error)) return error.code;
    throw error;
  }
}

describe("whatever the storage and another inventory do", () => {
  it("nothing acknowledged is lost or doubled, nothing is oversold, and listeners hear of everything once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(command, { maxLength: 12 }), { maxLength: 6 }),
        fc.array(fate, { maxLength: 25 }),
        async (bursts, plan) => {
          const { inventory: here, create, fates } = await remoteInventory();
          const there = await create();
          const heard: FeedBatch[] = [];
          here.feed.subscribe((batch) => heard.push(batch));
          fates.push(...plan);
          const given: { command: Given; outcome: Awaited<ReturnType<typeof outcomeOf>> }[] = [];
          for (const burst of bursts) {
            const outcomes = await Promise.all(burst.map((each) => outcomeOf(each.by === "here" ? here : there, each)));
            given.push(...outcomes.map((outcome, index) => ({ command: burst[index] as Given, outcome })));
          }
          fates.length = 0;
          for (const { command: asked, outcome } of given) {
            const again = await outcomeOf(here, asked);
            if (typeof outcome === "object")
              expect(again).toMatchObject({ replayed: true, seq: outcome.seq, movements: outcome.movements });
            else if (outcome === "INSUFFICIENT_STOCK") expect(again).toBe(outcome);
          }
          await checkLedger(here);
          const last = await here.stock.receive({ ...berlin, quantity: 1 });
          while (heard.at(-1)?.to !== last.seq) await aTurn();
          expect(heard.map(({ from }) => from)).toEqual([first - 1, ...heard.slice(0, -1).map(({ to }) => to)]);
          await Promise.all([here.close(), there.close()]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
