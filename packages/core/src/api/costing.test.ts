import { createInventory, type Inventory, type StorageAdapter } from "@onhand/core";
import { allOf, type ManualClock, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { beforeEach, describe, expect, it } from "vitest";
import { refusalOf } from "../../test/inventory";

const eur = (amount: number) => ({ amount, currency: "EUR" });
const day = 86_400_000;
let clock: ManualClock;
let storage: StorageAdapter;
let inventory: Inventory;

beforeEach(async () => {
  clock = manualClock(100 * day);
  storage = memoryStorage();
  inventory = await createInventory({ storage, clock });
  for (const id of ["berlin", "hamburg"]) await inventory.stores.create({ id, name: id });
});

const product = (sku: string, method: "fifo" | "average", fields: object = {}) =>
  inventory.products.create({ sku, name: sku, costing: { method, currency: "EUR" }, ...fields });
const receive = async (sku: string, quantity: number, unitCost?: number, more: object = {}) =>
  (await inventory.stock.receive({ sku, storeId: "berlin", quantity, ...(unitCost !== undefined && { unitCost: eur(unitCost) }), ...more }))
    .movements[0]?.id as string;
const sell = async (sku: string, quantity: number, more: object = {}) =>
  (await inventory.stock.sell({ sku, storeId: "berlin", quantity, ...more })).movements[0]?.id as string;
const costOf = async (movement: string) => (await inventory.costing.movement(movement)).value.amount;
const worthOf = async (sku: string) => (await inventory.reports.valuation({ sku })).totals.value[0]?.amount ?? 0;

describe("what goods cost", () => {
  it("takes the oldest goods first under FIFO, and a part of what all cost on average", async () => {
    for (const method of ["fifo", "average"] as const) {
      await product(method, method);
      await receive(method, 10, 100);
      await receive(method, 10, 200);
    }
    expect(await costOf(await sell("fifo", 12))).toBe(-1_400);
    expect(await worthOf("fifo")).toBe(1_600);
    expect(await costOf(await sell("average", 12))).toBe(-1_800);
    expect(await worthOf("average")).toBe(1_200);
    const layers = await inventory.costing.layers({ sku: "fifo" });
    expect(layers.items).toMatchObject([{ quantity: 8, value: eur(1_600), unitCost: eur(200) }]);
  });

  it("refuses more of a product in all stores together than is exact, whichever way it comes", async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const tooMuch = { code: "INVALID_INPUT", issues: [{ path: "quantity", message: expect.stringMatching(/in all stores/) }] };
    const elsewhere = (sku: string) => ({ sku, storeId: "hamburg", quantity: 1 });
    await product("A", "average");
    await receive("A", most);
    const first = { ...elsewhere("A"), idempotencyKey: "k" };
    for (let times = 0; times < 2; times++) expect(await refusalOf(inventory.stock.receive(first))).toMatchObject(tooMuch);
    expect(await refusalOf(inventory.stock.apply([{ type: "receive", ...elsewhere("A") }]))).toMatchObject(tooMuch);
    await sell("A", 1);
    await inventory.stock.receive(elsewhere("A"));

    await inventory.products.create({ sku: "B", name: "B" });
    await receive("B", most);
    await inventory.stock.receive(elsewhere("B"));
    expect(await refusalOf(inventory.costing.set({ sku: "B", method: "fifo", currency: "EUR" }))).toMatchObject(tooMuch);
    expect((await inventory.products.get("B"))?.costing).toBeUndefined();
    expect(await inventory.verify()).toMatchObject({ ok: true });
  });

  it("loses nothing to rounding: thirds of a cent stay with the goods that are left", async () => {
    await product("A", "average");
    await receive("A", 1, 100);
    await receive("A", 2, 50);
    await inventory.costing.correct(await receive("A", 4, 0), { amount: eur(1) });
    const sales = [await sell("A", 1), await sell("A", 1), await sell("A", 5)];
    expect(await Promise.all(sales.map(costOf))).toEqual([-29, -29, -144]);
    expect(await worthOf("A")).toBe(0);
    expect((await inventory.reports.costOfGoodsSold({ sku: "A" })).totals.cost).toEqual([eur(201)]);
  });

  it("costs fractions of a unit exactly", async () => {
    await product("BEANS", "fifo", { decimals: 3 });
    await receive("BEANS", 0.333, 1_000);
    expect(await worthOf("BEANS")).toBe(333);
    await sell("BEANS", 0.001);
    expect(await worthOf("BEANS")).toBe(332);
  });

  it("moves goods between stores with their cost, and values each store by what its goods are part of", async () => {
    await product("A", "fifo");
    await receive("A", 10, 100);
    await inventory.stock.transfer({ sku: "A", from: "berlin", to: "hamburg", quantity: 4 });
    const rest = { unitCost: [eur(100)], unknown: 0, unsettled: 0 };
    const total = { ...rest, quantity: 10, value: [eur(1_000)] };
    expect(await inventory.reports.valuation()).toMatchObject({
      name: "valuation",
      by: ["sku", "storeId"],
      to: clock.now(),
      rows: [
        { sku: "A", name: "A", storeId: "berlin", ...rest, quantity: 6, value: [eur(600)] },
        { sku: "A", name: "A", storeId: "hamburg", ...rest, quantity: 4, value: [eur(400)] },
      ],
      subtotals: [{ sku: "A", name: "A", ...total }],
      totals: total,
    });
    const hamburg = await inventory.reports.valuation({ storeId: "hamburg" });
    expect([hamburg.rows.length, hamburg.totals.value]).toEqual([1, [eur(400)]]);
  });

  it("settles the cost of what was sold before it came in when it comes, for the sale that left the debt", async () => {
    for (const method of ["fifo", "average"] as const) {
      await product(method, method, { backorderLimit: 10 });
      await receive(method, 1, 100);
      const sale = await sell(method, 4);
      expect(await inventory.costing.movement(sale)).toMatchObject({ value: eur(-100), unsettled: 3 });
      expect(await inventory.reports.valuation({ sku: method })).toMatchObject({
        rows: [{ quantity: -3, value: [eur(0)], unknown: 0, unsettled: 3 }],
      });
      await receive(method, 5, 150);
      expect(await inventory.costing.movement(sale)).toMatchObject({ value: eur(-550), unsettled: 0 });
      expect(await worthOf(method)).toBe(300);
    }
  });

  it("names goods of unknown cost and never counts them as zero", async () => {
    await product("A", "fifo");
    const nameless = await receive("A", 3);
    await receive("A", 2, 100);
    expect(await inventory.reports.valuation()).toMatchObject({
      rows: [{ quantity: 5, value: [eur(200)], unitCost: [eur(100)], unknown: 3, unsettled: 0 }],
    });
    expect(await inventory.costing.movement(await sell("A", 1))).toMatchObject({ value: eur(0), unknown: 1 });
    expect((await inventory.reports.costOfGoodsSold()).rows).toMatchObject([{ quantity: 1, cost: [eur(0)], unknown: 1, unsettled: 0 }]);
    const late = await inventory.costing.correct(nameless, { amount: eur(270), reason: "late invoice" });
    expect(late).toMatchObject({ inStock: eur(180), costOfGoodsSold: eur(90) });
    expect(await inventory.reports.valuation()).toMatchObject({ rows: [{ quantity: 4, value: [eur(380)], unknown: 0, unsettled: 0 }] });
    expect((await inventory.reports.costOfGoodsSold()).rows).toMatchObject([{ quantity: 1, cost: [eur(90)], unknown: 0, unsettled: 0 }]);
  });

  it("falls back to the product's cost, and in another currency to an unknown one", async () => {
    await product("A", "average", { cost: eur(70) });
    await receive("A", 2);
    expect(await worthOf("A")).toBe(140);
    await inventory.stock.receive({ sku: "A", storeId: "berlin", quantity: 1, unitCost: { amount: 80, currency: "USD" } });
    expect((await inventory.reports.valuation()).totals).toMatchObject({ unknown: 1, unsettled: 0 });
  });

  it("takes a return back at what was sold last, what is found at what the others cost", async () => {
    await product("A", "fifo");
    await receive("A", 1, 100);
    await receive("A", 1, 300);
    await sell("A", 1);
    const back = await inventory.stock.return({ sku: "A", storeId: "berlin", quantity: 1 });
    expect(await costOf(back.movements[0]?.id as string)).toBe(100);
    const found = await inventory.stock.adjust({ sku: "A", storeId: "berlin", delta: 1, reason: "found" });
    expect(await costOf(found.movements[0]?.id as string)).toBe(200);
    const counted = await inventory.stock.count({ sku: "A", storeId: "berlin", counted: 1 });
    expect(await costOf(counted.movements[0]?.id as string)).toBe(-400);
    expect((await inventory.reports.costOfGoodsSold()).rows).toMatchObject([{ quantity: 0, cost: [eur(0)] }]);
  });

  it("gives a sale that is undone exactly what it cost, with what was settled since", async () => {
    for (const method of ["fifo", "average"] as const) {
      await product(method, method, { backorderLimit: 10 });
      await receive(method, 2, 100);
      const sale = await sell(method, 5);
      await receive(method, 1, 400);
      await inventory.stock.reverse(sale);
      expect(await inventory.costing.movement(sale)).toMatchObject({ quantity: 0, value: eur(0), unsettled: 0 });
      expect(await worthOf(method)).toBe(600);
      expect((await inventory.stock.level({ sku: method, storeId: "berlin" })).onHand).toBe(3);
    }
  });

  it("takes a receipt that is undone out at its own cost", async () => {
    for (const method of ["fifo", "average"] as const) {
      await product(method, method);
      await receive(method, 2, 100);
      const wrong = await receive(method, 2, 900);
      await inventory.stock.reverse(wrong);
      expect(await worthOf(method)).toBe(200);
    }
  });

  it("shares freight out among the goods that are still there and those that are gone, in one entry of today", async () => {
    await product("A", "fifo");
    const delivery = await receive("A", 10, 100);
    await sell("A", 4);
    clock.advance(40 * day);
    const before = clock.now() - day;
    expect(await inventory.costing.correct(delivery, { amount: eur(500), reason: "freight" })).toMatchObject({
      inStock: eur(300),
      costOfGoodsSold: eur(200),
    });
    expect(await worthOf("A")).toBe(900);
    expect(await inventory.reports.valuation({ at: before })).toMatchObject({ to: before, totals: { value: [eur(600)] } });
    expect((await inventory.reports.costOfGoodsSold({ to: before })).totals.cost).toEqual([eur(400)]);
    expect((await inventory.reports.costOfGoodsSold()).totals.cost).toEqual([eur(600)]);
  });

  it("an entry of the past counts from its day on and changes no cost that was written before it", async () => {
    await product("A", "fifo");
    await receive("A", 1, 100);
    const sale = await sell("A", 1);
    clock.advance(10 * day);
    await receive("A", 5, 900, { occurredAt: clock.now() - 20 * day });
    expect(await costOf(sale)).toBe(-100);
    expect((await inventory.reports.valuation({ at: clock.now() - 15 * day })).totals.value).toEqual([eur(4_500)]);
    expect((await inventory.reports.valuation({ at: clock.now() - 5 * day })).totals.value).toEqual([eur(4_500)]);
    expect((await inventory.reports.valuation({ at: clock.now() - 21 * day })).totals.value).toEqual([]);
  });

  it("does the lines of a batch one after the other, each on what the lines before it left", async () => {
    await product("A", "fifo");
    const { movements } = await inventory.stock.apply([
      { type: "receive", sku: "A", storeId: "berlin", quantity: 2, unitCost: eur(100) },
      { type: "sell", sku: "A", storeId: "berlin", quantity: 1 },
      { type: "receive", sku: "A", storeId: "hamburg", quantity: 2, unitCost: eur(300) },
      { type: "sell", sku: "A", storeId: "hamburg", quantity: 2 },
    ]);
    expect(await Promise.all(movements.map(({ id }) => costOf(id)))).toEqual([200, -100, 600, -400]);
    expect(await worthOf("A")).toBe(300);
  });

  it("sells out of thousands of layers in one command", async () => {
    await product("A", "fifo");
    await inventory.stock.apply(
      Array.from({ length: 3_000 }, (_, index) => ({
        type: "receive" as const,
        sku: "A",
        storeId: "berlin",
        quantity: 1,
        unitCost: eur(index),
      })),
    );
    // Another inventory on the same rows has none of them at hand.
    const other = await createInventory({ storage, clock });
    const sale = await other.stock.sell({ sku: "A", storeId: "berlin", quantity: 2_999 });
    expect((await other.costing.movement(sale.movements[0]?.id as string)).value).toEqual(eur(-(2_998 * 2_999) / 2));
  });
});

describe("beginning to cost a product", () => {
  it("takes in what is there at the cost given, across stores, what one has too little of first", async () => {
    await inventory.products.create({ sku: "A", name: "A", backorderLimit: 5, cost: eur(40) });
    await receive("A", 10);
    await inventory.stock.sell({ sku: "A", storeId: "hamburg", quantity: 2 });
    const { product: after } = await inventory.costing.set({ sku: "a", method: "fifo", currency: "EUR", unitCost: eur(50) });
    expect(after.costing).toEqual({ method: "fifo", currency: "EUR" });
    expect(await worthOf("A")).toBe(400);
    expect(await inventory.reports.valuation()).toMatchObject({
      rows: [{ quantity: 10 }, { quantity: -2 }],
      totals: { unknown: 0, unsettled: 0 },
    });
  });

  it("keeps the value of stock when the method changes, there and back", async () => {
    await product("A", "fifo");
    await receive("A", 3, 100);
    await receive("A", 4, 201);
    await receive("A", 1);
    await inventory.costing.set({ sku: "A", method: "average", currency: "EUR" });
    expect((await inventory.costing.layers({ sku: "A" })).items).toEqual([]);
    await inventory.costing.set({ sku: "A", method: "fifo", currency: "EUR" });
    expect(
      (await allOf((page) => inventory.costing.layers({ sku: "A", ...page }))).map(({ quantity, value }) => [quantity, value]),
    ).toEqual([
      [1, undefined],
      [7, eur(1_104)],
    ]);
    expect(await worthOf("A")).toBe(1_104);
  });

  it("costs what was under way before it began when it arrives", async () => {
    await inventory.products.create({ sku: "A", name: "A", cost: eur(10) });
    await receive("A", 5);
    await inventory.costing.set({ sku: "A", method: "average", currency: "EUR" });
    await inventory.stock.transfer({ sku: "A", from: "berlin", to: "hamburg", quantity: 5 });
    expect(await inventory.reports.valuation()).toMatchObject({ rows: [{ storeId: "hamburg", quantity: 5, value: [eur(50)] }] });
  });

  it("writes nothing for products that are not costed", async () => {
    const storage = memoryStorage();
    const plain = await createInventory({ storage, clock });
    await plain.stores.create({ id: "berlin", name: "Berlin" });
    await plain.products.create({ sku: "A", name: "A" });
    const { movements } = await plain.stock.receive({ sku: "A", storeId: "berlin", quantity: 5, unitCost: eur(5) });
    for (const table of ["product_costs", "cost_layers", "cost_entries"])
      expect((await storage.find(table, { limit: 10 })).rows).toEqual([]);
    expect(await plain.reports.valuation()).toMatchObject({ rows: [], totals: { quantity: 0, value: [] } });
    expect(await refusalOf(plain.costing.movement(movements[0]?.id as string))).toMatchObject({
      code: "INVALID_STATE",
      state: "not costed",
    });
  });

  it("refuses what it can't do, and says what", async () => {
    await product("A", "average");
    await receive("A", 3, 10);
    const receipt = await receive("A", 3, 10);
    const sale = await sell("A", 1);
    const set = { sku: "A", method: "fifo", currency: "EUR" } as const;
    expect(await refusalOf(inventory.costing.set({ ...set, currency: "USD" }))).toMatchObject({
      code: "INVALID_STATE",
      state: "costed in EUR",
    });
    expect(await refusalOf(inventory.costing.set({ ...set, unitCost: eur(3) }))).toMatchObject({ code: "INVALID_INPUT" });
    expect(await refusalOf(inventory.costing.set({ ...set, unitCost: { amount: 3, currency: "USD" } }))).toMatchObject({
      code: "INVALID_INPUT",
    });
    expect(await refusalOf(inventory.costing.set({ ...set, sku: "B" }))).toMatchObject({ code: "UNKNOWN_PRODUCT" });
    const amount = eur(5);
    expect(await refusalOf(inventory.costing.correct("m999-0", { amount }))).toMatchObject({ code: "UNKNOWN_MOVEMENT" });
    expect(await refusalOf(inventory.costing.correct("nonsense", { amount }))).toMatchObject({ code: "UNKNOWN_MOVEMENT" });
    expect(await refusalOf(inventory.costing.correct(sale, { amount }))).toMatchObject({ state: "did not bring goods in" });
    expect(await refusalOf(inventory.costing.correct(receipt, { amount: eur(0) }))).toMatchObject({ code: "INVALID_INPUT" });
    expect(await refusalOf(inventory.costing.correct(receipt, { amount: { amount: 5, currency: "USD" } }))).toMatchObject({
      code: "INVALID_INPUT",
    });
    await inventory.stock.reverse(receipt);
    expect(await refusalOf(inventory.costing.correct(receipt, { amount }))).toMatchObject({ code: "INVALID_STATE", state: "reversed" });
    expect(await refusalOf(inventory.costing.movement("m998-0"))).toMatchObject({ code: "UNKNOWN_MOVEMENT" });
  });

  it("keeps amounts that no row could hold out of the value, and names them", async () => {
    await product("A", "fifo");
    await receive("A", 9_000_000_000_000_000, 9_000_000_000_000_000);
    await receive("A", 1, 7);
    expect(await inventory.reports.valuation()).toMatchObject({
      totals: { value: [eur(7)], unknown: 9_000_000_000_000_000 },
    });
  });
});
