import { createInventory } from "@onhand/core";
import { allOf, manualClock } from "@onhand/core/testing";
import { expect, test } from "vitest";
import { everyStorage } from "./support/every-storage";

const eur = (amount: number) => ({ amount, currency: "EUR" });
const day = 86_400_000;

test.each(Object.entries(everyStorage))(
  "on %s goods keep their cost from delivery to sale: layers, an average, debts, corrections and a past day's value",
  async (_name, newPlace) => {
    const place = await newPlace();
    const clock = manualClock(100 * day);
    const begin = clock.now();
    const inventory = await createInventory({ storage: place.open(), clock });
    for (const id of ["berlin", "hamburg"]) await inventory.stores.create({ id, name: id });
    await inventory.products.create({ sku: "F", name: "F", backorderLimit: 5, costing: { method: "fifo", currency: "EUR" } });
    await inventory.products.create({ sku: "BEANS", name: "Beans", decimals: 3, cost: eur(900) });

    const { movements: delivered } = await inventory.stock.apply([
      { type: "receive", sku: "F", storeId: "berlin", quantity: 4, unitCost: eur(100) },
      { type: "receive", sku: "F", storeId: "berlin", quantity: 6, unitCost: eur(150) },
      { type: "receive", sku: "BEANS", storeId: "hamburg", quantity: 2.5 },
    ]);
    await inventory.costing.set({ sku: "BEANS", method: "average", currency: "EUR" });
    clock.advance(day);
    await inventory.stock.receive({ sku: "BEANS", storeId: "hamburg", quantity: 0.333, unitCost: eur(1_000) });
    const beans = await inventory.stock.sell({ sku: "BEANS", storeId: "hamburg", quantity: 1.001 });
    await inventory.stock.transfer({ sku: "F", from: "berlin", to: "hamburg", quantity: 3 });
    const sale = await inventory.stock.sell({ sku: "F", storeId: "hamburg", quantity: 5, idempotencyKey: "sale" });
    const tooMuch = await inventory.stock.sell({ sku: "F", storeId: "berlin", quantity: 8 });
    const wrong = await inventory.stock.receive({ sku: "F", storeId: "berlin", quantity: 7, unitCost: eur(110) });
    await inventory.costing.correct(delivered[1]?.id as string, { amount: eur(60), reason: "freight" });
    await inventory.stock.reverse(wrong.movements[0]?.id as string);
    await inventory.stock.receive({ sku: "F", storeId: "berlin", quantity: 7, unitCost: eur(120) });
    await inventory.stock.reverse(sale.movements[0]?.id as string);

    // What is kept is read anew by an inventory that has seen none of it.
    if (place.keeps) await inventory.close();
    const later = place.keeps ? await createInventory({ storage: place.open(), clock }) : inventory;
    const id = (result: typeof sale) => result.movements[0]?.id as string;
    expect(await later.costing.movement(id(beans))).toMatchObject({ quantity: -1.001, value: eur(-913), unknown: 0, unsettled: 0 });
    expect(await later.costing.movement(id(sale))).toMatchObject({ quantity: 0, value: eur(0), unsettled: 0 });
    expect(await later.costing.movement(id(tooMuch))).toMatchObject({ quantity: -8, value: eur(-1_080), unsettled: 0 });
    const layers = await allOf((page) => later.costing.layers({ sku: "F", ...page }));
    expect(layers.map(({ quantity, value }) => [quantity, value?.amount])).toEqual([
      [4, 480],
      [5, 550],
    ]);
    const now = await later.reports.valuation();
    expect(now.rows.map(({ sku, storeId, quantity, value }) => [sku, storeId, quantity, value[0]?.amount])).toEqual([
      ["BEANS", "hamburg", 1.832, 1_670],
      ["F", "berlin", 6, 687],
      ["F", "hamburg", 3, 343],
    ]);
    expect(now.totals.value).toEqual([eur(2_700)]);
    expect(await later.reports.valuation({ at: begin })).toMatchObject({
      rows: [
        { sku: "BEANS", quantity: 2.5, value: [eur(2_250)] },
        { sku: "F", storeId: "berlin", quantity: 10, value: [eur(1_300)] },
      ],
      totals: { value: [eur(3_550)], unknown: 0, unsettled: 0 },
    });
    const sold = await later.reports.costOfGoodsSold({ from: begin + 1, by: ["sku", "storeId"] });
    expect(sold.rows.map(({ sku, storeId, quantity, cost }) => [sku, storeId, quantity, cost[0]?.amount])).toEqual([
      ["BEANS", "hamburg", 1.001, 913],
      ["F", "berlin", 8, 1_140],
      ["F", "hamburg", 0, 0],
    ]);
    const monthly = await later.reports.costOfGoodsSold({ by: ["category", "month"] });
    expect(monthly.rows).toMatchObject([{ category: null, month: "1970-04", quantity: 9.001, cost: sold.totals.cost }]);
    expect((await later.verify()).ok).toBe(true);
    await later.close();
  },
);
