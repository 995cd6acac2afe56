import { createInventory, isInventoryError } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex from "knex";

// Sells one unit at a time until there is none left, and prints what it sold and was refused.
const [, , config, where, attempts] = process.argv as string[];
const knex = createKnex(JSON.parse(config as string));
const inventory = await createInventory({ storage: sqlStorage({ knex, ...JSON.parse(where as string) }) });
const tally = { sold: 0, refused: 0 };
await Promise.all(
  Array.from({ length: Number(attempts) }, async () => {
    try {
      await inventory.stock.sell({ sku: "TEA-50", storeId: "berlin", quantity: 1 });
      tally.sold++;
    } catch (error) {
      if (!isInventoryError(error, "INSUFFICIENT_STOCK")) throw error;
      tally.refused++;
    }
  }),
);
await inventory.close();
await knex.destroy();
process.stdout.write(JSON.stringify(tally));
