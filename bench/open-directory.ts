import { createInventory } from "@onhand/core";
import { csvStorage } from "@onhand/storage-adapters/csv";

// A process of its own, so that opening is measured on an empty heap: prints the seconds.
const [directory = ""] = process.argv.slice(2);
const started = performance.now();
const inventory = await createInventory({ storage: csvStorage({ directory }) });
console.log((performance.now() - started) / 1_000);
await inventory.close();
