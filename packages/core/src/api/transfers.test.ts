import { createInventory } from "@onhand/core";
import { addExamples, allOf, checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";
import { hostMemory } from "../../test/host-memory";
import { berlin, exampleInventory, refusalOf } from "../../test/inventory";

const route = { from: "berlin", to: "hub" };
const tea = (quantity: number) => ({ ...route, lines: [{ sku: "TEA-50", quantity }] });

async function stocked(quantity = 10) {
  const inventory = await exampleInventory();
  await inventory.stock.receive({ ...berlin, quantity });
  return inventory;
}

describe("many callers", () => {
  it("200 who ship 1 of 100 send exactly 100 on their way", async () => {
    const inventory = await stocked(100);
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => inventory.transfers.ship(tea(1))));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 0 });
    expect(await inventory.stock.level({ ...berlin, storeId: "hub" })).toMatchObject({ onHand: 0, available: 0, incoming: 100 });
    await checkLedger(inventory);
  });

  it("200 who receive one transfer take it in once", async () => {
    const inventory = await stocked();
    const { transfer } = await inventory.transfers.ship(tea(7));
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => inventory.transfers.receive(transfer.id)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await inventory.stock.level({ ...berlin, storeId: "hub" })).toMatchObject({ onHand: 7, incoming: 0 });
    await checkLedger(inventory);
  });
});

describe("keys", () => {
  it("every command repeated under its key gives its first answer and changes nothing", async () => {
    const inventory = await stocked();
    const { transfers } = inventory;
    const sent = { ...tea(6), idempotencyKey: "ship" };
    const first = await transfers.ship(sent);
    const { id } = first.transfer;
    const steps: readonly (() => Promise<object>)[] = [
      () => transfers.ship(sent),
      () => transfers.receive(id, { lines: [{ sku: "TEA-50", quantity: 2 }], idempotencyKey: "receive" }),
      () => transfers.cancel(id, { remaining: "write_off", idempotencyKey: "cancel" }),
    ];
    const answers: object[] = [first];
    for (const step of steps.slice(1)) answers.push(await step());
    const head = await inventory.feed.head();
    for (const [index, step] of steps.entries()) expect(await step()).toEqual({ ...answers[index], replayed: true });
    expect(await inventory.feed.head()).toBe(head);
    expect(await refusalOf(transfers.ship({ ...tea(5), idempotencyKey: "ship" }))).toMatchObject({ code: "IDEMPOTENCY_MISMATCH" });
    await checkLedger(inventory);
  });

  it("an answer with many lines is given again whole", async () => {
    const inventory = await exampleInventory();
    const skus = Array.from({ length: 120 }, (_, index) => `P${index}`);
    await Promise.all(skus.map((sku) => inventory.products.create({ sku, name: sku, decimals: 1 })));
    await inventory.stock.apply(skus.map((sku) => ({ type: "receive", sku, storeId: "berlin", quantity: 2.5 })));
    const shipment = { ...route, lines: skus.map((sku) => ({ sku, quantity: 1.5 })), idempotencyKey: "many" };
    const first = await inventory.transfers.ship(shipment);
    expect([first.movements.length, first.levels.length]).toEqual([120, 240]);
    expect(await inventory.transfers.ship(shipment)).toEqual({ ...first, replayed: true });
    await checkLedger(inventory);
  });
});

describe("reading transfers", () => {
  it("lists them by how they stand, where from, where to, by what caused them and by product, a page at a time", async () => {
    const inventory = await stocked(100);
    await inventory.stock.receive({ sku: "CUP", storeId: "berlin", quantity: 10 });
    await inventory.stock.receive({ sku: "TEA-50", storeId: "hub", quantity: 10 });
    const { transfers } = inventory;
    const ids = [
      await transfers.ship({ ...tea(1), reference: { type: "request", id: "7" } }),
      await transfers.ship({ ...route, to: "hamburg", lines: [{ sku: "CUP", quantity: 1 }] }),
      await transfers.ship({ from: "hub", to: "berlin", lines: [{ sku: "TEA-50", quantity: 1 }] }),
      await transfers.ship({ ...tea(4), lines: [...tea(4).lines, { sku: "CUP", quantity: 2 }] }),
    ].map(({ transfer }) => transfer.id);
    await transfers.receive(ids[2] as string);
    await transfers.receive(ids[3] as string, { lines: [{ sku: "TEA-50", quantity: 1 }] });
    const list = async (filter: Parameters<typeof transfers.list>[0]) =>
      (await transfers.list(filter)).items.map(({ id }) => ids.indexOf(id));
    expect(await list({})).toEqual([0, 1, 2, 3]);
    expect(await list({ order: "desc", limit: 2 })).toEqual([3, 2]);
    expect(await list({ status: "in_transit" })).toEqual([0, 1]);
    expect(await list({ status: "partially_received" })).toEqual([3]);
    expect(await list({ from: "hub" })).toEqual([2]);
    expect(await list({ to: "hub" })).toEqual([0, 3]);
    expect(await list({ reference: { type: "request", id: "7" } })).toEqual([0]);
    expect(await list({ sku: "cup" })).toEqual([1, 3]);
    expect(await list({ sku: "TEA-50", order: "desc" })).toEqual([3, 2, 0]);
    expect(await list({ sku: "TEA-50", status: "received", from: "hub" })).toEqual([2]);
    expect((await allOf((page) => transfers.list({ ...page, limit: 1 }))).map(({ id }) => id)).toEqual(ids);
    expect((await allOf((page) => transfers.list({ ...page, sku: "TEA-50", limit: 1 }))).map(({ id }) => id)).toEqual([
      ids[0],
      ids[2],
      ids[3],
    ]);
    expect((await refusalOf(transfers.list({ from: "atlantis" }))).code).toBe("UNKNOWN_STORE");
    expect((await refusalOf(transfers.list({ sku: "GHOST" }))).code).toBe("UNKNOWN_PRODUCT");
    expect((await refusalOf(transfers.list({ status: "lost" as never }))).code).toBe("INVALID_INPUT");
    expect(await transfers.get(ids[3] as string)).toMatchObject({ status: "partially_received", from: "berlin", to: "hub" });
    for (const id of ["t0", "t99999", "x"]) expect(await refusalOf(transfers.get(id))).toEqual({ code: "UNKNOWN_TRANSFER", id });
    const { items } = await inventory.stock.movements({ reference: { type: "transfer", id: ids[3] as string } });
    expect(items.map(({ type, storeId, sku, delta }) => [type, storeId, sku, delta])).toEqual([
      ["transferred_out", "berlin", "TEA-50", -4],
      ["transferred_out", "berlin", "CUP", -2],
      ["transferred_in", "hub", "TEA-50", 1],
    ]);
  });
});

describe("listeners", () => {
  it("hear of every step, with the levels that only have something on its way", async () => {
    const inventory = await stocked();
    const told: string[] = [];
    inventory.on("*", (type, event) => {
      if ("transfer" in event) told.push(`${type} ${event.transfer.status}`);
      if ("level" in event) told.push(`${event.level.storeId} ${event.level.onHand}+${event.level.incoming}`);
    });
    const { transfer } = await inventory.transfers.ship(tea(6));
    await inventory.transfers.receive(transfer.id, { lines: [{ sku: "TEA-50", quantity: 2 }] });
    await inventory.transfers.cancel(transfer.id, { remaining: "return" });
    expect(told.filter((text) => text.startsWith("transfer"))).toEqual([
      "transfer.shipped in_transit",
      "transfer.received partially_received",
      "transfer.cancelled cancelled",
    ]);
    expect(told.filter((text) => !text.startsWith("transfer"))).toEqual(["berlin 4+0", "hub 0+6", "hub 2+4", "hub 2+0", "berlin 8+0"]);
  });

  it("both stores and every product of a transfer lead to it; a snapshot has those that are open, by id also those that are over", async () => {
    const inventory = await stocked();
    const { feed, transfers } = inventory;
    const over = (await transfers.ship(tea(1))).transfer.id;
    await transfers.receive(over);
    const open = (await transfers.ship(tea(2))).transfer.id;
    const keys = async (filter: Parameters<typeof feed.snapshot>[1]) =>
      (await feed.snapshot("transfer", filter)).items.map(({ key }) => key);
    expect(await keys({})).toEqual([open]);
    expect(await keys({ filter: { storeIds: ["berlin"] } })).toEqual([open]);
    expect(await keys({ filter: { storeIds: ["hub"], skus: ["tea-50"] } })).toEqual([open]);
    expect(await keys({ filter: { storeIds: ["hamburg"] } })).toEqual([]);
    expect(await keys({ filter: { skus: ["CUP"] } })).toEqual([]);
    expect(await keys({ filter: { ids: [over, "t0", "x"] } })).toEqual([over]);
    const since = async (filter: object) =>
      (await feed.since(0, { filter: { entities: ["transfer"], ...filter } })).items.map(({ key }) => key);
    expect(await since({ storeIds: ["hub"] })).toEqual([over, open]);
    expect(await since({ storeIds: ["hamburg"] })).toEqual([]);
    expect(await since({ skus: ["TEA-50"], ids: [open] })).toEqual([open]);
  });
});

describe("the rest of the inventory", () => {
  it("verify finds a level whose incoming is not what is on its way, and rebuild makes it right", async () => {
    const storage = memoryStorage();
    const inventory = await createInventory({ storage, clock: manualClock() });
    await addExamples(inventory);
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    const { transfer } = await inventory.transfers.ship(tea(6));
    await storage.transaction(async (tx) => {
      const { seq } = await tx.head();
      const [row] = await tx.get("levels", [["TEA-50", "hub"]]);
      await tx.put("levels", [{ ...row, incoming: 1, seq: seq + 1 }]);
      await tx.advance(seq + 1);
    });
    expect((await inventory.verify()).mismatches.map(({ storeId, field, expected, actual }) => [storeId, field, expected, actual])).toEqual(
      [["hub", "incoming", 6, 1]],
    );
    expect(await inventory.rebuild()).toMatchObject({ rebuilt: 1 });
    expect(await inventory.stock.level({ ...berlin, storeId: "hub" })).toMatchObject({ incoming: 6 });
    await inventory.transfers.receive(transfer.id);
    await checkLedger(inventory);
  });

  it("a shipment inside a host's transaction is gone when the host rolls back, and stands when it commits", async () => {
    const storage = hostMemory();
    const inventory = await createInventory({ storage, clock: manualClock() });
    await addExamples(inventory);
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    const lost = await storage.begin();
    await inventory.with(lost).transfers.ship(tea(3));
    await lost.rollback();
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 10 });
    expect((await inventory.transfers.list()).items).toEqual([]);
    const kept = await storage.begin();
    const { transfer } = await inventory.with(kept).transfers.ship(tea(3));
    expect(await inventory.with(kept).transfers.get(transfer.id)).toMatchObject({ status: "in_transit" });
    expect((await inventory.with(kept).transfers.list({ sku: "TEA-50" })).items).toHaveLength(1);
    await inventory.with(kept).transfers.receive(transfer.id);
    await kept.commit();
    expect(await inventory.transfers.get(transfer.id)).toMatchObject({ status: "received" });
    await checkLedger(inventory);
  });

  it("what is in transit keeps its product and both its stores from the archive", async () => {
    const inventory = await stocked(6);
    const { transfer } = await inventory.transfers.ship(tea(6));
    expect((await refusalOf(inventory.products.archive("TEA-50"))).code).toBe("HAS_STOCK");
    expect((await refusalOf(inventory.stores.archive("hub"))).code).toBe("HAS_STOCK");
    expect((await refusalOf(inventory.stores.archive("berlin"))).code).toBe("INVALID_STATE");
    await inventory.transfers.receive(transfer.id);
    await inventory.stores.archive("berlin");
  });

  it("what is held is not shipped, and what is on its way can't be held yet", async () => {
    const inventory = await stocked(10);
    await inventory.reservations.hold({ ...berlin, quantity: 8, expiresInMs: 1_000 });
    expect(await refusalOf(inventory.transfers.ship(tea(3)))).toMatchObject({ code: "INSUFFICIENT_STOCK", available: 2 });
    inventory.clock.advance(1_000);
    await inventory.transfers.ship(tea(3));
    const held = inventory.reservations.hold({ sku: "TEA-50", storeId: "hub", quantity: 1, expiresInMs: 1_000 });
    expect((await refusalOf(held)).code).toBe("INSUFFICIENT_STOCK");
    await checkLedger(inventory);
  });
});
