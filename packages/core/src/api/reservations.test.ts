import { createInventory, type StorageAdapter } from "@onhand/core";
import { addExamples, allOf, checkLedger, manualClock, minutes } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";
import { hostMemory } from "../../test/host-memory";
import { berlin, exampleInventory, refusalOf } from "../../test/inventory";

const hour = { expiresInMs: minutes(60) };

async function stocked(quantity = 10) {
  const inventory = await exampleInventory();
  await inventory.stock.receive({ ...berlin, quantity });
  return inventory;
}

describe("many callers", () => {
  it("200 callers reserving 1 of 100 get exactly 100", async () => {
    const inventory = await stocked(100);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, () => inventory.reservations.hold({ ...berlin, quantity: 1, ...hour })),
    );
    const got = outcomes.filter((outcome) => outcome.status === "fulfilled");
    expect(got).toHaveLength(100);
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "INSUFFICIENT_STOCK" });
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 100, reserved: 100, available: 0 });
    await checkLedger(inventory);
  });

  it("200 callers committing one hold of the last unit sell it once", async () => {
    const inventory = await stocked(1);
    const { reservation } = await inventory.reservations.hold({ ...berlin, quantity: 1, ...hour });
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => inventory.reservations.commit(reservation.id)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 0, reserved: 0 });
    await checkLedger(inventory);
  });

  it("a sale, a hold and a commit of one moment share what there is", async () => {
    const inventory = await stocked(3);
    const { reservation } = await inventory.reservations.hold({ ...berlin, quantity: 2, ...hour });
    const [sale, hold, commit] = await Promise.allSettled([
      inventory.stock.sell({ ...berlin, quantity: 1 }),
      inventory.reservations.hold({ ...berlin, quantity: 1, ...hour }),
      inventory.reservations.commit(reservation.id),
    ]);
    expect([sale?.status, hold?.status, commit?.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    await checkLedger(inventory);
  });
});

describe("the end of a hold", () => {
  it("frees stock to the millisecond, for readers and for callers, without a sweep", async () => {
    const inventory = await stocked(10);
    await inventory.reservations.hold({ ...berlin, quantity: 10, expiresInMs: 1_000 });
    inventory.clock.advance(999);
    expect(await inventory.stock.level(berlin)).toMatchObject({ reserved: 10, available: 0 });
    expect((await refusalOf(inventory.stock.sell({ ...berlin, quantity: 1 }))).code).toBe("INSUFFICIENT_STOCK");
    inventory.clock.advance(1);
    expect(await inventory.stock.level(berlin)).toMatchObject({ reserved: 0, available: 10 });
    expect((await inventory.stock.levels()).items).toMatchObject([{ reserved: 0, available: 10 }]);
    await checkLedger(inventory);
    await inventory.stock.sell({ ...berlin, quantity: 10 });
    await checkLedger(inventory);
  });

  it("is told in reads of the reservation at once", async () => {
    const inventory = await stocked();
    const { reservation } = await inventory.reservations.hold({ ...berlin, quantity: 1, expiresInMs: 1_000 });
    inventory.clock.advance(1_000);
    expect(await inventory.reservations.get(reservation.id)).toMatchObject({ status: "expired", held: 0 });
    expect((await inventory.reservations.list({ status: "active" })).items).toEqual([]);
    expect((await inventory.reservations.list({ status: "expired" })).items).toMatchObject([{ id: reservation.id, status: "expired" }]);
    await inventory.reservations.sweep();
    expect((await inventory.reservations.list({ status: "expired" })).items).toMatchObject([{ id: reservation.id, status: "expired" }]);
  });

  it("is right also for a reader whose two questions a sweep came between", async () => {
    const memory = memoryStorage();
    let between: (() => Promise<unknown>) | undefined;
    const storage: StorageAdapter = {
      ...memory,
      find: async (table, query, options) => {
        const page = await memory.find(table, query, options);
        if (table === "levels" && between) {
          const run = between;
          between = undefined;
          await run();
        }
        return page;
      },
    };
    const clock = manualClock();
    const inventory = await createInventory({ storage, clock });
    await addExamples(inventory);
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    await inventory.reservations.hold({ ...berlin, quantity: 4, expiresInMs: 1_000 });
    await inventory.reservations.hold({ ...berlin, quantity: 3, expiresInMs: 9_000 });
    clock.advance(1_000);
    between = () => inventory.reservations.sweep();
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 10, reserved: 3, available: 7 });
    await inventory.reservations.hold({ ...berlin, quantity: 1, expiresInMs: 1_000 });
    clock.advance(1_000);
    between = () => inventory.stock.sell({ ...berlin, quantity: 2 });
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 8, reserved: 3, available: 5 });
  });

  it("is swept at most 100 at a time, oldest end first, each told once", async () => {
    const inventory = await stocked(1_000);
    const told: string[] = [];
    inventory.on("reservation.expired", ({ reservation }) => told.push(reservation.id));
    for (let index = 0; index < 250; index++) await inventory.reservations.hold({ ...berlin, quantity: 1, expiresInMs: 1_000 - index });
    inventory.clock.advance(2_000);
    const swept = [await inventory.reservations.sweep(), await inventory.reservations.sweep(), await inventory.reservations.sweep()];
    expect(swept.map(({ reservations, more }) => [reservations.length, more])).toEqual([
      [100, true],
      [100, true],
      [50, false],
    ]);
    expect(swept[0]?.reservations[0]?.expiresAt).toBeLessThan(swept[2]?.reservations[0]?.expiresAt ?? 0);
    expect(new Set(told).size).toBe(250);
    expect(told).toHaveLength(250);
    const head = await inventory.feed.head();
    expect(await inventory.reservations.sweep()).toMatchObject({ reservations: [], seq: head, more: false });
    expect(await inventory.feed.head()).toBe(head);
    await checkLedger(inventory);
  });
});

describe("keys", () => {
  it("every command repeated under its key gives its first answer and changes nothing", async () => {
    const inventory = await stocked();
    const { reservations } = inventory;
    const hold = { ...berlin, quantity: 4, ...hour, idempotencyKey: "hold" };
    const first = await reservations.hold(hold);
    const { id } = first.reservation;
    const steps: readonly (() => Promise<object>)[] = [
      () => reservations.hold(hold),
      () => reservations.update(id, { quantity: 6, idempotencyKey: "update" }),
      () => reservations.extend(id, { expiresInMs: minutes(90), idempotencyKey: "extend" }),
      () => reservations.commit(id, { quantity: 2, idempotencyKey: "commit" }),
      () => reservations.release(id, { idempotencyKey: "release" }),
    ];
    for (const step of steps) {
      const answer = await step();
      const level = await inventory.stock.level(berlin);
      inventory.clock.advance(minutes(1));
      expect(await step()).toEqual({ ...answer, replayed: true });
      expect(await inventory.stock.level(berlin)).toEqual(level);
    }
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 8, reserved: 0 });
  });

  it("a refusal is remembered, and another request under the key is refused as that", async () => {
    const inventory = await stocked(1);
    const hold = { ...berlin, quantity: 2, ...hour, idempotencyKey: "k" };
    expect(await refusalOf(inventory.reservations.hold(hold))).toMatchObject({ code: "INSUFFICIENT_STOCK" });
    await inventory.stock.receive({ ...berlin, quantity: 5 });
    expect(await refusalOf(inventory.reservations.hold(hold))).toMatchObject({ code: "INSUFFICIENT_STOCK", replayed: true });
    expect((await refusalOf(inventory.reservations.hold({ ...hold, quantity: 1 }))).code).toBe("IDEMPOTENCY_MISMATCH");
  });

  it("a sweep under a key that found nothing to do takes no number", async () => {
    const inventory = await stocked();
    const head = await inventory.feed.head();
    const sweep = () => inventory.execute("reservations.expire", { ids: ["r1"], idempotencyKey: "sweep" });
    expect(await sweep()).toMatchObject({ seq: head, replayed: false, reservations: [] });
    expect(await sweep()).toMatchObject({ seq: head, replayed: true });
    expect(await inventory.stock.receive({ ...berlin, quantity: 1 })).toMatchObject({ seq: head + 1 });
  });
});

describe("lists, events and the feed", () => {
  it("reservations are listed in the order they were made, narrowed, a page at a time", async () => {
    const inventory = await stocked();
    const { reservations } = inventory;
    const cart = { type: "cart", id: "c1" };
    for (let index = 0; index < 5; index++)
      await reservations.hold({ ...berlin, quantity: 1, ...hour, ...(index % 2 === 0 && { reference: cart }) });
    const all = await allOf(({ cursor }) => reservations.list({ limit: 2, ...(cursor !== undefined && { cursor }) }));
    expect(all.map(({ seq }) => seq)).toEqual([...all.map(({ seq }) => seq)].sort((a, b) => a - b));
    expect(all).toHaveLength(5);
    expect((await reservations.list({ order: "desc" })).items).toEqual([...all].reverse());
    expect((await reservations.list({ reference: cart })).items).toHaveLength(3);
    expect((await reservations.list({ sku: "tea-50", storeId: "berlin", status: "active" })).items).toHaveLength(5);
    expect((await reservations.list({ storeId: "hub" })).items).toEqual([]);
    expect((await refusalOf(reservations.list({ storeId: "no" }))).code).toBe("UNKNOWN_STORE");
    expect((await refusalOf(reservations.get("r999999"))).code).toBe("UNKNOWN_RESERVATION");
    expect((await refusalOf(reservations.get("nonsense"))).code).toBe("UNKNOWN_RESERVATION");
  });

  it("each step is told by its name, with the reservation as it left it, and the level", async () => {
    const inventory = await stocked();
    const told: string[] = [];
    inventory.on("*", (type, event) => {
      if ("reservation" in event) told.push(`${type} ${event.reservation.held}`);
      if ("level" in event) told.push(`${type} ${event.level.reserved}`);
    });
    const { id } = (await inventory.reservations.hold({ ...berlin, quantity: 4, ...hour })).reservation;
    await inventory.reservations.update(id, { quantity: 5 });
    await inventory.reservations.extend(id, { expiresInMs: minutes(90) });
    await inventory.reservations.commit(id, { quantity: 1 });
    await inventory.reservations.release(id);
    const steps = ["held 4", "updated 5", "extended 5", "committed 4", "released 0"];
    expect(told.filter((text) => text.startsWith("reservation"))).toEqual(steps.map((step) => `reservation.${step}`));
    expect(told.filter((text) => text.startsWith("stock"))).toEqual([4, 5, 5, 4, 0].map((reserved) => `stock.changed ${reserved}`));
  });

  it("a snapshot has what is active; by id it has what is over too; a store that a hold has left hears of it", async () => {
    const inventory = await stocked();
    await inventory.stock.receive({ ...berlin, storeId: "hub", quantity: 10 });
    const [over, active] = [
      (await inventory.reservations.hold({ ...berlin, quantity: 1, ...hour })).reservation,
      (await inventory.reservations.hold({ ...berlin, quantity: 2, ...hour })).reservation,
    ];
    await inventory.reservations.release(over.id);
    expect((await inventory.feed.snapshot("reservation")).items.map(({ key }) => key)).toEqual([active.id]);
    expect((await inventory.feed.snapshot("reservation", { filter: { ids: [over.id, "r0", "x"] } })).items).toMatchObject([
      { key: over.id, value: { status: "released" } },
    ]);
    const head = await inventory.feed.head();
    await inventory.reservations.update(active.id, { storeId: "hub" });
    const missed = await inventory.feed.since(head, { filter: { entities: ["reservation", "level"], storeIds: ["berlin"] } });
    expect(missed.items).toHaveLength(2);
    expect(missed.items).toContainEqual(expect.objectContaining({ entity: "level", value: expect.objectContaining({ reserved: 0 }) }));
    expect(missed.items).toContainEqual(
      expect.objectContaining({ entity: "reservation", value: expect.objectContaining({ storeId: "hub", movedFrom: ["berlin"] }) }),
    );
  });
});

describe("the rest of the inventory", () => {
  it("verify finds a level whose reserved is not what is held, and rebuild makes it right", async () => {
    const storage = memoryStorage();
    const clock = manualClock();
    const inventory = await createInventory({ storage, clock });
    await addExamples(inventory);
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    await inventory.reservations.hold({ ...berlin, quantity: 4, ...hour });
    await storage.transaction(async (tx) => {
      const { seq } = await tx.head();
      const [row] = await tx.get("levels", [["TEA-50", "berlin"]]);
      await tx.put("levels", [{ ...row, reserved: 1, heldUntil: null, seq: seq + 1 }]);
      await tx.advance(seq + 1);
    });
    expect((await inventory.verify()).mismatches.map(({ field, expected, actual }) => [field, expected, actual])).toEqual([
      ["reserved", 4, 1],
      ["heldUntil", clock.now() + minutes(60), 0],
    ]);
    expect(await inventory.rebuild()).toMatchObject({ rebuilt: 1 });
    expect(await inventory.stock.level(berlin)).toMatchObject({ reserved: 4 });
    await checkLedger(inventory);
    clock.advance(minutes(60));
    expect(await inventory.stock.level(berlin)).toMatchObject({ reserved: 0 });
  });

  it("a hold inside a host's transaction is gone when the host rolls back, and stands when it commits", async () => {
    const storage = hostMemory();
    const clock = manualClock();
    const inventory = await createInventory({ storage, clock });
    await addExamples(inventory);
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    const lost = await storage.begin();
    await inventory.with(lost).reservations.hold({ ...berlin, quantity: 3, ...hour });
    await lost.rollback();
    expect(await inventory.stock.level(berlin)).toMatchObject({ reserved: 0 });
    const kept = await storage.begin();
    const { reservation } = await inventory.with(kept).reservations.hold({ ...berlin, quantity: 3, ...hour });
    expect(await inventory.with(kept).reservations.get(reservation.id)).toMatchObject({ held: 3 });
    expect(await inventory.with(kept).stock.level(berlin)).toMatchObject({ reserved: 3 });
    await kept.commit();
    expect(await inventory.stock.level(berlin)).toMatchObject({ reserved: 3 });
    await checkLedger(inventory);
  });

  it("what is held can't be sold, counted away or transferred, and its product and store stay in use", async () => {
    const inventory = await stocked(10);
    await inventory.reservations.hold({ ...berlin, quantity: 10, ...hour });
    for (const call of [
      inventory.stock.sell({ ...berlin, quantity: 1 }),
      inventory.stock.count({ ...berlin, counted: 9 }),
      inventory.stock.transfer({ sku: "TEA-50", from: "berlin", to: "hub", quantity: 1 }),
    ])
      expect((await refusalOf(call)).code).toBe("INSUFFICIENT_STOCK");
    expect((await refusalOf(inventory.products.archive("TEA-50"))).code).toBe("HAS_STOCK");
    expect((await refusalOf(inventory.stores.archive("berlin"))).code).toBe("HAS_STOCK");
  });
});
