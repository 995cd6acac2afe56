import { createInventory } from "@onhand/core";
import { csvStorage } from "@onhand/storage-adapters/csv";

// Sells and receives under load until it is killed, and tells of every acknowledged command on a line of its own.
const [directory = "", life = "0"] = process.argv.slice(2);
const inventory = await createInventory({ storage: csvStorage({ directory, checkpointBytes: 60_000 }) });
for (const sku of ["A", "B", "C"]) await inventory.products.create({ sku, name: sku, idempotencyKey: `product-${sku}` });
await inventory.stores.create({ id: "main", name: "Main", idempotencyKey: "store" });

async function call(caller: number): Promise<void> {
  for (let count = 0; ; count++) {
    const idempotencyKey = `${life}-${caller}-${count}`;
    const { seq } = await inventory.stock.receive({ sku: "ABC"[caller % 3] as string, storeId: "main", quantity: 1, idempotencyKey });
    process.stdout.write(`${idempotencyKey} ${seq}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, (_, caller) => call(caller)));
