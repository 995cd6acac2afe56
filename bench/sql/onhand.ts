import { createInventory, type Inventory } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import type { Knex } from "knex";
import { catalogueSeeds, seeded } from "../engine/seed";
import type { Contender } from "../measure";
import { opening, type Workload } from "../workload";
import type { Place, SqlEngine } from "./engine";

/** An inventory on a database, with a full shop in it the first time. */
export async function openShop(
  place: Place,
  workload: Workload | undefined,
  poolSize?: number,
): Promise<{ inventory: Inventory; knex: Knex }> {
  const knex = place.knex(poolSize);
  const storage = sqlStorage({ knex });
  const seeds = workload ? catalogueSeeds(workload.skus, workload.storeIds, opening) : [];
  return { inventory: await createInventory({ storage: seeded(storage, seeds) }), knex };
}

/** Ours, through the public API, each sale under an idempotency key. */
export const onhand = (engine: SqlEngine, workload: Workload): Contender => ({
  name: "ours",
  async start() {
    const place = await engine.place();
    const { inventory, knex } = await openShop(place, workload);
    return {
      move(n) {
        const { key, sku, storeId } = workload.movement(n);
        return inventory.stock.sell({ sku, storeId, quantity: 1, idempotencyKey: key });
      },
      async stop() {
        await inventory.close();
        await knex.destroy();
        await place.remove();
      },
    };
  },
});
