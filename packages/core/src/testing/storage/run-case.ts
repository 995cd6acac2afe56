import { createInventory, type Inventory, isInventoryError, type Logger } from "../../index";
import { checkLedger } from "../check-ledger";
import { manualClock } from "../manual-clock";
import type { CreateStorage, StorageCase } from "./handle";

/**
 * Runs one case on a storage of its own, then refolds the ledger of every inventory it left open and compares it with
 * every level, and removes the storage.
 *
 * @throws AssertionError when the storage breaks the promise, or whatever the storage threw.
 */
export async function runStorageCase(storageCase: StorageCase, create: CreateStorage): Promise<void> {
  const handle = await create();
  const clock = manualClock();
  const unheard: unknown[] = [];
  let open: Inventory[] = [];
  const logger: Logger = {
    error: ({ error }) => void unheard.push(error),
    warn: (facts, message) => void unheard.push(new Error(`${message} ${JSON.stringify(facts)}`)),
  };
  async function crash(): Promise<void> {
    // What died can't be asked any more, and may complain.
    open = [];
    await handle.crash?.();
    unheard.length = 0;
  }
  try {
    await storageCase.run({
      ...handle,
      ...(handle.crash && { crash }),
      clock,
      async inventory(options = {}) {
        const inventory = await createInventory({ storage: handle.storage, clock, logger, ...options });
        open.push(inventory);
        return inventory;
      },
    });
    for (const inventory of open) await checkUnlessClosed(inventory);
    for (const inventory of open) await inventory.close();
    if (unheard.length > 0) throw unheard[0];
  } finally {
    await handle.destroy();
  }
}

async function checkUnlessClosed(inventory: Inventory): Promise<void> {
  try {
    await inventory.feed.head();
  } catch (error) {
    if (isInventoryError(error, "STORAGE_CLOSED")) return;
    throw error;
  }
  await checkLedger(inventory);
}
