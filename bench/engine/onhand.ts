import { createInventory, type StorageAdapter } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import type { Contender, Running } from "../measure";
import { temporaryDirectory } from "../temporary";
import { opening, type Workload } from "../workload";
import { catalogueSeeds, seeded } from "./seed";

async function startOn(storage: StorageAdapter, { skus, storeIds, movement }: Workload, after: () => Promise<void>): Promise<Running> {
  const inventory = await createInventory({ storage: seeded(storage, catalogueSeeds(skus, storeIds, opening)) });
  return {
    move(n) {
      const { key, sku, storeId, delta } = movement(n);
      const command = { sku, storeId, quantity: 1, idempotencyKey: key };
      return delta > 0 ? inventory.stock.receive(command) : inventory.stock.sell(command);
    },
    async stop() {
      await inventory.close();
      await after();
    },
  };
}

/** The engine through its public API, in memory. */
export const onhandMemory = (workload: Workload): Contender => ({
  name: "ours",
  start: () => startOn(memoryStorage(), workload, async () => undefined),
});

/** The engine through its public API, on CSV files at their default durability. */
export const onhandCsv = (workload: Workload, disk: string): Contender => ({
  name: "ours",
  async start() {
    const { csvStorage } = await import("@onhand/storage-adapters/csv");
    const directory = await temporaryDirectory(disk);
    return startOn(csvStorage({ directory: directory.path }), workload, directory.remove);
  },
});
