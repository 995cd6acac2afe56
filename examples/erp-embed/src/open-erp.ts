import { createInventory, type Inventory, isInventoryError, type Logger } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import type { Knex } from "knex";
import { cancelOrder, type Order, placeOrder, warehouse } from "./orders";
import { followAlerts, openSuggestions, type Suggestion } from "./suggestions";
import { createErpTables } from "./tables";

/** An ERP with an inventory inside. */
export interface Erp {
  readonly inventory: Inventory;
  /** Order, credit and stock in one transaction. */
  place(order: Order): Promise<void>;
  /** The same, back. */
  cancel(number: string): Promise<void>;
  /** What should be bought, as of every order that is done. */
  suggestions(): Promise<readonly Suggestion[]>;
  /** Ends the inventory. The knex stays the caller's. */
  close(): Promise<void>;
}

/** Opens an ERP on the caller's own database. */
export async function openErp(knex: Knex, logger: Logger): Promise<Erp> {
  await createErpTables(knex);
  const inventory = await createInventory({ storage: sqlStorage({ knex, logger }), logger });
  await openWarehouse(inventory);
  // One after the other. Whatever goes wrong is still in the ledger, and the next event or question reads it.
  let following = Promise.resolve();
  const follow = () => {
    following = following
      .then(() => followAlerts(knex, inventory))
      .then(
        () => undefined,
        (error: unknown) => logger.error({ error }, "alerts could not be followed; they will be with the next"),
      );
  };
  const stops = (["alert.raised", "alert.dismissed", "alert.resolved"] as const).map((type) => inventory.on(type, follow));

  return {
    inventory,
    place: (order) => knex.transaction((trx) => placeOrder(trx, inventory, order)),
    cancel: (number) => knex.transaction((trx) => cancelOrder(trx, inventory, number)),
    async suggestions() {
      await following;
      await followAlerts(knex, inventory);
      return openSuggestions(knex);
    },
    async close() {
      for (const stop of stops) stop();
      await following;
      await inventory.close();
    },
  };
}

async function openWarehouse({ stores }: Inventory): Promise<void> {
  try {
    await stores.create({ id: warehouse, name: "Main warehouse", kind: "warehouse" });
  } catch (error) {
    if (!isInventoryError(error, "ALREADY_EXISTS")) throw error;
  }
}
