import { createInventory, type Inventory, type MismatchField, type Row, type StorageAdapter } from "@onhand/core";
import { manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { beforeEach, describe, expect, it } from "vitest";

let storage: StorageAdapter;
let inventory: Inventory;
const cost = (amount: number) => ({ amount, currency: "EUR" });

beforeEach(async () => {
  storage = memoryStorage();
  inventory = await createInventory({ storage, clock: manualClock(0) });
  for (const id of ["hub", "berlin"]) await inventory.stores.create({ id, name: id });
  await inventory.products.create({ sku: "MILK", name: "Milk", tracking: "lot" });
  await inventory.products.create({ sku: "TEA", name: "Tea" });
  await inventory.costing.set({ sku: "TEA", method: "fifo", currency: "EUR" });
  for (const lot of ["A", "B"]) await inventory.stock.receive({ sku: "MILK", storeId: "hub", quantity: 5, lots: [{ lot, quantity: 5 }] });
  await inventory.stock.sell({ sku: "MILK", storeId: "hub", quantity: 5 });
  for (const amount of [100, 130]) await inventory.stock.receive({ sku: "TEA", storeId: "hub", quantity: 5, unitCost: cost(amount) });
  await inventory.transfers.ship({ from: "hub", to: "berlin", lines: [{ sku: "TEA", quantity: 2 }] });
  await inventory.stock.sell({ sku: "TEA", storeId: "hub", quantity: 6 });
});

async function rowOf(table: string, where: Readonly<Record<string, string | number>>): Promise<Row> {
  const { rows } = await storage.find(table, { where, limit: 2 });
  expect(rows).toHaveLength(1);
  return rows[0] as Row;
}

/** Changes a row behind the ledger's back. */
async function spoil(table: string, where: Readonly<Record<string, string | number>>, columns: object): Promise<void> {
  const row = await rowOf(table, where);
  await storage.transaction(async (tx) => {
    await tx.head();
    await tx.put(table, [Object.freeze({ ...row, ...columns })]);
  });
}

/** Adds a row to a log behind the ledger's back. */
const forge = (table: string, row: Row) =>
  storage.transaction(async (tx) => {
    const { seq } = await tx.head();
    await tx.append(table, [Object.freeze({ ...row, seq: seq + 1 })]);
    await tx.advance(seq + 1);
  });

const found = async () => (await inventory.verify()).mismatches;

describe("verify", () => {
  it("finds nothing wrong with lots and costs as commands leave them", async () => {
    expect(await found()).toEqual([]);
  });

  const spoiled: readonly [MismatchField, string, Readonly<Record<string, string | number>>, object, object][] = [
    ["lotQuantity", "lot_levels", { sku: "MILK", lot: "B" }, { quantity: 6 }, { storeId: "hub", lot: "B", expected: 5, actual: 6 }],
    ["lotQuantity", "lot_levels", { sku: "MILK", lot: "B" }, { open: false, quantity: 0 }, { lot: "B", expected: 5, actual: 0 }],
    ["lotQuantity", "lot_levels", { sku: "MILK", lot: "A" }, { quantity: 2 }, { lot: "A", expected: 0, actual: 2 }],
    ["lotQuantity", "lot_levels", { sku: "MILK", lot: "A" }, { quantity: 1, open: true }, { lot: "A", expected: 0, actual: 1 }],
    ["costQuantity", "product_costs", { sku: "TEA", storeId: "hub" }, { quantity: 4 }, { storeId: "hub", expected: 2, actual: 4 }],
    ["costQuantity", "product_costs", { sku: "TEA", storeId: "" }, { transit: 1 }, { storeId: "", expected: 3, actual: 4 }],
    ["costUnknown", "product_costs", { sku: "TEA", storeId: "" }, { unknown: 1 }, { expected: 0, actual: 1 }],
    ["costValue", "product_costs", { sku: "TEA", storeId: "" }, { millionths: 1 }, { expected: 520, actual: 520.000001 }],
    ["costLayers", "cost_layers", { sku: "TEA", number: 2 }, { quantity: 3 }, { expected: 4, actual: 3 }],
    ["costLayersValue", "cost_layers", { sku: "TEA", number: 2 }, { value: 519 }, { expected: 520, actual: 519 }],
  ];
  for (const [field, table, where, columns, mismatch] of spoiled)
    it(`names a row of ${table} ${JSON.stringify(where)} with ${JSON.stringify(columns)} as ${field}`, async () => {
      await spoil(table, where, columns);
      expect(await found()).toContainEqual(expect.objectContaining({ field, ...mismatch }));
    });

  it("names a movement whose lots don't add up, and the level whose lots then don't", async () => {
    const movement = await rowOf("movements", { sku: "MILK", type: "sold" });
    await forge("movements", { ...movement, delta: -1, onHandAfter: 4, lots: null });
    await forge("movements", { ...movement, delta: -1, onHandAfter: 3, lots: [{ lot: "B", delta: -2 }] });
    const mismatches = await found();
    expect(mismatches).toContainEqual(expect.objectContaining({ field: "movementLots", expected: -1, actual: -2 }));
    expect(mismatches).not.toContainEqual(expect.objectContaining({ field: "lotsOnHand" }));
    await forge("movements", { ...movement, delta: -1, onHandAfter: 2, lots: null });
    expect(await found()).toContainEqual(expect.objectContaining({ field: "lotsOnHand", storeId: "hub", expected: 2, actual: 3 }));
  });

  it("names a lot that is traced to other movements than moved it, and entries that are not owed", async () => {
    await forge("lot_movements", await rowOf("lot_movements", { lot: "A", type: "sold" }));
    await forge("cost_entries", { ...(await rowOf("cost_entries", { sku: "TEA", kind: "sold" })), owed: 2 });
    const mismatches = await found();
    expect(mismatches).toContainEqual(expect.objectContaining({ field: "lotMovements", lot: "A", expected: 0, actual: -5 }));
    expect(mismatches).toContainEqual(expect.objectContaining({ field: "costOwed", expected: 2, actual: 0 }));
  });
});
