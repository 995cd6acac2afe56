import type { Knex } from "knex";
import { opening, type Workload } from "../workload";

const chunk = 250;

/** What somebody who writes this by hand would make: a level per product and store, and a ledger whose keys are unique. */
export async function createShopTables(knex: Knex, { skus, storeIds }: Workload): Promise<void> {
  await knex.schema.createTable("levels", (table) => {
    table.string("sku", 64).notNullable();
    table.string("store_id", 64).notNullable();
    table.bigInteger("on_hand").notNullable();
    table.primary(["sku", "store_id"]);
  });
  await knex.schema.createTable("movements", (table) => {
    table.bigIncrements("seq");
    table.string("sku", 64).notNullable();
    table.string("store_id", 64).notNullable();
    table.string("type", 16).notNullable();
    table.bigInteger("delta").notNullable();
    table.bigInteger("on_hand_after").notNullable();
    table.string("idempotency_key", 64).notNullable().unique();
    table.bigInteger("recorded_at").notNullable();
  });
  const levels = skus.flatMap((sku) => storeIds.map((store_id) => ({ sku, store_id, on_hand: opening })));
  await knex.batchInsert("levels", levels, chunk);
}

/** One entry of that ledger. */
export const movementRow = (sale: { readonly sku: string; readonly storeId: string; readonly key: string }, onHandAfter: number) => ({
  sku: sale.sku,
  store_id: sale.storeId,
  type: "sold",
  delta: -1,
  on_hand_after: onHandAfter,
  idempotency_key: sale.key,
  recorded_at: Date.now(),
});
