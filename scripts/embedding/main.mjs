import assert from "node:assert/strict";
import { createInventory, isInventoryError } from "@onhand/core";
import { csvStorage } from "@onhand/storage-adapters/csv";
import { memoryStorage } from "@onhand/storage-adapters/memory";

for (const storage of [memoryStorage(), csvStorage({ directory: "./stock-esm" })]) {
  const inventory = await createInventory({ storage });
  await inventory.products.create({ sku: "P001", name: "Espresso cup" });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.stock.receive({ sku: "P001", storeId: "berlin", quantity: 10 });
  await inventory.stock.sell({ sku: "P001", storeId: "berlin", quantity: 3 });
  const oversell = inventory.stock.sell({ sku: "P001", storeId: "berlin", quantity: 8 });
  await assert.rejects(oversell, (error) => isInventoryError(error, "INSUFFICIENT_STOCK"));
  const { available } = await inventory.stock.level({ sku: "P001", storeId: "berlin" });
  assert.equal(available, 7);
  assert.equal((await inventory.verify()).ok, true);
  await inventory.close();
}
console.log("embedded as ESM");
