import { createInventory, type Inventory } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import type { Knex } from "knex";
import { onTestFinished } from "vitest";

export const shelf = { sku: "TEA-50", storeId: "berlin" };

/** An inventory with ten packets of tea on a shelf, in the database of a shop. It is closed when the test is over, the knex with it. */
export async function stockedShop(knex: Knex): Promise<Inventory> {
  const inventory = await createInventory({ storage: sqlStorage({ knex }) });
  onTestFinished(async () => {
    await inventory.close();
    await knex.destroy();
  });
  await inventory.products.create({ sku: shelf.sku, name: "Green tea 50 g" });
  await inventory.stores.create({ id: shelf.storeId, name: "Berlin" });
  await inventory.stock.receive({ ...shelf, quantity: 10 });
  return inventory;
}

/** What a shop does for an order, by whichever library: its own row and the stock, in one transaction. */
export interface Ordering {
  /** Takes `quantity` for an order; when `fails`, throws after both are written. */
  order(id: number, quantity: number, fails?: boolean): Promise<void>;
  /** The orders that were kept. */
  kept(): Promise<number[]>;
}

export const changedMind = "the customer changed their mind";
