import { createInventory, isInventoryError } from "@onhand/core";
import { allOf, manualClock } from "@onhand/core/testing";
import { expect, test } from "vitest";
import { everyStorage } from "./support/every-storage";

const day = 86_400_000;

test.each(Object.entries(everyStorage))(
  "on %s lots go from delivery to sale, first expired first, are traced for a recall and add up to the level",
  async (_name, newPlace) => {
    const place = await newPlace();
    const clock = manualClock(100 * day);
    const inDays = (days: number) => 100 * day + days * day;
    const inventory = await createInventory({ storage: place.open(), clock });
    for (const id of ["berlin", "hamburg"]) await inventory.stores.create({ id, name: id });
    await inventory.products.create({ sku: "MILK", name: "Milk", tracking: "lot", decimals: 1 });
    await inventory.products.create({ sku: "PHONE", name: "Phone", tracking: "serial", costing: { method: "fifo", currency: "EUR" } });
    const milk = { sku: "MILK", storeId: "berlin" };
    const phone = { sku: "PHONE", storeId: "berlin" };

    await inventory.stock.receive({ ...milk, quantity: 5.5, lots: [{ lot: "LATE", quantity: 5.5, expiresAt: inDays(30) }] });
    await inventory.stock.receive({ ...milk, quantity: 2, lots: [{ lot: "SOON", quantity: 2, expiresAt: inDays(3) }] });
    await inventory.stock.receive({ ...milk, quantity: 1, lots: [{ lot: "“Ü” 0" }] });
    await inventory.stock.receive({
      ...phone,
      quantity: 2,
      lots: [{ lot: "SN-1" }, { lot: "SN-2" }],
      unitCost: { amount: 9, currency: "EUR" },
    });
    await inventory.stock.transfer({ sku: "MILK", from: "berlin", to: "hamburg", quantity: 3 });
    const order = { type: "order", id: "1042" };
    const sale = await inventory.stock.sell({ sku: "MILK", storeId: "hamburg", quantity: 2.5, reference: order, idempotencyKey: "sale" });
    const { reservation } = await inventory.reservations.hold({ ...phone, quantity: 1, expiresInMs: day });
    await inventory.reservations.commit(reservation.id, { lots: [{ lot: "SN-2" }] });
    const again = inventory.stock.receive({ ...phone, quantity: 1, lots: [{ lot: "SN-1" }] });
    await expect(again).rejects.toSatisfy((error) => isInventoryError(error, "ALREADY_EXISTS"));
    await inventory.lots.update({ sku: "MILK", lot: "LATE", expiresAt: inDays(20) });
    const counted = [
      { lot: "LATE", quantity: 4 },
      { lot: "FOUND", quantity: 0.5 },
    ];
    await inventory.stock.count({ ...milk, counted: 4.5, lots: counted });

    // What is kept is read anew by an inventory that has seen none of it.
    if (place.keeps) await inventory.close();
    const later = place.keeps ? await createInventory({ storage: place.open(), clock }) : inventory;
    const retried = await later.stock.sell({ sku: "MILK", storeId: "hamburg", quantity: 2.5, reference: order, idempotencyKey: "sale" });
    expect([retried.replayed, retried.movements]).toEqual([true, sale.movements]);
    expect(sale.movements[0]?.lots).toEqual([
      { lot: "SOON", delta: -2 },
      { lot: "LATE", delta: -0.5 },
    ]);
    const rows = await allOf((page) => later.lots.list({ ...page, limit: 2 }));
    expect(rows.map(({ lot, storeId, quantity }) => `${lot} ${storeId} ${quantity}`).sort()).toEqual([
      "FOUND berlin 0.5",
      "LATE berlin 4",
      "LATE hamburg 0.5",
      "SN-1 berlin 1",
    ]);
    const soon = await later.lots.expiring({ before: inDays(21) });
    expect(soon.items.map(({ lot, storeId, expiresAt }) => [lot, storeId, expiresAt])).toEqual([
      ["LATE", "berlin", inDays(20)],
      ["LATE", "hamburg", inDays(20)],
    ]);
    const trace = await later.lots.trace({ sku: "MILK", lot: "LATE" });
    expect(trace.movements.map(({ type, storeId, delta, reference }) => [type, storeId, delta, reference?.id])).toEqual([
      ["received", "berlin", 5.5, undefined],
      ["transferred_out", "berlin", -1, undefined],
      ["transferred_in", "hamburg", 1, undefined],
      ["sold", "hamburg", -0.5, "1042"],
      ["counted", "berlin", -0.5, undefined],
    ]);
    await later.stock.reverse(sale.movements[0]?.id as string);
    expect((await later.lots.list({ storeId: "hamburg" })).items).toMatchObject([
      { lot: "LATE", quantity: 1 },
      { lot: "SOON", quantity: 2 },
    ]);
    expect((await later.reports.valuation({ sku: "PHONE" })).totals.value).toEqual([{ amount: 9, currency: "EUR" }]);
    expect((await later.verify()).ok).toBe(true);
    await later.close();
  },
);
