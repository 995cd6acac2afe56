import { manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { beforeEach, expect, it } from "vitest";
import { refusalOf } from "../../../test/inventory";
import { createInventory, type Inventory, type StorageAdapter } from "../../index";

const start = Date.UTC(2026, 0, 15);
const day = 86_400_000;
const eur = (amount: number) => ({ amount, currency: "EUR" });
const usd = (amount: number) => ({ amount, currency: "USD" });

let clock: ReturnType<typeof manualClock>;
let inventory: Inventory;
/** How new sums had to be that were asked for. */
let asked: (number | undefined)[];

/** Tea in two stores and between them; cups at one price known and one not; an import in dollars without a category. */
beforeEach(async () => {
  clock = manualClock(start);
  asked = [];
  const memory = memoryStorage();
  const storage: StorageAdapter = {
    ...memory,
    aggregate(table, aggregation, options) {
      asked.push(options?.minSeq);
      return memory.aggregate(table, aggregation, options);
    },
  };
  inventory = await createInventory({ storage, clock });
  for (const id of ["berlin", "hamburg"]) await inventory.stores.create({ id, name: id });
  const costing = { method: "fifo", currency: "EUR" } as const;
  await inventory.products.create({ sku: "TEA", name: "Tea", category: "Drinks", decimals: 3, costing });
  await inventory.products.create({ sku: "CUP", name: "Cup", category: "Tableware", costing });
  await inventory.products.create({ sku: "RUG", name: "Rug", costing: { ...costing, currency: "USD" }, backorderLimit: 5 });
  await inventory.products.create({ sku: "PLAIN", name: "Not costed", category: "Drinks" });
  await inventory.stock.apply([
    { type: "receive", sku: "TEA", storeId: "berlin", quantity: 2.5, unitCost: eur(1_000) },
    { type: "receive", sku: "CUP", storeId: "berlin", quantity: 4, unitCost: eur(300) },
    { type: "receive", sku: "CUP", storeId: "hamburg", quantity: 6 },
    { type: "receive", sku: "RUG", storeId: "hamburg", quantity: 1, unitCost: usd(9_000) },
    { type: "receive", sku: "PLAIN", storeId: "berlin", quantity: 7 },
  ]);
  await inventory.transfers.ship({ from: "berlin", to: "hamburg", lines: [{ sku: "TEA", quantity: 0.5 }] });
});

it("stock is worth the same by product, store and category, with what is between stores and what nobody knows", async () => {
  const { rows, subtotals, totals } = await inventory.reports.valuation({ by: ["category", "storeId"] });
  const none = { unknown: 0, unsettled: 0 };
  expect(rows).toEqual([
    { category: null, storeId: "hamburg", quantity: 1, value: [usd(9_000)], ...none },
    { category: "Drinks", storeId: null, quantity: 0.5, value: [eur(500)], ...none },
    { category: "Drinks", storeId: "berlin", quantity: 2, value: [eur(2_000)], ...none },
    { category: "Tableware", storeId: "berlin", quantity: 4, value: [eur(480)], unknown: 6, unsettled: 0 },
    { category: "Tableware", storeId: "hamburg", quantity: 6, value: [eur(720)], unknown: 6, unsettled: 0 },
  ]);
  expect(subtotals).toMatchObject([
    { category: null, value: [usd(9_000)] },
    { category: "Drinks", quantity: 2.5, value: [eur(2_500)] },
    { category: "Tableware", quantity: 10, value: [eur(1_200)], unknown: 6 },
  ]);
  expect(totals).toEqual({ quantity: 13.5, value: [eur(3_700), usd(9_000)], unknown: 6, unsettled: 0 });
  for (const by of [["storeId"], ["category"], ["sku"], ["sku", "storeId", "category"]] as const)
    expect((await inventory.reports.valuation({ by })).totals).toEqual(totals);
  const byProduct = (await inventory.reports.valuation({ by: ["sku"] })).rows;
  expect(byProduct.map(({ sku, name, unitCost, value }) => [sku, name, unitCost, value])).toEqual([
    ["CUP", "Cup", [eur(300)], [eur(1_200)]],
    ["RUG", "Rug", [usd(9_000)], [usd(9_000)]],
    ["TEA", "Tea", [eur(1_000)], [eur(2_500)]],
  ]);
});

it("a valuation is of what was asked for: a store, a product, a category, a time", async () => {
  const valueOfStock = async (given: Parameters<Inventory["reports"]["valuation"]>[0]) =>
    (await inventory.reports.valuation(given)).totals.value;
  expect(await valueOfStock({ storeId: "berlin" })).toEqual([eur(2_480)]);
  expect(await valueOfStock({ storeId: "hamburg", category: "Tableware" })).toEqual([eur(720)]);
  expect(await valueOfStock({ sku: "tea" })).toEqual([eur(2_500)]);
  expect(await valueOfStock({ sku: "tea", category: "Tableware" })).toEqual([]);
  expect(await valueOfStock({ category: "Nothing" })).toEqual([]);
  clock.advance(day);
  await inventory.stock.sell({ sku: "CUP", storeId: "berlin", quantity: 4 });
  expect(await inventory.reports.valuation({ at: start, category: "Tableware" })).toMatchObject({
    to: start,
    totals: { quantity: 10, value: [eur(1_200)], unknown: 6 },
  });
  expect((await inventory.reports.valuation({ category: "Tableware" })).totals).toMatchObject({ value: [eur(0)], unknown: 6 });
  expect(await valueOfStock({ at: start - day })).toEqual([]);
  expect(await refusalOf(inventory.reports.valuation({ sku: "NOBODY" }))).toMatchObject({ code: "UNKNOWN_PRODUCT" });
  expect(await refusalOf(inventory.reports.valuation({ storeId: "nowhere" }))).toMatchObject({ code: "UNKNOWN_STORE" });
  expect(await refusalOf(inventory.reports.valuation({ by: ["month" as "sku"] }))).toMatchObject({ code: "INVALID_INPUT" });
});

it("what goods sold cost is told by store, category and month, less what came back, in the month it was settled", async () => {
  await inventory.stock.sell({ sku: "TEA", storeId: "berlin", quantity: 1.5 });
  await inventory.stock.sell({ sku: "RUG", storeId: "hamburg", quantity: 3 });
  clock.advance(31 * day);
  await inventory.stock.return({ sku: "TEA", storeId: "hamburg", quantity: 0.5 });
  await inventory.stock.sell({ sku: "CUP", storeId: "hamburg", quantity: 6 });
  await inventory.stock.receive({ sku: "RUG", storeId: "hamburg", quantity: 2, unitCost: usd(8_000) });
  const { from, to, rows, subtotals, totals } = await inventory.reports.costOfGoodsSold({ by: ["month", "category"] });
  expect([from, to]).toEqual([start, clock.now() + 1]);
  expect(rows).toEqual([
    { month: "2026-01", category: null, quantity: 3, cost: [usd(9_000)], unknown: 0, unsettled: 2 },
    { month: "2026-01", category: "Drinks", quantity: 1.5, cost: [eur(1_500)], unknown: 0, unsettled: 0 },
    { month: "2026-02", category: null, quantity: 0, cost: [usd(16_000)], unknown: 0, unsettled: -2 },
    { month: "2026-02", category: "Drinks", quantity: -0.5, cost: [eur(-500)], unknown: 0, unsettled: 0 },
    { month: "2026-02", category: "Tableware", quantity: 6, cost: [eur(1_200)], unknown: 2, unsettled: 0 },
  ]);
  expect(subtotals.map(({ month, cost }) => [month, cost])).toEqual([
    ["2026-01", [eur(1_500), usd(9_000)]],
    ["2026-02", [eur(700), usd(16_000)]],
  ]);
  expect(totals).toEqual({ quantity: 10, cost: [eur(2_200), usd(25_000)], unknown: 2, unsettled: 0 });
  for (const by of [["storeId"], ["sku"], ["category"], ["storeId", "sku", "week"]] as const)
    expect((await inventory.reports.costOfGoodsSold({ by })).totals).toEqual(totals);
  expect((await inventory.reports.costOfGoodsSold({ by: ["storeId"], category: "Drinks" })).rows).toMatchObject([
    { storeId: "berlin", quantity: 1.5, cost: [eur(1_500)] },
    { storeId: "hamburg", quantity: -0.5, cost: [eur(-500)] },
  ]);
  expect((await inventory.reports.costOfGoodsSold({ to: start + day, storeId: "hamburg" })).totals.cost).toEqual([usd(9_000)]);
  expect((await inventory.reports.costOfGoodsSold({ from: clock.now() + day, to: clock.now() + 2 * day })).rows).toEqual([]);
});

it("thousands of products are valued whole, a page of them at a time, also by a long category and an earlier time", async () => {
  const skus = Array.from({ length: 1_500 }, (_, index) => `MANY-${String(index).padStart(4, "0")}`);
  await Promise.all(
    skus.map((sku) => inventory.products.create({ sku, name: sku, category: "Many", costing: { method: "average", currency: "EUR" } })),
  );
  clock.advance(day);
  for (const storeId of ["berlin", "hamburg"])
    await inventory.stock.apply(skus.map((sku) => ({ type: "receive" as const, sku, storeId, quantity: 1, unitCost: eur(10) })));
  const many = { category: "Many", by: ["storeId"] } as const;
  expect((await inventory.reports.valuation(many)).rows).toMatchObject([
    { storeId: "berlin", quantity: 1_500, value: [eur(15_000)] },
    { storeId: "hamburg", quantity: 1_500, value: [eur(15_000)] },
  ]);
  expect((await inventory.reports.valuation({ by: ["sku"] })).rows).toHaveLength(1_503);
  expect((await inventory.reports.valuation({ ...many, at: clock.now() - 1 })).rows).toEqual([]);
  expect((await inventory.reports.valuation({ at: clock.now() - 1 })).totals.value).toEqual([eur(3_700), usd(9_000)]);
});

it("what is taken off for an earlier time is as new as what it is taken off from, wherever it is read", async () => {
  asked = [];
  await inventory.reports.valuation({ at: start - 1 }, { consistency: "eventual" });
  expect(asked).toEqual([await inventory.feed.head()]);
});
