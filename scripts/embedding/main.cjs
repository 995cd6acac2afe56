const assert = require("node:assert/strict");
const { createInventory, isInventoryError } = require("@onhand/core");
const { csvStorage } = require("@onhand/storage-adapters/csv");
const { memoryStorage } = require("@onhand/storage-adapters/memory");

const embed = async (storage) => {
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
};

embed(memoryStorage())
  .then(() => embed(csvStorage({ directory: "./stock-cjs" })))
  .then(() => console.log("embedded as CJS"));
