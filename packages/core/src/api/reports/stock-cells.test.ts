import { addExamples, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createInventory, type Inventory, type StorageAdapter } from "../../index";
import type { StockDimension } from "./stock-on-hand";

const start = Date.UTC(2026, 2, 28, 12);
const hour = 3_600_000;
const groupings: readonly StockDimension[][] = [["category"], ["storeId"], ["sku"], ["storeId", "category"], ["sku", "storeId"]];
const categories: Readonly<Record<string, string>> = { "TEA-50": "Tea", BEANS: "Coffee", CUP: "Tableware" };
const filters = [{}, { storeId: "berlin" }, { category: "Tea" }, { sku: "BEANS" }] as const;

/** An inventory over a storage that says what it is asked, and lets something happen before it answers. */
async function watched(before: (question: string) => Promise<void> = async () => {}) {
  const storage = memoryStorage();
  const asked: string[] = [];
  const hear = async (question: string) => {
    asked.push(question);
    await before(question);
  };
  const listening: StorageAdapter = {
    ...storage,
    find: async (table, query, options) => {
      await hear(`find ${table}`);
      return storage.find(table, query, options);
    },
    aggregate: async (table, aggregation, options) => {
      await hear(`aggregate ${table}`);
      return storage.aggregate(table, aggregation, options);
    },
  };
  const clock = manualClock(start);
  const inventory = await createInventory({ storage: listening, clock });
  await addExamples(inventory);
  asked.length = 0;
  return { inventory, clock, asked };
}

it("stock by category and store is added up where it is kept, and turnover asks for levels once", async () => {
  const { inventory, asked } = await watched();
  await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 3 });
  const levelsAsked = async (report: () => Promise<unknown>) => {
    asked.length = 0;
    await report();
    return asked.filter((question) => question.endsWith(" levels"));
  };
  expect(await levelsAsked(() => inventory.reports.stockOnHand({ by: ["storeId"] }))).toEqual(["aggregate levels"]);
  expect(await levelsAsked(() => inventory.reports.daysOfCover({ by: ["category"] }))).toEqual(["aggregate levels"]);
  expect(await levelsAsked(() => inventory.reports.turnover())).toEqual(["aggregate levels"]);
  await inventory.close();
});

it("promises that are settled while a report looks for them are taken off once", async () => {
  let sweep: (() => Promise<unknown>) | undefined;
  const { inventory, clock } = await watched(async (question) => {
    if (question !== "find levels") return;
    const once = sweep;
    sweep = undefined;
    await once?.();
  });
  for (const sku of ["TEA-50", "CUP"]) {
    await inventory.stock.receive({ sku, storeId: "berlin", quantity: 10 });
    await inventory.reservations.hold({ sku, storeId: "berlin", quantity: 4, expiresInMs: 1_000 });
  }
  await inventory.reservations.hold({ sku: "CUP", storeId: "berlin", quantity: 1, expiresInMs: hour });
  clock.advance(2_000);
  const reserved = async () => (await inventory.reports.stockOnHand({ by: ["storeId"] })).totals.reserved;
  expect(await reserved()).toBe(1);
  sweep = () => inventory.stock.sell({ sku: "CUP", storeId: "berlin", quantity: 1 });
  expect(await reserved()).toBe(1);
  expect(sweep).toBeUndefined();
  sweep = () => inventory.reservations.sweep();
  expect(await reserved()).toBe(1);
  expect(sweep).toBeUndefined();
  await inventory.close();
});

it("promises that others settle at every look are in no figure, however often it has to look", async () => {
  const skus = Array.from({ length: 12 }, (_, index) => `CUP-${index}`);
  const unsold = new Set<string>();
  const { inventory, clock, asked } = await watched(async (question) => {
    const [sku] = unsold;
    if (question !== "find levels" || sku === undefined) return;
    unsold.delete(sku);
    await inventory.stock.sell({ sku, storeId: "berlin", quantity: 1 });
  });
  for (const sku of skus) {
    await inventory.products.create({ sku, name: sku, category: "Cups" });
    await inventory.stock.receive({ sku, storeId: "berlin", quantity: 10 });
    await inventory.reservations.hold({ sku, storeId: "berlin", quantity: 4, expiresInMs: 1_000 });
    await inventory.reservations.hold({ sku, storeId: "berlin", quantity: 1, expiresInMs: hour });
  }
  clock.advance(2_000);
  for (const sku of skus.slice(0, 8)) unsold.add(sku);
  asked.length = 0;
  const { rows, totals } = await inventory.reports.stockOnHand({ by: ["category", "storeId"] });
  expect(asked.filter((question) => question === "aggregate levels").length).toBeGreaterThan(1);
  expect(unsold.size).toBeLessThan(8);
  expect(rows.find(({ category }) => category === "Cups")).toMatchObject({ reserved: 12, levels: 12 });
  expect(totals).toMatchObject({ reserved: 12, onHand: 120 - (8 - unsold.size) });
  await inventory.close();
});

it("a category of more products than a question lists leaves out all others", async () => {
  const { inventory } = await watched();
  const many = Array.from({ length: 501 }, (_, index) => `MANY-${index}`);
  await Promise.all(many.map((sku) => inventory.products.create({ sku, name: sku, category: "Many" })));
  for (const sku of ["MANY-7", "MANY-8", "CUP"]) await inventory.stock.receive({ sku, storeId: "berlin", quantity: 2 });
  const { onHand, levels } = (await inventory.reports.stockOnHand({ category: "Many", by: ["storeId"] })).totals;
  expect([onHand, levels]).toEqual([4, 2]);
  expect((await inventory.reports.turnover({ category: "Many", by: ["storeId"] })).totals.closing).toBe(4);
  await inventory.close();
});

const step = fc.record({
  sku: fc.constantFrom("TEA-50", "BEANS", "CUP"),
  storeId: fc.constantFrom("berlin", "hamburg"),
  kind: fc.constantFrom("receive", "sell", "hold"),
  quantity: fc.integer({ min: 1, max: 5 }),
  hours: fc.integer({ min: 1, max: 20 }),
  early: fc.constantFrom(0, 1),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function run(inventory: Inventory, steps: readonly Step[]): Promise<void> {
  for (const { sku, storeId, kind, quantity, hours, early } of steps) {
    const occurredAt = start + hours * hour - early;
    const line = { sku, storeId, quantity };
    const { available } = await inventory.stock.level({ sku, storeId });
    if (kind === "receive") await inventory.stock.receive({ ...line, occurredAt });
    else if (available >= quantity && kind === "sell") await inventory.stock.sell({ ...line, occurredAt });
    else if (available >= quantity) await inventory.reservations.hold({ ...line, expiresAt: start + day + hours * hour });
  }
}

const day = 24 * hour;

/** Adds figures of single levels up by what a report is grouped by. */
function addUp<Figures extends Readonly<Record<string, number>>>(
  levels: readonly ({ readonly sku: string; readonly storeId: string } & { readonly figures: Figures })[],
  by: readonly StockDimension[],
) {
  const groups = new Map<string, Record<string, number>>();
  for (const { sku, storeId, figures } of levels) {
    const is = { sku, storeId, category: categories[sku] as string };
    const name = by.map((dimension) => is[dimension]).join(" ");
    const sums = groups.get(name) ?? {};
    for (const [figure, value] of Object.entries(figures)) sums[figure] = (sums[figure] ?? 0) + value;
    groups.set(name, sums);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

it("however it is grouped, stock is what its levels add up to, and turnover what they were", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 20 }),
      fc.constantFrom(...filters),
      fc.tuple(fc.integer({ min: 0, max: 21 }), fc.integer({ min: 0, max: 21 })),
      async (steps, filter, [one, other]) => {
        const clock = manualClock(start + day);
        const inventory = await createInventory({ storage: memoryStorage(), clock });
        await addExamples(inventory);
        await run(inventory, steps);
        clock.advance(10 * hour);
        const isWanted = ({ sku, storeId }: { readonly sku: string; readonly storeId: string }) =>
          Object.entries(filter).every(([field, value]) => ({ sku, storeId, category: categories[sku] })[field] === value);
        const levels = (await inventory.stock.levels()).items.filter(isWanted);
        const movements = (await inventory.stock.movements({ limit: 1_000 })).items.filter(isWanted);
        const [from, to] = [start + Math.min(one, other) * hour, start + Math.max(one, other) * hour];
        const moved = movements.filter(({ occurredAt }) => occurredAt < to);
        for (const by of groupings) {
          const named = <Row extends object>(row: Row) =>
            by.map((dimension) => (row as Readonly<Record<string, unknown>>)[dimension]).join(" ");
          const stock = (await inventory.reports.stockOnHand({ ...filter, by })).rows;
          expect(stock.map((row) => [named(row), { onHand: row.onHand, reserved: row.reserved, levels: row.levels }])).toEqual(
            addUp(
              levels.map(({ sku, storeId, onHand, reserved }) => ({ sku, storeId, figures: { onHand, reserved, levels: 1 } })),
              by,
            ),
          );
          const turned = (await inventory.reports.turnover({ ...filter, from, to, by })).rows;
          expect(turned.map((row) => [named(row), { opening: row.opening, closing: row.closing, units: row.units }])).toEqual(
            addUp(
              moved.map(({ sku, storeId, delta, type, occurredAt }) => {
                const figures = {
                  opening: occurredAt < from ? delta : 0,
                  closing: delta,
                  units: type === "sold" && occurredAt >= from ? -delta : 0,
                };
                return { sku, storeId, figures };
              }),
              by,
            ),
          );
        }
        await inventory.close();
      },
    ),
    { numRuns: 60 },
  );
});
