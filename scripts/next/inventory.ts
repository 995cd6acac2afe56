import { createInventory, type Inventory } from "@onhand/core";
import { csvStorage } from "@onhand/storage-adapters/csv";

// Next loads modules more than once: for each of its bundles, and again when they change. The process has one inventory all the same.
const kept = globalThis as typeof globalThis & { onhandInventory?: Promise<Inventory> };

/** Opened when it is first asked for, not when it is imported: `next build` imports routes, in several processes. */
export function openInventory(): Promise<Inventory> {
  kept.onhandInventory ??= createInventory({ storage: csvStorage({ directory: process.env.STOCK ?? "./stock" }) }).catch(
    (error: unknown) => {
      delete kept.onhandInventory;
      throw error;
    },
  );
  return kept.onhandInventory;
}
