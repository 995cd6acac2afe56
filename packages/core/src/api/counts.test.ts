import { createInventory } from "@onhand/core";
import { addExamples, allOf, checkLedger, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";
import { hostMemory } from "../../test/host-memory";
import { berlin, exampleInventory, refusalOf } from "../../test/inventory";

const found = (counted: number, sku = "TEA-50") => ({ lines: [{ sku, counted }] });

async function stocked() {
  const inventory = await exampleInventory();
  await inventory.stock.receive({ ...berlin, quantity: 10 });
  await inventory.stock.receive({ sku: "CUP", storeId: "berlin", quantity: 4 });
  return inventory;
}

describe("while the shop is open", () => {
  it("sales between count and approval are not counted twice", async () => {
    const inventory = await stocked();
    const { count } = await inventory.counts.start({ storeId: "berlin" });
    const recorded = inventory.counts.record(count.id, found(8));
    const sales = Array.from({ length: 3 }, () => inventory.stock.sell({ ...berlin, quantity: 1 }));
    await Promise.all([recorded, ...sales]);
    await inventory.counts.approve(count.id);
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 5 });
    await checkLedger(inventory);
  });

  it("200 who approve one sheet book it once", async () => {
    const inventory = await stocked();
    const { count } = await inventory.counts.start({ storeId: "berlin" });
    await inventory.counts.record(count.id, found(8));
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => inventory.counts.approve(count.id)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 8 });
  });

  it("two sheets with the same product never book one difference twice: the second has to count again", async () => {
    const inventory = await stocked();
    const first = (await inventory.counts.start({ storeId: "berlin" })).count.id;
    const second = (await inventory.counts.start({ storeId: "berlin", category: "Tea" })).count.id;
    for (const id of [first, second]) await inventory.counts.record(id, found(8));
    await inventory.counts.approve(first);
    expect(await refusalOf(inventory.counts.approve(second))).toMatchObject({
      code: "INVALID_STATE",
      state: "to be counted again",
      lines: [{ code: "INVALID_STATE", sku: "TEA-50", state: "counted or adjusted since" }],
    });
    await inventory.counts.recount(second, { skus: ["TEA-50"] });
    await inventory.counts.record(second, found(8));
    expect((await inventory.counts.approve(second)).movements).toMatchObject([{ delta: 0 }]);
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 8 });
    await checkLedger(inventory);
  });

  it.each([
    ["counted at once", (inventory: Stocked) => inventory.stock.count({ ...berlin, counted: 8 })],
    ["adjusted", (inventory: Stocked) => inventory.stock.adjust({ ...berlin, delta: -2, reason: "lost" })],
    ["undone a movement of", (inventory: Stocked) => inventory.stock.reverse("m11-0")],
  ])("a product that somebody has %s since has to be counted again", async (_how, correct) => {
    const inventory = await stocked();
    await inventory.stock.receive({ ...berlin, quantity: 1 });
    const { count } = await inventory.counts.start({ storeId: "berlin" });
    await inventory.counts.record(count.id, { lines: [...found(8).lines, ...found(3, "CUP").lines] });
    await correct(inventory);
    expect(await refusalOf(inventory.counts.approve(count.id))).toMatchObject({ lines: [{ sku: "TEA-50" }] });
    await inventory.counts.recount(count.id, { skus: ["TEA-50"] });
    await inventory.counts.record(count.id, found(7));
    await inventory.counts.approve(count.id);
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 7 });
    await checkLedger(inventory);
  });
});

type Stocked = Awaited<ReturnType<typeof stocked>>;

describe("sheets", () => {
  it("of 2,000 products are counted in parts, approved in one command, and give their answer again", async () => {
    const inventory = await exampleInventory();
    const skus = Array.from({ length: 2_000 }, (_, index) => `P${String(index).padStart(4, "0")}`);
    await Promise.all(skus.map((sku) => inventory.products.create({ sku, name: sku })));
    await inventory.stock.apply(skus.map((sku) => ({ type: "receive", sku, storeId: "berlin", quantity: 5 })));
    const { count } = await inventory.counts.start({ storeId: "berlin" });
    expect(count.lineCount).toBe(2_000);
    for (let start = 0; start < skus.length; start += 500)
      await inventory.counts.record(count.id, { lines: skus.slice(start, start + 500).map((sku) => ({ sku, counted: 4 })) });
    const head = await inventory.feed.head();
    const approved = await inventory.counts.approve(count.id, { idempotencyKey: "approve" });
    expect(approved).toMatchObject({ seq: head + 1, count: { status: "approved", countedCount: 2_000, differenceCount: 2_000 } });
    expect(await inventory.counts.approve(count.id, { idempotencyKey: "approve" })).toEqual({ ...approved, replayed: true });
    const { lines, ...sheet } = await inventory.counts.get(count.id);
    expect(sheet).toEqual(approved.count);
    expect(lines.map(({ sku }) => sku)).toEqual(skus);
    expect(lines.every(({ status, variance }) => status === "approved" && variance === -1)).toBe(true);
  });

  it("are listed by how they stand and where, and read whole by id", async () => {
    const inventory = await stocked();
    await inventory.stock.receive({ ...berlin, storeId: "hub", quantity: 1 });
    const { counts } = inventory;
    const ids = [
      await counts.start({ storeId: "berlin" }),
      await counts.start({ storeId: "hub" }),
      await counts.start({ storeId: "berlin", skus: ["CUP"] }),
    ].map(({ count }) => count.id);
    await counts.cancel(ids[0] as string);
    const list = async (filter: Parameters<typeof counts.list>[0]) => (await counts.list(filter)).items.map(({ id }) => ids.indexOf(id));
    expect(await list({})).toEqual([0, 1, 2]);
    expect(await list({ status: "open" })).toEqual([1, 2]);
    expect(await list({ storeId: "berlin", order: "desc" })).toEqual([2, 0]);
    expect((await allOf((page) => counts.list({ ...page, limit: 1 }))).map(({ id }) => id)).toEqual(ids);
    expect((await refusalOf(counts.list({ storeId: "atlantis" }))).code).toBe("UNKNOWN_STORE");
    expect(await counts.get(ids[2] as string)).toMatchObject({ status: "open", lines: [{ sku: "CUP", status: "open", tallies: [] }] });
    for (const id of ["c0", "c99999", "x"]) expect(await refusalOf(counts.get(id))).toEqual({ code: "UNKNOWN_COUNT", id });
  });

  it("repeated under a key give their first answer and change nothing", async () => {
    const inventory = await stocked();
    const { counts } = inventory;
    const first = await counts.start({ storeId: "berlin", idempotencyKey: "start" });
    const { id } = first.count;
    const steps: readonly (() => Promise<object>)[] = [
      () => counts.start({ storeId: "berlin", idempotencyKey: "start" }),
      () => counts.record(id, { ...found(9), idempotencyKey: "record" }),
      () => counts.recount(id, { skus: ["TEA-50"], idempotencyKey: "recount" }),
      () => counts.record(id, { ...found(8), idempotencyKey: "record again" }),
      () => counts.approve(id, { idempotencyKey: "approve" }),
    ];
    const answers: object[] = [first];
    for (const step of steps.slice(1)) answers.push(await step());
    const head = await inventory.feed.head();
    for (const [index, step] of steps.entries()) expect(await step()).toEqual({ ...answers[index], replayed: true });
    expect(await inventory.feed.head()).toBe(head);
  });

  it("are told of with the lines that changed; a blind one keeps its secret in events and in the feed", async () => {
    const inventory = await stocked();
    const { count } = await inventory.counts.start({ storeId: "berlin", blind: true });
    const told: string[] = [];
    const images: unknown[] = [];
    inventory.on("*", (type, event) => {
      if (!("count" in event)) return;
      told.push(`${type} ${event.lines.map(({ sku, status }) => `${sku} ${status}`).join(", ")}`);
      if (event.count.status === "open") images.push(event);
    });
    inventory.feed.subscribe(({ changes }) => images.push(changes.filter(({ entity }) => entity === "countLine")));
    await inventory.counts.record(count.id, found(8));
    await inventory.counts.recount(count.id, { skus: ["TEA-50"] });
    await inventory.counts.record(count.id, found(9));
    images.push((await inventory.feed.snapshot("countLine")).items, await inventory.counts.get(count.id));
    expect(images).not.toHaveLength(2);
    for (const word of ["expected", "variance"]) expect(JSON.stringify(images)).not.toContain(word);
    await inventory.counts.approve(count.id);
    expect(told).toEqual([
      "count.recorded TEA-50 counted",
      "count.recount_requested TEA-50 recount",
      "count.recorded TEA-50 counted",
      "count.approved CUP uncounted, TEA-50 approved",
    ]);
    expect((await inventory.counts.get(count.id)).lines[1]).toMatchObject({ expected: 10, variance: -1, variancePercent: -10 });
  });

  it("are in snapshots while they are open, by id also when they are over, each with its lines", async () => {
    const inventory = await stocked();
    const { feed, counts } = inventory;
    const over = (await counts.start({ storeId: "berlin", skus: ["CUP"] })).count.id;
    await counts.cancel(over);
    const open = (await counts.start({ storeId: "berlin" })).count.id;
    const keys = async (entity: "count" | "countLine", filter?: object) =>
      (await feed.snapshot(entity, { ...(filter && { filter }) })).items.map(({ key }) => key);
    expect(await keys("count")).toEqual([open]);
    expect(await keys("count", { ids: [over] })).toEqual([over]);
    expect(await keys("count", { storeIds: ["hub"] })).toEqual([]);
    expect(await keys("countLine")).toEqual([`${open}/CUP`, `${open}/TEA-50`]);
    expect(await keys("countLine", { ids: [over] })).toEqual([`${over}/CUP`]);
    expect(await keys("countLine", { skus: ["cup"] })).toEqual([`${open}/CUP`]);
    const { items } = await feed.since(0, { filter: { entities: ["countLine"], ids: [open], storeIds: ["berlin"] } });
    expect(items.map(({ key }) => key)).toEqual([`${open}/CUP`, `${open}/TEA-50`]);
  });
});

describe("the rest of the inventory", () => {
  it("a sheet inside a host's transaction is gone when the host rolls back, and stands when it commits", async () => {
    const storage = hostMemory();
    const inventory = await createInventory({ storage, clock: manualClock() });
    await addExamples(inventory);
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    const { count } = await inventory.counts.start({ storeId: "berlin" });
    const lost = await storage.begin();
    await inventory.with(lost).counts.record(count.id, found(7));
    await inventory.with(lost).counts.approve(count.id);
    await lost.rollback();
    expect(await inventory.counts.get(count.id)).toMatchObject({ status: "open", lines: [{ status: "open" }] });
    const kept = await storage.begin();
    await inventory.with(kept).counts.record(count.id, found(8));
    await inventory.with(kept).counts.approve(count.id);
    expect(await inventory.with(kept).counts.get(count.id)).toMatchObject({ status: "approved" });
    await kept.commit();
    expect(await inventory.stock.level(berlin)).toMatchObject({ onHand: 8 });
    await checkLedger(inventory);
  });

  it("an approved difference raises alerts like any other movement", async () => {
    const inventory = await stocked();
    await inventory.thresholds.set({ ...berlin, reorderPoint: 5 });
    const { count } = await inventory.counts.start({ storeId: "berlin" });
    await inventory.counts.record(count.id, found(5));
    await inventory.counts.approve(count.id);
    expect((await inventory.alerts.list({ status: "active" })).items).toMatchObject([{ type: "low_stock", quantity: 5 }]);
  });

  it("a sale, a receipt and a transfer leave nothing behind for sheets nobody started", async () => {
    const storage = memoryStorage();
    const inventory = await createInventory({ storage, clock: manualClock() });
    await addExamples(inventory);
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    await inventory.stock.sell({ ...berlin, quantity: 1 });
    await inventory.stock.transfer({ sku: "TEA-50", from: "berlin", to: "hub", quantity: 1 });
    const rows = async (table: string) => (await storage.find(table, { limit: 10 })).rows;
    expect(await rows("level_corrections")).toEqual([]);
    await inventory.stock.adjust({ ...berlin, delta: 1, reason: "found" });
    expect(await rows("level_corrections")).toHaveLength(1);
  });
});
