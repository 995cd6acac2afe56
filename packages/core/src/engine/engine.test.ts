import { createInventory, type FeedBatch, type Inventory, InventoryError, type StorageAdapter } from "@onhand/core";
import { addExamples, checkLedger, manualClock, minutes } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";
import { berlin, exampleInventory, examplesEnd, refusalOf } from "../../test/inventory";

type Transaction = StorageAdapter["transaction"];

/** The memory storage with its transactions gone through by a test. */
function storageWith(
  around: (transaction: Transaction) => Transaction,
  capabilities: Partial<StorageAdapter["capabilities"]> = {},
): StorageAdapter {
  const storage = memoryStorage();
  return { ...storage, capabilities: { ...storage.capabilities, ...capabilities }, transaction: around(storage.transaction) };
}

function latch(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** A storage whose transactions wait at a gate while it is shut. */
function gated() {
  let gate = latch();
  gate.open();
  let transactions = 0;
  const storage = storageWith((transaction) => async (work) => {
    transactions++;
    await gate.opened;
    return transaction(work);
  });
  return {
    storage,
    shut: () => {
      gate = latch();
    },
    open: () => gate.open(),
    count: () => transactions,
  };
}

const receive = (inventory: Inventory, quantity = 1, idempotencyKey?: string) =>
  inventory.stock.receive({ ...berlin, quantity, ...(idempotencyKey !== undefined && { idempotencyKey }) });

describe("group commit", () => {
  it("200 commands made in one go are one transaction, and later ones gather while it is on its way", async () => {
    const { storage, shut, open, count } = gated();
    const inventory = await exampleInventory({ storage });
    const before = count();
    shut();
    const first = Array.from({ length: 200 }, () => receive(inventory));
    await Promise.resolve();
    await Promise.resolve();
    const second = Array.from({ length: 150 }, () => receive(inventory));
    open();
    const answers = await Promise.all([...first, ...second]);
    expect(count() - before).toBe(2);
    expect(answers.map(({ seq }) => seq)).toEqual(Array.from({ length: 350 }, (_, index) => examplesEnd + 1 + index));
  });

  it("a group is bounded by weight: a batch weighs its lines, and one too heavy goes alone", async () => {
    const { storage, count } = gated();
    const inventory = await exampleInventory({ storage, queue: { maximumGroup: 10 } });
    const before = count();
    const line = { type: "receive" as const, ...berlin, quantity: 1 };
    await Promise.all([
      inventory.stock.apply(Array(25).fill(line)),
      ...Array.from({ length: 20 }, () => receive(inventory)),
      inventory.stock.apply(Array(6).fill(line)),
      inventory.stock.apply(Array(5).fill(line)),
    ]);
    expect(count() - before).toBe(5);
  });

  it("a refused command writes nothing and fails only its own caller", async () => {
    const inventory = await exampleInventory();
    const outcomes = await Promise.allSettled([
      receive(inventory, 5),
      inventory.stock.sell({ ...berlin, quantity: 6 }),
      inventory.stock.sell({ ...berlin, quantity: 5 }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await inventory.feed.head()).toBe(examplesEnd + 2);
  });

  it("commands see those before them in the same group, products and stores made in it included", async () => {
    const inventory = await createInventory({ storage: memoryStorage() });
    const [, , received, , archived] = await Promise.all([
      inventory.products.create({ sku: "A", name: "A" }),
      inventory.stores.create({ id: "s", name: "S" }),
      inventory.stock.receive({ sku: "a", storeId: "s", quantity: 2 }),
      inventory.stock.sell({ sku: "A", storeId: "s", quantity: 2 }),
      inventory.products.archive("A"),
      refusalOf(inventory.stock.receive({ sku: "A", storeId: "s", quantity: 1 })).then((refusal) =>
        expect(refusal.code).toBe("INVALID_STATE"),
      ),
    ]);
    expect([received.seq, archived.seq]).toEqual([3, 5]);
    await checkLedger(inventory);
  });

  it("one key twice in one group is applied once", async () => {
    const inventory = await exampleInventory();
    const [first, second, other] = await Promise.allSettled([
      receive(inventory, 5, "k"),
      receive(inventory, 5, "k"),
      receive(inventory, 6, "k"),
    ]);
    expect(first).toMatchObject({ status: "fulfilled", value: { replayed: false } });
    expect(second).toMatchObject({ status: "fulfilled", value: { replayed: true, seq: examplesEnd + 1, levels: [{ onHand: 5 }] } });
    expect(other).toMatchObject({ status: "rejected", reason: { code: "IDEMPOTENCY_MISMATCH" } });
  });

  it("what is told of a refusal is the caller's: changing it changes no later retry's answer", async () => {
    const inventory = await exampleInventory();
    const lines = [{ type: "sell", sku: "TEA-50", storeId: "berlin", quantity: 1_000 }] as const;
    const once = async () => (await refusalOf(inventory.stock.apply(lines, { idempotencyKey: "k" }))) as unknown as { lines: unknown[] };
    for (let tries = 0; tries < 3; tries++) {
      const told = await once();
      expect(told.lines).toHaveLength(1);
      told.lines.push("changed");
    }
  });

  it("a group whose storage fails rejects all its callers, changes nothing, and the next goes through", async () => {
    let failing = false;
    const storage = storageWith(
      (transaction) => (work) =>
        transaction(async (tx) => {
          const result = await work(tx);
          if (failing) throw new InventoryError("STORAGE_FULL", {});
          return result;
        }),
    );
    const inventory = await exampleInventory({ storage });
    failing = true;
    const failed = await Promise.all([refusalOf(receive(inventory)), refusalOf(receive(inventory, 2, "k"))]);
    expect(failed.map(({ code }) => code)).toEqual(["STORAGE_FULL", "STORAGE_FULL"]);
    failing = false;
    expect(await receive(inventory, 2, "k")).toMatchObject({ seq: examplesEnd + 1, replayed: false, levels: [{ onHand: 2 }] });
    await checkLedger(inventory);
  });

  it("work that the storage runs twice counts once", async () => {
    const again = new Error("conflict");
    const storage = storageWith((transaction) => async (work) => {
      await transaction(async (tx) => {
        await work(tx);
        throw again;
      }).catch((error) => {
        if (error !== again) throw error;
      });
      return transaction(work);
    });
    const inventory = await exampleInventory({ storage });
    const heard: FeedBatch[] = [];
    inventory.feed.subscribe((batch) => heard.push(batch));
    const answers = await Promise.allSettled([
      receive(inventory, 5, "k"),
      inventory.stock.sell({ ...berlin, quantity: 3 }),
      inventory.stock.sell({ ...berlin, quantity: 3 }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(heard).toMatchObject([{ from: examplesEnd, to: examplesEnd + 2 }]);
    expect((await inventory.stock.level(berlin)).onHand).toBe(2);
    await checkLedger(inventory);
  });

  it("work that the storage runs twice reads nothing twice", async () => {
    const runs: string[][] = [];
    const storage = storageWith((transaction) => async (work) => {
      const again = new Error("conflict");
      const run = async () => {
        const reads: string[] = [];
        runs.push(reads);
        return transaction(async ({ peek: _, ...tx }) => {
          const noting =
            <Rest extends readonly unknown[], Answer>(read: (table: string, ...rest: Rest) => Answer) =>
            (table: string, ...rest: Rest): Answer => {
              reads.push(table);
              return read(table, ...rest);
            };
          const answer = await work({ ...tx, get: noting(tx.get), find: noting(tx.find) });
          if (runs.length % 2 === 1) throw again;
          return answer;
        });
      };
      await run().catch((error) => expect(error).toBe(again));
      return run();
    });
    const inventory = await exampleInventory({ storage });
    await receive(inventory, 5);
    runs.splice(0);
    const sold = [1, 2].map((quantity) => inventory.stock.sell({ ...berlin, quantity }));
    await Promise.all([...sold, inventory.stock.receive({ ...berlin, storeId: "hamburg", quantity: 1 })]);
    const [first, second] = runs;
    expect(first).toContain("levels");
    expect(second).toEqual([]);
    expect((await inventory.stock.level(berlin)).onHand).toBe(2);
    await checkLedger(inventory);
  });
});

describe("the queue", () => {
  it("is FIFO: answers come in the order of the calls", async () => {
    const inventory = await exampleInventory({ queue: { maximumGroup: 3 } });
    const order: number[] = [];
    await Promise.all(Array.from({ length: 20 }, (_, index) => receive(inventory).then(({ seq }) => order.push(seq - index))));
    expect(new Set(order)).toEqual(new Set([examplesEnd + 1]));
  });

  it("refuses with QUEUE_FULL what would exceed its weight, and takes commands again once it has drained", async () => {
    const { storage, shut, open } = gated();
    const inventory = await exampleInventory({ storage, queue: { maximumWaiting: 10 } });
    shut();
    const under = receive(inventory);
    await Promise.resolve();
    await Promise.resolve();
    const waiting = Array.from({ length: 10 }, () => receive(inventory));
    expect(await refusalOf(receive(inventory))).toEqual({ code: "QUEUE_FULL", limit: 10 });
    open();
    await Promise.all([under, ...waiting]);
    await receive(inventory);
    await checkLedger(inventory);
  });

  it("refuses with QUEUE_FULL what has waited too long, without doing it", async () => {
    const { storage, shut, open } = gated();
    const inventory = await exampleInventory({ storage, queue: { maximumWaitMs: 1_000 } });
    shut();
    const under = receive(inventory, 1);
    await Promise.resolve();
    await Promise.resolve();
    const late = refusalOf(receive(inventory, 100));
    inventory.clock.advance(1_001);
    const inTime = receive(inventory, 10);
    open();
    expect((await late).code).toBe("QUEUE_FULL");
    await Promise.all([under, inTime]);
    expect((await inventory.stock.level(berlin)).onHand).toBe(11);
  });

  it("closing finishes what waits, refuses what comes, and is one closing however often it is asked for", async () => {
    const { storage, shut, open } = gated();
    const inventory = await exampleInventory({ storage });
    shut();
    const waiting = Array.from({ length: 5 }, () => receive(inventory));
    const closing = [inventory.close(), inventory.close()];
    const after = [receive(inventory), inventory.verify(), inventory.rebuild()].map((call) => refusalOf(call));
    open();
    expect((await Promise.all(waiting)).map(({ seq }) => seq)).toEqual([9, 10, 11, 12, 13]);
    await Promise.all(closing);
    for (const refusal of await Promise.all(after)) expect(refusal.code).toBe("STORAGE_CLOSED");
  });
});

describe("closing", () => {
  it("tells listeners of everything committed first, read back or not", async () => {
    const storage = memoryStorage();
    const reads = latch();
    const slow: StorageAdapter = {
      ...storage,
      async changes(since, options) {
        await reads.opened;
        return storage.changes(since, options);
      },
    };
    const inventory = await exampleInventory({ storage: slow });
    const other = await createInventory({ storage });
    const told: FeedBatch[] = [];
    inventory.feed.subscribe((batch) => told.push(batch));
    await receive(other);
    const { seq } = await receive(inventory);
    const closing = inventory.close();
    reads.open();
    await closing;
    expect(told.at(-1)?.to).toBe(seq);
    expect(told.flatMap(({ changes }) => changes.filter(({ entity }) => entity === "movement"))).toHaveLength(2);
  });
});

describe("an unknown outcome", () => {
  const settles = { settlesUnknownOutcomes: true };

  /** Fails with OUTCOME_UNKNOWN as often as it is told to, after the commit or before. */
  function doubtful(capabilities: Partial<StorageAdapter["capabilities"]> = settles) {
    const plan: ("committed" | "lost")[] = [];
    const storage = storageWith(
      (transaction) => async (work) => {
        const next = plan.shift();
        if (next === "lost") {
          await transaction(async (tx) => {
            await work(tx);
            throw new InventoryError("OUTCOME_UNKNOWN", {});
          });
        }
        const result = await transaction(work);
        if (next === "committed") throw new InventoryError("OUTCOME_UNKNOWN", {});
        return result;
      },
      capabilities,
    );
    return { storage, plan };
  }

  it.each([
    ["committed", ["committed"]],
    ["lost", ["lost"]],
    ["lost again and again", ["lost", "lost", "lost", "lost"]],
    ["lost, then committed", ["lost", "committed"]],
  ] as const)("is settled by the engine itself: %s, each command counts once and listeners hear of it once", async (_name, outcomes) => {
    const { storage, plan } = doubtful();
    const inventory = await exampleInventory({ storage });
    const heard: FeedBatch[] = [];
    inventory.feed.subscribe((batch) => heard.push(batch));
    plan.push(...outcomes);
    const answers = await Promise.all([receive(inventory, 5, "k"), receive(inventory, 7)]);
    expect(answers).toMatchObject([
      { seq: examplesEnd + 1, replayed: false },
      { seq: examplesEnd + 2, replayed: false, levels: [{ onHand: 12 }] },
    ]);
    await receive(inventory);
    expect(heard.map(({ from, to }) => [from, to])).toEqual([
      [examplesEnd, examplesEnd + 2],
      [examplesEnd + 2, examplesEnd + 3],
    ]);
    expect(await receive(inventory, 5, "k")).toMatchObject({ replayed: true, seq: examplesEnd + 1 });
    await checkLedger(inventory);
  });

  it("that stays unknown is said, and the same key settles it later", async () => {
    const { storage, plan } = doubtful();
    const inventory = await exampleInventory({ storage });
    plan.push("committed", "lost", "lost", "lost", "lost");
    expect((await refusalOf(receive(inventory, 5, "k"))).code).toBe("OUTCOME_UNKNOWN");
    expect(await receive(inventory, 5, "k")).toMatchObject({ seq: examplesEnd + 1, replayed: true, levels: [{ onHand: 5 }] });
    await checkLedger(inventory);
  });

  it("on a storage that can't settle it is said at once, and nobody guesses", async () => {
    const { storage, plan } = doubtful({ settlesUnknownOutcomes: false });
    const inventory = await exampleInventory({ storage });
    plan.push("committed");
    const failed = await Promise.all([refusalOf(receive(inventory, 5, "k")), refusalOf(receive(inventory, 1))]);
    expect(failed.map(({ code }) => code)).toEqual(["OUTCOME_UNKNOWN", "OUTCOME_UNKNOWN"]);
    expect(plan).toEqual([]);
    expect(await receive(inventory, 5, "k")).toMatchObject({ replayed: true, levels: [{ onHand: 5 }] });
    await checkLedger(inventory);
  });

  it("is settled although another inventory commits in between", async () => {
    const { storage, plan } = doubtful();
    const here = await exampleInventory({ storage });
    const there = await createInventory({ storage });
    const heard: FeedBatch[] = [];
    const complete = latch();
    here.feed.subscribe((batch) => {
      heard.push(batch);
      if (batch.to === examplesEnd + 3) complete.open();
    });
    plan.push("committed");
    const [mine, theirs] = await Promise.all([receive(here, 5), receive(there, 7)]);
    await receive(here, 1);
    expect([mine.seq, theirs.seq].sort((a, b) => a - b)).toEqual([examplesEnd + 1, examplesEnd + 2]);
    expect((await here.stock.level(berlin)).onHand).toBe(13);
    await complete.opened;
    expect(heard.map(({ from }) => from)).toEqual([examplesEnd, ...heard.slice(0, -1).map(({ to }) => to)]);
    await checkLedger(here);
  });
});

describe("listeners", () => {
  it("hear of a commit before its caller does, in seq order, with every row it wrote", async () => {
    const inventory = await exampleInventory();
    const told: string[] = [];
    inventory.feed.subscribe(({ from, to, changes }) =>
      told.push(`${from}-${to} ${changes.map(({ entity, key, seq }) => `${entity} ${key} ${seq}`).join(", ")}`),
    );
    inventory.on("*", (type, { seq }) => told.push(`${type} ${seq}`));
    await receive(inventory).then(() => told.push("answered"));
    expect(told).toEqual(
      ["8-9 movement m9-0 9, level TEA-50/berlin 9", "movement.recorded 9", "stock.changed 9", "answered"].sort(
        (a, b) => told.indexOf(a) - told.indexOf(b),
      ),
    );
  });

  it("hear the events of one group in seq order, whatever they are about", async () => {
    const inventory = await exampleInventory();
    const seqs: number[] = [];
    inventory.on("*", (_type, { seq }) => seqs.push(seq));
    await Promise.all([
      receive(inventory),
      inventory.products.create({ sku: "NEW", name: "New" }),
      receive(inventory),
      inventory.stores.create({ id: "new", name: "New" }),
      inventory.stock.receive({ sku: "NEW", storeId: "new", quantity: 1 }),
    ]);
    expect(seqs).toEqual([9, 9, 10, 11, 11, 12, 13, 13]);
  });

  it("that throw, or whose promise is rejected, harm nobody and are logged", async () => {
    const logged: string[] = [];
    const all = latch();
    const error = ({ error: thrown }: { readonly error: unknown }) => {
      logged.push((thrown as Error).message);
      if (logged.length === 4) all.open();
    };
    const inventory = await exampleInventory({ logger: { error, warn: () => undefined } });
    const heard: string[] = [];
    const fail = (name: string) => () => {
      throw new Error(name);
    };
    inventory.feed.subscribe(fail("feed"));
    inventory.feed.subscribe(async () => fail("async feed")());
    inventory.on("stock.changed", fail("event"));
    inventory.on("stock.changed", async () => fail("async event")());
    inventory.feed.subscribe(() => heard.push("feed"));
    inventory.on("stock.changed", () => heard.push("event"));
    expect((await receive(inventory)).seq).toBe(examplesEnd + 1);
    expect(heard.sort()).toEqual(["event", "feed"]);
    await all.opened;
    expect(logged.sort()).toEqual(["async event", "async feed", "event", "feed"]);
  });

  it("that were stopped hear nothing more, even when another stops them during the same commit", async () => {
    const inventory = await exampleInventory();
    const heard: string[] = [];
    const stops: (() => void)[] = [];
    inventory.feed.subscribe(() => {
      for (const stop of stops) stop();
    });
    stops.push(inventory.feed.subscribe(() => heard.push("feed")));
    inventory.on("stock.changed", () => {
      for (const stop of stops) stop();
    });
    stops.push(inventory.on("stock.changed", () => heard.push("event")));
    await receive(inventory);
    await receive(inventory);
    expect(heard).toEqual([]);
  });

  it("given twice are called twice, and stopped one by one", async () => {
    const inventory = await exampleInventory();
    let calls = 0;
    const listener = () => {
      calls++;
    };
    const stop = inventory.on("stock.changed", listener);
    inventory.on("stock.changed", listener);
    await receive(inventory);
    expect(calls).toBe(2);
    stop();
    stop();
    await receive(inventory);
    expect(calls).toBe(3);
  });

  it("may command the inventory", async () => {
    const inventory = await exampleInventory();
    const restocked = latch();
    inventory.on("stock.changed", ({ level }) => {
      if (level.onHand === 1) void receive(inventory, 9).then(restocked.open);
    });
    await receive(inventory, 2);
    await inventory.stock.sell({ ...berlin, quantity: 1 });
    await restocked.opened;
    expect((await inventory.stock.level(berlin)).onHand).toBe(10);
  });

  it("hear nothing of what failed or was refused", async () => {
    const inventory = await exampleInventory();
    const heard: FeedBatch[] = [];
    inventory.feed.subscribe((batch) => heard.push(batch));
    await refusalOf(inventory.stock.sell({ ...berlin, quantity: 1 }));
    await refusalOf(inventory.stock.sell({ ...berlin, quantity: 1, idempotencyKey: "k" }));
    expect(heard).toEqual([]);
  });
});

describe("two inventories on one storage", () => {
  it("hear of each other's commits without a gap even when no hint ever comes, however many rows were missed", async () => {
    const storage = { ...memoryStorage(), watch: () => () => undefined };
    const here = await exampleInventory({ storage });
    const there = await createInventory({ storage });
    const heard: FeedBatch[] = [];
    const complete = latch();
    here.feed.subscribe((batch) => {
      heard.push(batch);
      if (batch.to === examplesEnd + 5) complete.open();
    });
    const lines = Array.from({ length: 800 }, () => ({ type: "receive" as const, ...berlin, quantity: 1 }));
    for (let round = 0; round < 4; round++) await there.stock.apply(lines);
    expect((await receive(here)).levels[0]?.onHand).toBe(3_201);
    await complete.opened;
    expect(heard.map(({ from }) => from)).toEqual([examplesEnd, ...heard.slice(0, -1).map(({ to }) => to)]);
    expect(heard.flatMap(({ changes }) => changes.filter(({ entity }) => entity === "movement"))).toHaveLength(3_201);
  });

  it("never act on rows the other has changed", async () => {
    const storage = memoryStorage();
    const clock = manualClock();
    const [a, b] = [await createInventory({ storage, clock }), await createInventory({ storage, clock })];
    await addExamples(a);
    for (let round = 0; round < 10; round++) {
      await a.stock.receive({ ...berlin, quantity: 2 });
      await b.stock.sell({ ...berlin, quantity: 1 });
      await a.products.update("TEA-50", { backorderLimit: round });
      expect((await b.stock.sell({ ...berlin, quantity: round + 1 })).levels[0]?.onHand).toBe(0 - round);
      if (round > 0) await a.stock.receive({ ...berlin, quantity: round });
      expect((await refusalOf(b.products.create({ sku: "tea-50", name: "x" }))).code).toBe("ALREADY_EXISTS");
      await b.products.create({ sku: `P${round}`, name: "x" });
      expect((await refusalOf(a.products.create({ sku: `p${round}`, name: "x" }))).code).toBe("ALREADY_EXISTS");
    }
    await checkLedger(a, { backorderLimitOf: () => 10 });
    clock.advance(minutes(1));
  });
});

describe("what others commit", () => {
  it("is not read while nobody listens; a listener hears of everything from its subscription on, and of nothing before", async () => {
    const memory = memoryStorage();
    let read = 0;
    const watched: StorageAdapter = {
      ...memory,
      changes: (...args) => {
        read++;
        return memory.changes(...args);
      },
    };
    const here = await createInventory({ storage: watched });
    const there = await createInventory({ storage: { ...memory, close: async () => undefined } });
    await addExamples(there);
    expect(read).toBe(0);
    const heard: [number, number][] = [];
    const done = new Promise<void>((resolve) => {
      here.feed.subscribe(({ from, to }) => {
        heard.push([from, to]);
        if (to === 11) resolve();
      });
    });
    const receive = (inventory: typeof here) => inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 1 });
    await receive(there);
    await receive(here);
    await receive(there);
    await done;
    expect(heard[0]?.[0]).toBe(8);
    expect(heard.map(([from]) => from).slice(1)).toEqual(heard.slice(0, -1).map(([, to]) => to));
    await there.close();
    await here.close();
  });
});
