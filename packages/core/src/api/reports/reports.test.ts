import { addExamples, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exampleInventory, refusalOf } from "../../../test/inventory";
import { createInventory, type Inventory } from "../../index";

const start = Date.UTC(2026, 2, 28, 12);
const hour = 3_600_000;
const day = 24 * hour;
const tea = { sku: "TEA-50", storeId: "berlin" };
const beans = { sku: "BEANS", storeId: "berlin" };
const eur = (amount: number) => [{ amount, currency: "EUR" }];

let inventory: Inventory;
let clock: ReturnType<typeof manualClock>;
beforeEach(async () => {
  clock = manualClock(start);
  inventory = await exampleInventory({ clock });
  for (const place of [tea, beans, { ...tea, storeId: "hamburg" }, { sku: "CUP", storeId: "berlin" }])
    await inventory.stock.receive({ ...place, quantity: 100, occurredAt: start - 100 * day });
});
afterEach(() => inventory.close());

const sell = async (place: typeof tea, quantity: number, occurredAt = start, more: object = {}) => {
  const { movements } = await inventory.stock.sell({ ...place, quantity, occurredAt, ...more });
  return movements[0]?.id as string;
};

describe("sales", () => {
  it("count a return against them, keep the price of their day, and round fractions of a cent once, at the end", async () => {
    await sell(tea, 3);
    await inventory.products.update("TEA-50", { price: { amount: 599, currency: "EUR" } });
    await sell(tea, 1, start + 5);
    await inventory.stock.return({ ...tea, quantity: 1, unitPrice: { amount: 499, currency: "EUR" }, occurredAt: start + 9 });
    for (let bag = 0; bag < 3; bag++) await sell(beans, 0.001, start, { unitPrice: { amount: 1_500, currency: "EUR" } });
    const { rows, totals } = await inventory.reports.salesByCategory({ to: start + day });
    expect(rows).toEqual([
      {
        category: "Coffee",
        sold: 0.003,
        returned: 0,
        units: 0.003,
        sales: 3,
        value: eur(5),
        unpriced: 0,
        firstSaleAt: start,
        lastSaleAt: start,
      },
      {
        category: "Tea",
        sold: 4,
        returned: 1,
        units: 3,
        sales: 2,
        value: eur(1_597),
        unpriced: 0,
        firstSaleAt: start,
        lastSaleAt: start + 5,
      },
    ]);
    expect(totals).toMatchObject({ sold: 4.003, units: 3.003, sales: 5, value: eur(1_602) });
  });

  it("that were undone never were; an undoing that was undone itself leaves them standing", async () => {
    const first = await sell(tea, 1, start - 9);
    await sell(tea, 2, start - 5);
    const last = await sell(tea, 4, start - 1);
    await inventory.stock.reverse(first);
    const { movements } = await inventory.stock.reverse(last);
    const tally = async (by: ("sku" | "category")[]) => {
      const [row] = (await inventory.reports.salesByProduct({ by })).rows;
      return [row?.units, row?.sales, row?.value, row?.firstSaleAt, row?.lastSaleAt];
    };
    for (const by of [["sku"], ["category"]] as const) expect(await tally([...by])).toEqual([2, 1, eur(998), start - 5, start - 5]);
    await inventory.stock.reverse(movements[0]?.id as string);
    for (const by of [["sku"], ["category"]] as const) expect(await tally([...by])).toEqual([6, 2, eur(2_994), start - 5, start - 1]);
  });

  it("fall into the days and months of a time zone, also where clocks change", async () => {
    const at = ["2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z", "2026-03-31T22:00:00Z"];
    for (const time of at) await sell(tea, 1, Date.parse(time));
    const units = async (by: "day" | "week" | "month") => {
      const { rows } = await inventory.reports.salesByProduct({ by: [by], timeZone: "Europe/Berlin", to: start + 30 * day });
      return rows.map((row) => [row[by], row.units]);
    };
    expect(await units("day")).toEqual([
      ["2026-03-28", 1],
      ["2026-03-29", 2],
      ["2026-03-30", 1],
      ["2026-04-01", 1],
    ]);
    expect(await units("week")).toEqual([
      ["2026-03-23", 3],
      ["2026-03-30", 2],
    ]);
    expect(await units("month")).toEqual([
      ["2026-03", 4],
      ["2026-04", 1],
    ]);
  });

  it("have a sub-total for each beginning of what they are grouped by, and narrow to what is asked for", async () => {
    await sell(tea, 1);
    await sell({ ...tea, storeId: "hamburg" }, 2);
    await sell(beans, 1.5);
    const { subtotals, totals } = await inventory.reports.salesByCategory({ by: ["category", "sku", "storeId"] });
    expect(subtotals.map(({ category, sku, units }) => [category, sku, units])).toEqual([
      ["Coffee", undefined, 1.5],
      ["Tea", undefined, 3],
      ["Coffee", "BEANS", 1.5],
      ["Tea", "TEA-50", 3],
    ]);
    expect(totals.units).toBe(4.5);
    const units = async (filter: object) => (await inventory.reports.salesByProduct(filter)).totals.units;
    expect([await units({ category: "Tea" }), await units({ category: "Gifts" }), await units({ storeId: "hamburg" })]).toEqual([3, 0, 2]);
    expect([await units({ sku: "tea-50" }), await units({ sku: "tea-50", category: "Coffee" }), await units({ to: start })]).toEqual([
      3, 0, 0,
    ]);
  });

  it("without a price are told apart, and those in several currencies are not ranked among each other", async () => {
    await sell({ sku: "CUP", storeId: "berlin" }, 2);
    await sell(tea, 1, start, { unitPrice: { amount: 400, currency: "GBP" } });
    const { totals } = await inventory.reports.salesByProduct();
    expect([totals.unpriced, totals.value]).toEqual([2, [{ amount: 400, currency: "GBP" }]]);
    await sell(beans, 1);
    expect(await refusalOf(inventory.reports.abc())).toMatchObject({ code: "INVALID_INPUT", issues: [{ path: "currency" }] });
    const { rows } = await inventory.reports.abc({ currency: "EUR" });
    expect(rows.map(({ sku, class: given }) => [sku, given])).toEqual([
      ["BEANS", "A"],
      ["CUP", "C"],
      ["TEA-50", "C"],
    ]);
  });
});

describe("stock", () => {
  it("on hand is what is there now without promises that ran out, and was what moved until then", async () => {
    await inventory.reservations.hold({ ...tea, quantity: 5, expiresInMs: 1_000 });
    await inventory.reservations.hold({ ...tea, quantity: 7, expiresInMs: day });
    clock.advance(2_000);
    const { rows } = await inventory.reports.stockOnHand({ sku: "TEA-50", storeId: "berlin" });
    expect(rows).toEqual([
      { sku: "TEA-50", name: "Green tea, 50 g", storeId: "berlin", onHand: 100, reserved: 7, available: 93, incoming: 0, levels: 1 },
    ]);
    const past = await inventory.reports.stockOnHand({ at: start - 100 * day, by: ["category"] });
    expect(past.rows).toEqual([
      { category: "Coffee", onHand: 100, levels: 1 },
      { category: "Tableware", onHand: 100, levels: 1 },
      { category: "Tea", onHand: 200, levels: 2 },
    ]);
    expect((await inventory.reports.stockOnHand({ at: start - 100 * day - 1 })).rows).toEqual([]);
  });

  it("turns, lasts and dies by what was sold of it", async () => {
    await sell(tea, 20, start - 5 * day);
    const turnover = await inventory.reports.turnover({ from: start - 10 * day, sku: "TEA-50", storeId: "berlin", to: start });
    expect(turnover.rows).toMatchObject([{ units: 20, opening: 100, closing: 80, average: 90, turnover: 20 / 90, daysPerTurn: 45 }]);
    const cover = await inventory.reports.daysOfCover({ days: 10, sku: "TEA-50" });
    expect(cover.rows.map(({ storeId, available, unitsPerDay, daysOfCover }) => [storeId, available, unitsPerDay, daysOfCover])).toEqual([
      ["berlin", 80, 2, 40],
      ["hamburg", 100, 0, undefined],
    ]);
    const dead = await inventory.reports.deadStock({ days: 30 });
    expect(dead.rows.map(({ sku, storeId, onHand, lastSaleAt }) => [sku, storeId, onHand, lastSaleAt])).toEqual([
      ["BEANS", "berlin", 100, undefined],
      ["CUP", "berlin", 100, undefined],
      ["TEA-50", "hamburg", 100, undefined],
    ]);
    expect((await inventory.reports.deadStock({ days: 200 })).rows).toEqual([]);
  });

  it("shrinks by reason, at what it costs, and not by what was undone", async () => {
    await inventory.products.update("TEA-50", { cost: { amount: 210, currency: "EUR" } });
    await inventory.stock.adjust({ ...tea, delta: -3, reason: "stolen" });
    await inventory.stock.adjust({ ...beans, delta: -0.5, reason: "damaged" });
    await inventory.stock.count({ ...tea, counted: 98 });
    const { movements } = await inventory.stock.adjust({ ...tea, delta: -40, reason: "lost" });
    await inventory.stock.reverse(movements[0]?.id as string);
    const { rows, totals } = await inventory.reports.shrinkage();
    expect(rows).toEqual([
      { reason: "counted", lost: 0, found: 1, shrinkage: -1, value: eur(-210), uncosted: 0, movements: 1 },
      { reason: "damaged", lost: 0.5, found: 0, shrinkage: 0.5, value: [], uncosted: 0.5, movements: 1 },
      { reason: "stolen", lost: 3, found: 0, shrinkage: 3, value: eur(630), uncosted: 0, movements: 1 },
    ]);
    expect(totals).toMatchObject({ lost: 3.5, found: 1, shrinkage: 2.5 });
    expect((await inventory.reports.shrinkage({ reasons: ["stolen"] })).rows).toHaveLength(1);
  });

  it("is low by the threshold that counts for it, in products and stores in use", async () => {
    await inventory.thresholds.set({ reorderPoint: 100 });
    await inventory.thresholds.set({ ...tea, reorderPoint: 20, reorderQuantity: 48 });
    await inventory.thresholds.set({ sku: "BEANS", reorderPoint: 99.999 });
    await sell(tea, 85);
    const rows = async () =>
      (await inventory.reports.lowStock()).rows.map(({ sku, storeId, available, missing, reorderQuantity }) => [
        sku,
        storeId,
        available,
        missing,
        reorderQuantity,
      ]);
    expect(await rows()).toEqual([
      ["CUP", "berlin", 100, 0, undefined],
      ["TEA-50", "berlin", 15, 5, 48],
      ["TEA-50", "hamburg", 100, 0, undefined],
    ]);
    await inventory.stock.adjust({ ...tea, storeId: "hamburg", delta: -100, reason: "lost" });
    await inventory.stores.archive("hamburg");
    expect((await rows()).map(([, storeId]) => storeId)).toEqual(["berlin", "berlin"]);
  });
});

describe("a report", () => {
  it.each([
    [{ by: [] }, "by"],
    [{ by: ["sku", "sku"] }, "by"],
    [{ by: ["day", "month"] }, "by"],
    [{ by: ["reason"] }, "by.0"],
    [{ from: start, to: start - 1 }, "from"],
    [{ timeZone: "Mars/Olympus", by: ["day"] }, "timeZone"],
    [{ from: 0, by: ["day"] }, "by"],
    [{ colour: "red" }, "colour"],
  ])("that can't be is refused: %j", async (options, path) => {
    expect(await refusalOf(inventory.reports.salesByProduct(options as never))).toMatchObject({
      code: "INVALID_INPUT",
      issues: [{ path }],
    });
  });

  it("of what does not exist is refused, and of nothing is empty", async () => {
    expect(await refusalOf(inventory.reports.stockOnHand({ storeId: "nowhere" }))).toMatchObject({ code: "UNKNOWN_STORE" });
    expect(await refusalOf(inventory.reports.turnover({ sku: "NOTHING" }))).toMatchObject({ code: "UNKNOWN_PRODUCT" });
    expect(await refusalOf(inventory.reports.abc({ a: 0.9, b: 0.9 }))).toMatchObject({ issues: [{ path: "a" }] });
    const none = await createInventory({ storage: memoryStorage() });
    await addExamples(none);
    const { movementSummary, salesByCategory, abc, shrinkage, deadStock } = none.reports;
    for (const report of [movementSummary, salesByCategory, abc, shrinkage, deadStock]) expect((await report()).rows).toEqual([]);
    await none.close();
  });

  it("ends between two questions when nobody waits for it any more", async () => {
    const given = new AbortController();
    const reason = new Error("cancelled");
    const storage = memoryStorage();
    const own = await createInventory({
      storage: {
        ...storage,
        aggregate: (table, aggregation, options) => {
          given.abort(reason);
          return storage.aggregate(table, aggregation, options);
        },
      },
    });
    await addExamples(own);
    await expect(own.reports.turnover({}, { signal: given.signal })).rejects.toBe(reason);
    await expect(own.stock.levels({}, { signal: given.signal })).rejects.toBe(reason);
    expect(await refusalOf(own.reports.turnover({}, { signal: "now" as never }))).toMatchObject({ code: "INVALID_INPUT" });
    await own.close();
  });

  it("of any history is what a plain list of it adds up to, undone sales and late entries included", async () => {
    const step = fc.record({
      sku: fc.constantFrom("TEA-50", "BEANS", "CUP"),
      storeId: fc.constantFrom("berlin", "hamburg"),
      kind: fc.constantFrom("sell", "return", "receive", "reverse"),
      quantity: fc.integer({ min: 1, max: 5 }),
      hours: fc.integer({ min: 0, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer({ min: 0, max: 20 }), async (steps, at) => {
        const own = await createInventory({ storage: memoryStorage(), clock: manualClock(start + day) });
        await addExamples(own);
        const written = await run(own, steps);
        const until = start + at * hour;
        const { items } = await own.stock.asOf(until);
        const shelves = new Map<string, number>();
        for (const { sku, storeId, delta, occurredAt } of written)
          if (occurredAt <= until) shelves.set(`${sku} ${storeId}`, (shelves.get(`${sku} ${storeId}`) ?? 0) + delta);
        expect(items.map(({ sku, storeId, onHand }) => [`${sku} ${storeId}`, onHand])).toEqual(
          [...shelves].sort(([a], [b]) => (a < b ? -1 : 1)),
        );

        const undone = new Set<string>();
        for (const { reverses } of [...written].reverse()) if (reverses !== undefined) undone.add(reverses);
        const standing = written.filter(({ id, type }) => type === "sold" && !undone.has(id));
        const { rows } = await own.reports.salesByProduct({ by: ["sku", "storeId"] });
        const expected = new Map<string, { sold: number; times: number[] }>();
        for (const { sku, storeId, delta, occurredAt } of standing) {
          const cell = expected.get(`${sku} ${storeId}`) ?? { sold: 0, times: [] };
          cell.sold -= delta;
          cell.times.push(occurredAt);
          expected.set(`${sku} ${storeId}`, cell);
        }
        expect(
          rows
            .filter(({ sales }) => sales > 0)
            .map((row) => [`${row.sku} ${row.storeId}`, row.sold, row.sales, row.firstSaleAt, row.lastSaleAt]),
        ).toEqual(
          [...expected]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, { sold, times }]) => [name, sold, times.length, Math.min(...times), Math.max(...times)]),
        );
        await own.close();
      }),
      { numRuns: 40 },
    );
  });
});

interface Step {
  readonly sku: string;
  readonly storeId: string;
  readonly kind: string;
  readonly quantity: number;
  readonly hours: number;
}

/** Does what can be done of the steps, and tells every movement that came of it. A sale is undone at most once, its undoing never. */
async function run(own: Inventory, steps: readonly Step[]) {
  for (const { kind, sku, storeId, quantity, hours } of steps) {
    const line = { sku, storeId, quantity, occurredAt: start + hours * hour };
    const written = (await own.stock.movements({ limit: 1_000 })).items;
    const undone = new Set(written.map(({ reverses }) => reverses));
    const target = written.find(({ id, reverses, type }) => type === "sold" && reverses === undefined && !undone.has(id));
    if (kind === "reverse" && target) await own.stock.reverse(target.id, { occurredAt: line.occurredAt });
    if (kind === "receive") await own.stock.receive(line);
    if (kind === "return") await own.stock.return(line);
    if (kind === "sell" && (await own.stock.level({ sku, storeId })).available >= quantity) await own.stock.sell(line);
  }
  return (await own.stock.movements({ limit: 1_000 })).items;
}
