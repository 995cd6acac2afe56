import type { Forecast, ForecastOptions, ForecastProvider } from "@onhand/core";
import { days, type ManualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";
import { berlin, exampleInventory, refusalOf } from "../../test/inventory";

/** Tells what it was asked, and expects 2 a day, give or take 1. */
function listening(): ForecastProvider & { readonly asked: { series: readonly number[]; options: ForecastOptions }[] } {
  const asked: { series: readonly number[]; options: ForecastOptions }[] = [];
  return {
    name: "listening",
    asked,
    async forecast(series, options) {
      asked.push({ series, options });
      return answer(options.horizon, 2, 1);
    },
  };
}

const answer = (horizon: number, point: number, width: number): Forecast => {
  const repeat = (value: number) => new Array<number>(horizon).fill(value);
  return { method: "fixed", points: repeat(point), lower: repeat(point - width), upper: repeat(point + width) };
};

/** 5 January 2026, 09:00 UTC: the first day. */
async function open(forecast: ForecastProvider = listening()) {
  const inventory = await exampleInventory({ forecast });
  await inventory.stock.receive({ ...berlin, quantity: 100 });
  return inventory;
}

const nextDay = (clock: ManualClock) => clock.advance(days(1));

describe("demand", () => {
  it("is what was sold less what came back, day by day, with zero where nothing was sold, up to yesterday", async () => {
    const { stock, forecasts, clock } = await open();
    await stock.sell({ ...berlin, quantity: 3 });
    nextDay(clock);
    nextDay(clock);
    await stock.sell({ ...berlin, quantity: 5 });
    await stock.sell({ ...berlin, quantity: 2 });
    await stock.return({ ...berlin, quantity: 1 });
    nextDay(clock);
    await stock.sell({ ...berlin, quantity: 50 });
    const { history, days: ahead, total, method } = await forecasts.demand({ ...berlin, horizonDays: 2 });
    expect(history).toEqual([
      { date: "2026-01-05", quantity: 3 },
      { date: "2026-01-06", quantity: 0 },
      { date: "2026-01-07", quantity: 6 },
    ]);
    expect(ahead).toEqual([
      { date: "2026-01-08", quantity: 2, lower: 1, upper: 3 },
      { date: "2026-01-09", quantity: 2, lower: 1, upper: 3 },
    ]);
    expect([total, method]).toEqual([4, "fixed"]);
  });

  it("is not what was lost, counted, moved to another store or undone", async () => {
    const { stock, forecasts, clock } = await open();
    await stock.adjust({ ...berlin, delta: -4, reason: "damaged" });
    await stock.count({ ...berlin, counted: 90 });
    await stock.transfer({ sku: "TEA-50", from: "berlin", to: "hub", quantity: 10 });
    const { movements } = await stock.sell({ ...berlin, quantity: 7 });
    await stock.sell({ ...berlin, quantity: 2 });
    nextDay(clock);
    await stock.reverse(movements[0]?.id as string);
    const { history } = await forecasts.demand({ ...berlin, horizonDays: 1 });
    expect(history).toEqual([{ date: "2026-01-05", quantity: 2 }]);
  });

  it("never falls below nothing: a return beyond its day's sales takes back the latest before it", async () => {
    const { stock, forecasts, clock } = await open();
    for (const quantity of [4, 3, 1]) {
      await stock.sell({ ...berlin, quantity });
      nextDay(clock);
    }
    await stock.return({ ...berlin, quantity: 5 });
    nextDay(clock);
    const { history } = await forecasts.demand({ ...berlin, horizonDays: 1 });
    expect(history.map(({ quantity }) => quantity)).toEqual([3, 0, 0, 0]);
  });

  it("falls on the day it occurred, in the time zone of the request", async () => {
    const { stock, forecasts, clock } = await open();
    await stock.sell({ ...berlin, quantity: 4, occurredAt: "2026-01-05T23:30:00Z" });
    clock.advance(days(3));
    const at = async (timeZone: string) =>
      (await forecasts.demand({ ...berlin, horizonDays: 1, timeZone })).history.map(({ quantity }) => quantity);
    expect(await at("UTC")).toEqual([4, 0, 0]);
    expect(await at("Europe/Berlin")).toEqual([0, 4, 0]);
  });

  it("of all stores is added up, in the product's unit, exactly", async () => {
    const { stock, forecasts, clock } = await open();
    for (const storeId of ["berlin", "hamburg"]) {
      await stock.receive({ sku: "BEANS", storeId, quantity: 10 });
      await stock.sell({ sku: "BEANS", storeId, quantity: 0.1 });
      await stock.sell({ sku: "BEANS", storeId, quantity: 0.2 });
    }
    nextDay(clock);
    const all = await forecasts.demand({ sku: "beans", horizonDays: 1 });
    expect(all).toMatchObject({ sku: "BEANS", history: [{ quantity: 0.6 }] });
    expect(all).not.toHaveProperty("storeId");
    expect((await forecasts.demand({ sku: "BEANS", storeId: "hamburg", horizonDays: 1 })).history).toMatchObject([{ quantity: 0.3 }]);
  });

  it("reaches back as far as asked for", async () => {
    const { forecasts, clock } = await open();
    clock.advance(days(400));
    expect((await forecasts.demand({ ...berlin, horizonDays: 1 })).history).toHaveLength(365);
    const { history } = await forecasts.demand({ ...berlin, horizonDays: 1, historyDays: 10 });
    expect([history.length, history[0]?.date, history[9]?.date]).toEqual([10, "2027-01-30", "2027-02-08"]);
  });

  it("of a product without a day behind it is none, and nobody is asked", async () => {
    const provider = listening();
    const { forecasts } = await open(provider);
    expect(await forecasts.demand({ ...berlin, horizonDays: 2 })).toMatchObject({ method: "none", history: [], total: 0 });
    expect(await forecasts.demand({ sku: "CUP", horizonDays: 2 })).toMatchObject({ method: "none", days: [{ upper: 0 }, { upper: 0 }] });
    expect(provider.asked).toEqual([]);
  });

  it("is asked of the provider with what it is about", async () => {
    const provider = listening();
    const { forecasts, clock } = await open(provider);
    clock.advance(days(2));
    await forecasts.demand({ sku: "tea-50", storeId: "berlin", horizonDays: 3, coverage: 0.8 });
    const subject = { sku: "TEA-50", storeId: "berlin", startsOn: "2026-01-05" };
    expect(provider.asked).toEqual([{ series: [0, 0], options: { horizon: 3, coverage: 0.8, seasonLength: 7, subject } }]);
  });

  it("has a moving average where no provider was given", async () => {
    const inventory = await exampleInventory();
    await inventory.stock.receive({ ...berlin, quantity: 100 });
    for (const quantity of [1, 2, 3, 2]) {
      await inventory.stock.sell({ ...berlin, quantity });
      nextDay(inventory.clock);
    }
    const { method, days: ahead } = await inventory.forecasts.demand({ ...berlin, horizonDays: 1 });
    expect([method, ahead[0]]).toEqual(["moving-average", { date: "2026-01-09", quantity: 2, lower: 1, upper: 3 }]);
  });
});

describe("a provider", () => {
  const broken: readonly (readonly [string, ForecastProvider["forecast"]])[] = [
    ["it threw", () => Promise.reject(new Error("secret host name"))],
    [
      "it threw",
      () => {
        throw new TypeError("at once");
      },
    ],
    ["its answer is not an object", async () => undefined as unknown as Forecast],
    ["its answer has no method", async () => ({ ...answer(2, 2, 1), method: undefined }) as unknown as Forecast],
    ["points is not a list of 2", async () => answer(3, 2, 1)],
    ["upper has something else than a number from 0 on", async () => ({ ...answer(2, 2, 1), upper: [3, Number.NaN] })],
    ["points has something else than a number from 0 on", async () => answer(2, -1, 0)],
    ["its bounds don't hold its point of period 1", async () => ({ ...answer(2, 2, 1), lower: [1, 2.5] })],
  ];

  it.each(broken)("that fails is FORECAST_FAILED: %s", async (reason, forecast) => {
    const { forecasts, clock } = await open({ name: "broken", forecast });
    nextDay(clock);
    expect(await refusalOf(forecasts.demand({ ...berlin, horizonDays: 2 }))).toEqual({
      code: "FORECAST_FAILED",
      provider: "broken",
      reason,
    });
    expect(await refusalOf(forecasts.reorder({ leadTimeDays: 1, reviewDays: 1 }))).toMatchObject({ code: "FORECAST_FAILED" });
  });
});

describe("reorder", () => {
  it("suggests the demand of lead time and review, and safety stock, less what is there, as a line to order", async () => {
    const provider = listening();
    const { stock, forecasts, clock } = await open(provider);
    await stock.receive({ sku: "CUP", storeId: "hub", quantity: 3 });
    nextDay(clock);
    const { items, nextCursor } = await forecasts.reorder({ leadTimeDays: 2, reviewDays: 7, serviceLevel: 0.9 });
    expect(items).toEqual([
      {
        supplierId: "porzellan-weiss",
        storeId: "hub",
        sku: "CUP",
        unitCost: { amount: 310, currency: "EUR" },
        demand: 18,
        safetyStock: 3,
        target: 21,
        quantity: 18,
        onHand: 3,
        available: 3,
        incoming: 0,
        leadTimeDays: 2,
        reviewDays: 7,
        serviceLevel: 0.9,
        minimum: 0,
        multiple: 1,
        method: "fixed",
      },
    ]);
    expect(nextCursor).toBeUndefined();
    expect(provider.asked.map(({ options }) => [options.horizon, options.coverage])).toEqual([
      [9, 0.8],
      [9, 0.8],
    ]);
  });

  it("counts on what is on its way, and not on what is promised to somebody", async () => {
    const storage = memoryStorage();
    const { stock, forecasts, clock } = await exampleInventory({ storage, forecast: listening() });
    await stock.receive({ ...berlin, quantity: 10 });
    const { rows, head } = await storage.find("levels", { where: berlin, limit: 1 });
    const level = { ...rows[0], seq: head + 1, reserved: 4, incoming: 5 };
    await storage.transaction(async (tx) => {
      await tx.head();
      await tx.put("levels", [level]);
      await tx.advance(head + 1);
    });
    nextDay(clock);
    const { items } = await forecasts.reorder({ serviceLevel: 0.5, leadTimeDays: 3, reviewDays: 7 });
    // Bounds of this provider ignore the service level: 20 expected and √10 beside, of which 6 are free and 5 on their way.
    expect(items).toMatchObject([{ quantity: 13, onHand: 10, available: 6, incoming: 5 }]);
  });

  it("takes the terms of single products before those of the request, and these before the usual", async () => {
    const { stock, forecasts, clock } = await open();
    await stock.receive({ sku: "CUP", storeId: "berlin", quantity: 1 });
    await stock.receive({ sku: "BEANS", storeId: "berlin", quantity: 0.5 });
    nextDay(clock);
    const { items } = await forecasts.reorder({
      storeId: "berlin",
      reviewDays: 1,
      minimum: 10,
      termsFor: async ({ sku }) => (sku === "CUP" ? { multiple: 12, leadTimeDays: 3 } : undefined),
    });
    expect(items.map(({ sku, quantity, leadTimeDays, reviewDays }) => [sku, quantity, leadTimeDays, reviewDays])).toEqual([
      // 16 + √8 less 0.5, to the gram.
      ["BEANS", 18.329, 7, 1],
      ["CUP", 12, 3, 1],
    ]);
  });

  it("knows what was agreed with the supplier, which goes before the request and after the caller's own word", async () => {
    const { stock, suppliers, forecasts, clock } = await open();
    await stock.receive({ sku: "CUP", storeId: "hub", quantity: 1 });
    nextDay(clock);
    const asked = async (fields: object = {}) => {
      const { items } = await forecasts.reorder({ sku: "CUP", reviewDays: 1, leadTimeDays: 9, ...fields });
      return items.map(({ leadTimeDays, minimum, multiple, quantity, unitCost }) => [
        leadTimeDays,
        minimum,
        multiple,
        quantity,
        unitCost?.amount,
      ]);
    };
    const supplierId = "porzellan-weiss";
    expect(await asked()).toEqual([[9, 0, 1, 23, 310]]);
    await suppliers.create({ id: supplierId, name: "Weiß", leadTimeDays: 4, currency: "EUR" });
    expect(await asked()).toEqual([[4, 0, 1, 12, 310]]);
    await suppliers.setTerms({ supplierId, sku: "CUP", minimum: 20, multiple: 12, unitCost: { amount: 290, currency: "EUR" } });
    expect(await asked()).toEqual([[4, 20, 12, 24, 290]]);
    await suppliers.setTerms({ supplierId, sku: "CUP", leadTimeDays: 3 });
    expect(await asked()).toEqual([[3, 0, 1, 9, 310]]);
    expect(await asked({ termsFor: () => ({ leadTimeDays: 1, multiple: 5 }) })).toEqual([[1, 0, 5, 5, 310]]);
    await suppliers.removeTerms({ supplierId, sku: "CUP" });
    await suppliers.update(supplierId, { currency: "USD" });
    expect(await asked()).toEqual([[4, 0, 1, 12, undefined]]);
  });

  it("orders at the reorder point whatever is expected, and never beyond the maximum", async () => {
    const { stock, thresholds, forecasts, clock } = await open({ name: "none", forecast: async (_, { horizon }) => answer(horizon, 0, 0) });
    await stock.receive({ sku: "CUP", storeId: "hub", quantity: 6 });
    nextDay(clock);
    const asked = async () =>
      (await forecasts.reorder({ sku: "CUP", multiple: 4 })).items.map((item) => [item.quantity, item.reorderPoint]);
    const at = { sku: "CUP", storeId: "hub" };
    await thresholds.set({ ...at, reorderPoint: 5 });
    expect(await asked()).toEqual([]);
    await thresholds.set({ ...at, reorderPoint: 6 });
    expect(await asked()).toEqual([[4, 6]]);
    await thresholds.set({ storeId: "hub", reorderPoint: 50 });
    expect(await asked()).toEqual([[4, 6]]);
    await thresholds.set({ ...at, reorderPoint: 6, reorderQuantity: 30 });
    expect(await asked()).toEqual([[32, 6]]);
    await thresholds.set({ ...at, reorderPoint: 6, reorderQuantity: 30, maximum: 20 });
    expect(await asked()).toEqual([[12, 6]]);
    await thresholds.set({ ...at, reorderPoint: 6, maximum: 9 });
    expect(await asked()).toEqual([]);
    await thresholds.remove(at);
    expect(await asked()).toEqual([[48, 50]]);
    await thresholds.set({ ...at, reorderPoint: 0, safetyStock: 10 });
    expect(await asked()).toEqual([[4, 0]]);
  });

  it("counts a promise only until its end, swept or not", async () => {
    const { stock, reservations, forecasts, clock } = await open();
    await stock.receive({ sku: "CUP", storeId: "hub", quantity: 1 });
    nextDay(clock);
    await reservations.hold({ sku: "CUP", storeId: "hub", quantity: 1, expiresInMs: days(2) });
    const available = async () => (await forecasts.reorder({ sku: "CUP" })).items.map((item) => item.available);
    expect(await available()).toEqual([0]);
    clock.advance(days(2));
    expect(await available()).toEqual([1]);
  });

  it("becomes drafts of what it says, once, and with their submission nothing is left to order", async () => {
    const { stock, suppliers, purchaseOrders, forecasts, clock } = await open();
    await suppliers.create({ id: "porzellan-weiss", name: "Weiß" });
    for (const storeId of ["hub", "berlin"]) await stock.receive({ sku: "CUP", storeId, quantity: 1 });
    await stock.receive({ sku: "BEANS", storeId: "berlin", quantity: 0.5 });
    nextDay(clock);
    const { items } = await forecasts.reorder();
    const { purchaseOrders: drafts, leftOut } = await purchaseOrders.draftFrom(items, { actor: "mia" });
    expect(leftOut).toEqual([{ sku: "BEANS", storeId: "berlin", because: "no_supplier" }]);
    expect(drafts).toMatchObject([
      { storeId: "berlin", actor: "mia", lines: [{ sku: "CUP", quantity: 31, unitCost: { amount: 310, currency: "EUR" } }] },
      { storeId: "hub", lines: [{ sku: "CUP", quantity: 31 }] },
    ]);
    const head = (await purchaseOrders.draftFrom(items)).seq;
    expect(await purchaseOrders.draftFrom((await forecasts.reorder()).items)).toMatchObject({ purchaseOrders: [], seq: head });
    for (const { id } of drafts) await purchaseOrders.submit(id);
    expect((await forecasts.reorder()).items.map(({ sku }) => sku)).toEqual(["BEANS"]);
  });

  it("leaves archived products and stores out, and finds one product or store", async () => {
    const { stock, products, stores, forecasts, clock } = await open();
    await stock.receive({ sku: "CUP", storeId: "hub", quantity: 1 });
    await stock.receive({ sku: "BEANS", storeId: "hamburg", quantity: 1 });
    for (const [sku, storeId] of [
      ["CUP", "hub"],
      ["BEANS", "hamburg"],
    ] as const)
      await stock.adjust({ sku, storeId, delta: -1, reason: "lost" });
    nextDay(clock);
    const found = async (filter: { sku?: string; storeId?: string }) =>
      (await forecasts.reorder({ leadTimeDays: 60, ...filter })).items.map(({ sku, storeId }) => `${sku} ${storeId}`);
    expect(await found({})).toEqual(["BEANS hamburg", "CUP hub", "TEA-50 berlin"]);
    expect(await found({ sku: "cup" })).toEqual(["CUP hub"]);
    expect(await found({ storeId: "berlin" })).toEqual(["TEA-50 berlin"]);
    await products.archive("CUP");
    await stores.archive("hamburg");
    expect(await found({})).toEqual(["TEA-50 berlin"]);
  });

  it("goes through all levels, a page at a time, each once", async () => {
    const { stock, forecasts, clock } = await open();
    for (const storeId of ["hub", "hamburg"]) await stock.receive({ sku: "CUP", storeId, quantity: 1 });
    nextDay(clock);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await forecasts.reorder({ limit: 1, ...(cursor !== undefined && { cursor }) });
      found.push(...page.items.map(({ sku, storeId }) => `${sku} ${storeId}`));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(found).toEqual(["CUP hamburg", "CUP hub"]);
  });

  it("of an empty inventory is empty", async () => {
    expect(await (await exampleInventory()).forecasts.reorder()).toEqual({ items: [] });
  });
});

describe("run-outs", () => {
  it("are levels that don't last until an order of today could be there, with the day", async () => {
    const { stock, forecasts, clock } = await open();
    nextDay(clock);
    await stock.adjust({ ...berlin, delta: -93, reason: "damaged" });
    // 7 left, 2 a day: today, tomorrow and the day after, and it is gone on the fourth day.
    expect(await forecasts.runOuts({ leadTimeDays: 4 })).toEqual({
      items: [
        {
          ...berlin,
          available: 7,
          incoming: 0,
          lastsDays: 3,
          runsOutOn: "2026-01-09",
          leadTimeDays: 4,
          method: "fixed",
        },
      ],
    });
    expect((await forecasts.runOuts({ leadTimeDays: 3 })).items).toEqual([]);
    expect((await forecasts.runOuts({ leadTimeDays: 0 })).items).toEqual([]);
  });

  it("count what is promised as gone until the promise ends, and leave out what is gone already", async () => {
    const { stock, forecasts, reservations, clock } = await open();
    nextDay(clock);
    await reservations.hold({ ...berlin, quantity: 95, expiresInMs: 1_000 });
    expect((await forecasts.runOuts()).items).toMatchObject([{ available: 5, lastsDays: 2 }]);
    clock.advance(1_000);
    expect((await forecasts.runOuts()).items).toEqual([]);
    await stock.sell({ ...berlin, quantity: 100 });
    expect((await forecasts.runOuts()).items).toEqual([]);
  });

  it("take the lead time of single products, and find one product or store", async () => {
    const { stock, forecasts, clock } = await open();
    await stock.receive({ sku: "CUP", storeId: "hamburg", quantity: 8 });
    nextDay(clock);
    const termsFor = ({ sku }: { sku: string }) => (sku === "CUP" ? { leadTimeDays: 5 } : undefined);
    expect((await forecasts.runOuts({ leadTimeDays: 60, termsFor })).items.map(({ sku, leadTimeDays }) => [sku, leadTimeDays])).toEqual([
      ["CUP", 5],
      ["TEA-50", 60],
    ]);
    expect((await forecasts.runOuts({ leadTimeDays: 60, storeId: "berlin", termsFor })).items).toMatchObject([{ sku: "TEA-50" }]);
    expect((await forecasts.runOuts({ sku: "cup", termsFor })).items).toMatchObject([{ sku: "CUP" }]);
  });

  it("go through all levels, a page at a time", async () => {
    const { stock, forecasts, clock } = await open();
    for (const storeId of ["berlin", "hamburg", "hub"]) await stock.receive({ sku: "CUP", storeId, quantity: 1 });
    nextDay(clock);
    const first = await forecasts.runOuts({ limit: 2 });
    const second = await forecasts.runOuts({ limit: 2, cursor: first.nextCursor as string });
    expect([...first.items, ...second.items].map(({ storeId }) => storeId)).toEqual(["berlin", "hamburg", "hub"]);
    expect(second.nextCursor).toBeUndefined();
  });

  it.each([
    ["leadTimeDays", { leadTimeDays: -1 }],
    ["leadTimeDays", { leadTimeDays: 1.5 }],
    ["termsFor.leadTimeDays", { termsFor: () => ({ leadTimeDays: 999 }) }],
    ["timeZone", { timeZone: "Mars/Olympus" }],
    ["historyDays", { historyDays: 0 }],
    ["colour", { colour: "red" }],
  ])("refuse bad input, naming %s", async (path, fields) => {
    const { forecasts } = await open();
    expect(await refusalOf(forecasts.runOuts(fields as never))).toMatchObject({ code: "INVALID_INPUT", issues: [{ path }] });
  });
});

describe("bad input", () => {
  const wrong: readonly (readonly [path: string, fields: object])[] = [
    ["horizonDays", { horizonDays: 0 }],
    ["horizonDays", { horizonDays: 732 }],
    ["coverage", { coverage: 1 }],
    ["historyDays", { historyDays: 3_651 }],
    ["seasonLength", { seasonLength: 0 }],
    ["timeZone", { timeZone: "Mars/Olympus" }],
    ["surprise", { surprise: true }],
  ];
  it.each(wrong)("to demand is refused, naming %s", async (path, fields) => {
    const { forecasts } = await open();
    const refusal = await refusalOf(forecasts.demand({ ...berlin, horizonDays: 1, ...fields }));
    expect(refusal).toMatchObject({ code: "INVALID_INPUT", issues: [{ path }] });
  });

  const wrongTerms: readonly (readonly [path: string, fields: object])[] = [
    ["leadTimeDays", { leadTimeDays: -1 }],
    ["reviewDays", { reviewDays: 0 }],
    ["serviceLevel", { serviceLevel: 1 }],
    ["serviceLevel", { serviceLevel: 0.4 }],
    ["multiple", { multiple: 0 }],
    ["multiple", { multiple: 0.5 }],
    ["minimum", { minimum: 0.25 }],
    ["timeZone", { timeZone: "Mars/Olympus" }],
    ["cursor", { cursor: "nonsense" }],
    ["termsFor", { termsFor: 7 }],
    ["termsFor.leadTimeDays", { termsFor: () => ({ leadTimeDays: 1.5 }) }],
  ];
  it.each(wrongTerms)("to reorder is refused, naming %s", async (path, fields) => {
    const { forecasts } = await open();
    expect(await refusalOf(forecasts.reorder(fields))).toMatchObject({ code: "INVALID_INPUT", issues: [{ path }] });
  });

  it("of products and stores nobody knows is refused", async () => {
    const { forecasts } = await open();
    expect(await refusalOf(forecasts.demand({ sku: "NONE", horizonDays: 1 }))).toMatchObject({ code: "UNKNOWN_PRODUCT" });
    expect(await refusalOf(forecasts.demand({ ...berlin, storeId: "none", horizonDays: 1 }))).toMatchObject({ code: "UNKNOWN_STORE" });
    expect(await refusalOf(forecasts.reorder({ storeId: "none" }))).toMatchObject({ code: "UNKNOWN_STORE" });
  });
});
