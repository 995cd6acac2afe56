import { createInventory, type Inventory, type StorageAdapter } from "@onhand/core";
import { allOf, type ManualClock, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { beforeEach, describe, expect, it } from "vitest";
import { refusalOf } from "../../test/inventory";

const day = 86_400_000;
let clock: ManualClock;
let storage: StorageAdapter;
let inventory: Inventory;
const milk = { sku: "MILK", storeId: "berlin" };
const phone = { sku: "PHONE", storeId: "berlin" };

beforeEach(async () => {
  clock = manualClock(100 * day);
  storage = memoryStorage();
  inventory = await createInventory({ storage, clock });
  for (const id of ["berlin", "hamburg"]) await inventory.stores.create({ id, name: id });
  await inventory.products.create({ sku: "MILK", name: "Milk", tracking: "lot" });
  await inventory.products.create({ sku: "PHONE", name: "Phone", tracking: "serial" });
  await inventory.products.create({ sku: "CUP", name: "Cup" });
});

const inDays = (days: number) => clock.now() + days * day;
const receive = (lot: string, quantity: number, expiresAt?: number) =>
  inventory.stock.receive({ ...milk, quantity, lots: [{ lot, quantity, ...(expiresAt !== undefined && { expiresAt }) }] });
const receivePhones = (...serials: string[]) =>
  inventory.stock.receive({ ...phone, quantity: serials.length, lots: serials.map((lot) => ({ lot })) });
/** What is left, as `lot store quantity`. */
const left = async (sku: string) =>
  (await allOf((page) => inventory.lots.list({ sku, ...page }))).map((row) => `${row.lot} ${row.storeId} ${row.quantity}`);

describe("lots", () => {
  it("sells what expires first, then what came first, and never what has expired", async () => {
    await receive("LATE", 5, inDays(30));
    await receive("EVER", 5);
    await receive("SOON", 5, inDays(3));
    const { movements } = await inventory.stock.sell({ ...milk, quantity: 7 });
    expect(movements[0]?.lots).toEqual([
      { lot: "SOON", delta: -5 },
      { lot: "LATE", delta: -2 },
    ]);
    clock.advance(40 * day);
    const after = await inventory.stock.sell({ ...milk, quantity: 1 });
    expect(after.movements[0]?.lots).toEqual([{ lot: "EVER", delta: -1 }]);
    expect(await refusalOf(inventory.stock.sell({ ...milk, quantity: 5 }))).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      requested: 5,
      available: 4,
    });
    expect(await left("MILK")).toEqual(["EVER berlin 4", "LATE berlin 3"]);
  });

  it("sells a lot that is named, unless it has expired or there is too little of it", async () => {
    await receive("A", 5, inDays(1));
    await receive("B", 5);
    await inventory.stock.sell({ ...milk, quantity: 2, lots: [{ lot: "B", quantity: 2 }] });
    expect(await left("MILK")).toEqual(["A berlin 5", "B berlin 3"]);
    const tooMuch = { ...milk, quantity: 4, lots: [{ lot: "B", quantity: 4 }] };
    expect(await refusalOf(inventory.stock.sell(tooMuch))).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      lot: "B",
      requested: 4,
      available: 3,
    });
    clock.advance(day);
    const expired = { ...milk, quantity: 1, lots: [{ lot: "A" }] };
    expect(await refusalOf(inventory.stock.sell(expired))).toMatchObject({
      code: "INVALID_STATE",
      entity: "lot",
      key: "A",
      state: "expired",
    });
    await inventory.stock.sell({ ...expired, occurredAt: clock.now() - 1 });
    await inventory.stock.adjust({ ...milk, delta: -4, reason: "expired", lots: [{ lot: "A", quantity: 4 }] });
    expect(await left("MILK")).toEqual(["B berlin 3"]);
  });

  it("asks for the lots of whatever comes in or is set right, and refuses those that don't add up", async () => {
    await receive("A", 5);
    const unnamed = [
      inventory.stock.receive({ ...milk, quantity: 1 }),
      inventory.stock.return({ ...milk, quantity: 1 }),
      inventory.stock.adjust({ ...milk, delta: -1, reason: "lost" }),
      inventory.stock.count({ ...milk, counted: 4 }),
    ];
    for (const call of unnamed) expect(await refusalOf(call)).toMatchObject({ code: "INVALID_INPUT", issues: [{ path: "lots" }] });
    const wrong = [
      inventory.stock.receive({ ...milk, quantity: 2, lots: [{ lot: "A" }] }),
      inventory.stock.receive({ ...milk, quantity: 2, lots: [{ lot: "A" }, { lot: "A" }] }),
      inventory.stock.receive({ ...milk, quantity: 1, lots: [{ lot: "A", expiresAt: inDays(1) }] }),
      inventory.stock.sell({ ...milk, quantity: 1, lots: [{ lot: "A", quantity: 0.5 }] }),
      inventory.stock.receive({ sku: "CUP", storeId: "berlin", quantity: 1, lots: [{ lot: "A" }] }),
    ];
    for (const call of wrong) expect(await refusalOf(call)).toMatchObject({ code: "INVALID_INPUT", issues: [{ path: "lots" }] });
    expect(await left("MILK")).toEqual(["A berlin 5"]);
  });

  it("moves lots with a transfer, and there and back when it is undone", async () => {
    await receive("A", 3, inDays(1));
    await receive("B", 3, inDays(2));
    await receivePhones("SN-1");
    const moved = await inventory.stock.transfer({ sku: "MILK", from: "berlin", to: "hamburg", quantity: 4 });
    const serial = await inventory.stock.transfer({ sku: "PHONE", from: "berlin", to: "hamburg", quantity: 1, lots: [{ lot: "SN-1" }] });
    expect(await left("MILK")).toEqual(["B berlin 2", "A hamburg 3", "B hamburg 1"]);
    expect(await left("PHONE")).toEqual(["SN-1 hamburg 1"]);
    await inventory.stock.reverse(moved.movements[0]?.id as string);
    await inventory.stock.reverse(serial.movements[1]?.id as string);
    expect([await left("MILK"), await left("PHONE")]).toEqual([["A berlin 3", "B berlin 3"], ["SN-1 berlin 1"]]);
    expect(await refusalOf(receivePhones("SN-1"))).toMatchObject({ code: "ALREADY_EXISTS", key: "SN-1" });
  });

  it("sets each lot to what was counted of it; what was not named was not there", async () => {
    await receive("A", 3);
    await receive("B", 3);
    const { movements } = await inventory.stock.count({
      ...milk,
      counted: 6,
      lots: [
        { lot: "A", quantity: 2 },
        { lot: "C", quantity: 4, expiresAt: inDays(9) },
      ],
    });
    expect(movements[0]).toMatchObject({
      delta: 0,
      lots: [
        { lot: "B", delta: -3 },
        { lot: "A", delta: -1 },
        { lot: "C", delta: 4 },
      ],
    });
    expect(await left("MILK")).toEqual(["A berlin 2", "C berlin 4"]);
    await inventory.stock.count({ ...milk, counted: 6 });
    await inventory.stock.reverse(movements[0]?.id as string);
    expect(await left("MILK")).toEqual(["A berlin 3", "B berlin 3"]);
    await inventory.stock.count({ ...milk, counted: 0 });
    expect(await left("MILK")).toEqual([]);
  });

  it("picks the lots of a promise when it is kept, not when it is made", async () => {
    await receive("A", 3, inDays(5));
    await receivePhones("SN-1", "SN-2");
    const { reservation } = await inventory.reservations.hold({ ...milk, quantity: 3, expiresInMs: day });
    await receive("B", 3, inDays(2));
    const sold = await inventory.reservations.commit(reservation.id, { quantity: 2 });
    expect(sold.movements[0]?.lots).toEqual([{ lot: "B", delta: -2 }]);
    await inventory.reservations.commit(reservation.id, { lots: [{ lot: "A" }] });
    expect(await left("MILK")).toEqual(["A berlin 2", "B berlin 1"]);
    const held = await inventory.reservations.hold({ ...phone, quantity: 1, expiresInMs: day });
    expect(await refusalOf(inventory.reservations.commit(held.reservation.id))).toMatchObject({
      code: "INVALID_INPUT",
      issues: [{ path: "lots" }],
    });
    await inventory.reservations.commit(held.reservation.id, { lots: [{ lot: "SN-2" }] });
    expect(await left("PHONE")).toEqual(["SN-1 berlin 1"]);
  });

  it("decides the lines of a batch on what the lines before it left, all or none", async () => {
    const sellAll = { type: "sell", ...milk, quantity: 3 } as const;
    const lines = [{ type: "receive", ...milk, quantity: 5, lots: [{ lot: "A", quantity: 5 }] } as const, sellAll, sellAll];
    expect(await refusalOf(inventory.stock.apply(lines))).toMatchObject({ code: "INSUFFICIENT_STOCK", lines: [{ index: 2 }] });
    expect(await left("MILK")).toEqual([]);
    await inventory.stock.apply(lines.slice(0, 2));
    expect(await left("MILK")).toEqual(["A berlin 2"]);
    const twice = [1, 2].map(() => ({ type: "receive", ...phone, quantity: 1, lots: [{ lot: "SN-1" }] }) as const);
    expect(await refusalOf(inventory.stock.apply(twice))).toMatchObject({ code: "ALREADY_EXISTS", lines: [{ index: 1, key: "SN-1" }] });
  });

  it("answers a retry with the lots it chose the first time", async () => {
    await receive("A", 3, inDays(1));
    await receive("B", 3, inDays(2));
    const sale = { ...milk, quantity: 4, idempotencyKey: "sale" };
    const first = await inventory.stock.sell(sale);
    const again = await inventory.stock.sell(sale);
    expect(again.replayed).toBe(true);
    expect(again.movements).toEqual(first.movements);
    expect(first.movements[0]?.lots).toEqual([
      { lot: "A", delta: -3 },
      { lot: "B", delta: -1 },
    ]);
  });

  it("traces a lot from the delivery to the orders that took it", async () => {
    await inventory.stock.receive({
      ...milk,
      quantity: 5,
      lots: [{ lot: "L-1", quantity: 5, expiresAt: inDays(9) }],
      reference: { type: "delivery", id: "d-7" },
    });
    await inventory.stock.transfer({ sku: "MILK", from: "berlin", to: "hamburg", quantity: 2 });
    await inventory.stock.sell({ sku: "MILK", storeId: "hamburg", quantity: 1, reference: { type: "order", id: "1042" }, actor: "till-3" });
    const trace = await inventory.lots.trace({ sku: "milk", lot: "L-1" });
    expect(trace).toMatchObject({
      sku: "MILK",
      lot: "L-1",
      expiresAt: inDays(9),
      levels: [
        { storeId: "berlin", quantity: 3 },
        { storeId: "hamburg", quantity: 1 },
      ],
    });
    expect(trace.movements.map(({ type, storeId, delta, reference }) => [type, storeId, delta, reference?.id])).toEqual([
      ["received", "berlin", 5, "d-7"],
      ["transferred_out", "berlin", -2, undefined],
      ["transferred_in", "hamburg", 2, undefined],
      ["sold", "hamburg", -1, "1042"],
    ]);
    const first = await inventory.lots.trace({ sku: "MILK", lot: "L-1", limit: 3 });
    const rest = await inventory.lots.trace({ sku: "MILK", lot: "L-1", limit: 3, cursor: first.nextCursor as string });
    expect(rest.movements).toMatchObject([{ type: "sold", actor: "till-3" }]);
    expect(await refusalOf(inventory.lots.trace({ sku: "MILK", lot: "L-2" }))).toEqual({ code: "UNKNOWN_LOT", sku: "MILK", lot: "L-2" });
  });

  it("sets a wrong expiry date right wherever the lot is, and sells by it", async () => {
    await receive("A", 3, inDays(1));
    await inventory.stock.transfer({ sku: "MILK", from: "berlin", to: "hamburg", quantity: 1 });
    await receive("B", 3, inDays(2));
    expect(await inventory.lots.update({ sku: "milk", lot: "A", expiresAt: inDays(5) })).toMatchObject({
      lot: { sku: "MILK", expiresAt: inDays(5) },
    });
    expect((await inventory.lots.list({ lot: "A" })).items.map(({ expiresAt }) => expiresAt)).toEqual([inDays(5), inDays(5)]);
    const { movements } = await inventory.stock.sell({ ...milk, quantity: 1 });
    expect(movements[0]?.lots).toEqual([{ lot: "B", delta: -1 }]);
    await inventory.lots.update({ sku: "MILK", lot: "A", expiresAt: null });
    expect((await inventory.lots.expiring({ before: inDays(99) })).items).toMatchObject([{ lot: "B" }]);
    expect(await refusalOf(inventory.lots.update({ sku: "MILK", lot: "Z", expiresAt: null }))).toMatchObject({ code: "UNKNOWN_LOT" });
    expect(await refusalOf(inventory.lots.update({ sku: "NONE", lot: "Z", expiresAt: null }))).toMatchObject({ code: "UNKNOWN_PRODUCT" });
  });

  it("lists what expires soon, first of all what has expired", async () => {
    await receive("A", 1, inDays(8));
    await receive("B", 1, inDays(2));
    await receive("C", 1, inDays(30));
    await receive("D", 1);
    clock.advance(3 * day);
    const { items } = await inventory.lots.expiring({ before: inDays(7) });
    expect(items.map(({ lot }) => lot)).toEqual(["B", "A"]);
    expect((await inventory.lots.expiring({ before: inDays(7), storeId: "hamburg" })).items).toEqual([]);
    const page = await inventory.lots.expiring({ before: inDays(60), limit: 2 });
    expect((await inventory.lots.expiring({ before: inDays(60), limit: 2, cursor: page.nextCursor as string })).items).toMatchObject([
      { lot: "C" },
    ]);
  });
});

describe("serial numbers", () => {
  it("are unique among what is there: one that was sold may come back", async () => {
    await receivePhones("SN-1", "SN-2");
    expect(await refusalOf(receivePhones("SN-2"))).toMatchObject({ code: "ALREADY_EXISTS", entity: "serial", key: "SN-2" });
    const elsewhere = inventory.stock.receive({ sku: "PHONE", storeId: "hamburg", quantity: 1, lots: [{ lot: "SN-1" }] });
    expect(await refusalOf(elsewhere)).toMatchObject({ code: "ALREADY_EXISTS", key: "SN-1" });
    const sale = await inventory.stock.sell({ ...phone, quantity: 1, lots: [{ lot: "SN-2" }] });
    await inventory.stock.return({ sku: "PHONE", storeId: "hamburg", quantity: 1, lots: [{ lot: "SN-2" }] });
    expect(await refusalOf(inventory.stock.reverse(sale.movements[0]?.id as string))).toMatchObject({
      code: "ALREADY_EXISTS",
      key: "SN-2",
    });
    expect(await left("PHONE")).toEqual(["SN-1 berlin 1", "SN-2 hamburg 1"]);
  });

  it("are named one by one whenever they go", async () => {
    await receivePhones("SN-1", "SN-2");
    const calls = [
      inventory.stock.sell({ ...phone, quantity: 1 }),
      inventory.stock.transfer({ sku: "PHONE", from: "berlin", to: "hamburg", quantity: 1 }),
      inventory.stock.sell({ ...phone, quantity: 2, lots: [{ lot: "SN-1", quantity: 2 }] }),
    ];
    for (const call of calls) expect(await refusalOf(call)).toMatchObject({ code: "INVALID_INPUT", issues: [{ path: "lots" }] });
    const missing = inventory.stock.sell({ ...phone, quantity: 1, lots: [{ lot: "SN-9" }] });
    expect(await refusalOf(missing)).toMatchObject({ code: "INSUFFICIENT_STOCK", lot: "SN-9", available: 0 });
  });
});

describe("tracking a product", () => {
  it("begins and ends while it has no stock, and asks for whole pieces that can't be backordered", async () => {
    const { products } = inventory;
    expect(await refusalOf(products.create({ sku: "A", name: "A", tracking: "lot", backorderLimit: 1 }))).toMatchObject({
      issues: [{ path: "backorderLimit" }],
    });
    expect(await refusalOf(products.create({ sku: "A", name: "A", tracking: "serial", decimals: 1 }))).toMatchObject({
      issues: [{ path: "tracking" }],
    });
    expect(await refusalOf(products.update("MILK", { backorderLimit: 1 }))).toMatchObject({ issues: [{ path: "backorderLimit" }] });
    const { movements } = await inventory.stock.receive({ sku: "CUP", storeId: "berlin", quantity: 1 });
    expect(await refusalOf(products.update("CUP", { tracking: "lot" }))).toMatchObject({ code: "INVALID_STATE" });
    await inventory.stock.sell({ sku: "CUP", storeId: "berlin", quantity: 1 });
    expect((await products.update("CUP", { tracking: "lot" })).product.tracking).toBe("lot");
    await inventory.stock.receive({ sku: "CUP", storeId: "berlin", quantity: 1, lots: [{ lot: "A" }] });
    expect(await refusalOf(inventory.stock.reverse(movements[0]?.id as string))).toMatchObject({
      code: "INVALID_STATE",
      state: "made before its product was tracked",
    });
    expect(await refusalOf(products.update("CUP", { tracking: null }))).toMatchObject({ code: "INVALID_STATE" });
  });

  it("writes nothing for products that are not tracked", async () => {
    const { movements } = await inventory.stock.receive({ sku: "CUP", storeId: "berlin", quantity: 3 });
    expect(movements[0]).not.toHaveProperty("lots");
    for (const table of ["lots", "lot_levels", "lot_movements"]) expect((await storage.find(table, { limit: 10 })).rows).toEqual([]);
  });
});
