import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { consoleLogger, isInventoryError } from "@onhand/core";
import createKnex from "knex";
import { openErp } from "./open-erp";

const directory = await mkdtemp(join(tmpdir(), "onhand-erp-"));
const knex = createKnex({ client: "better-sqlite3", connection: { filename: join(directory, "erp.db") }, useNullAsDefault: true });
const erp = await openErp(knex, consoleLogger);
const { inventory } = erp;

await knex("erp_customers").insert({ id: "c-1", credit: 100_000 });
await inventory.products.create({ sku: "TEA-50", name: "Green tea 50 g" });
await inventory.stock.receive({ sku: "TEA-50", storeId: "main", quantity: 20 });
await inventory.thresholds.set({ sku: "TEA-50", storeId: "main", reorderPoint: 12, reorderQuantity: 48 });

const show = async (what: string) => {
  const { onHand } = await inventory.stock.level({ sku: "TEA-50", storeId: "main" });
  const orders = await knex("erp_orders").select("number", "status");
  console.log(what, { onHand, orders, toBuy: await erp.suggestions() });
};

await show("before");
await erp.place({ number: "1042", customerId: "c-1", total: 4_990, lines: [{ sku: "TEA-50", quantity: 10 }] });
await show("ten are ordered, and it is time to buy:");
try {
  await erp.place({ number: "1043", customerId: "c-1", total: 9_980, lines: [{ sku: "TEA-50", quantity: 20 }] });
} catch (error) {
  if (!isInventoryError(error, "INSUFFICIENT_STOCK")) throw error;
  await show(`twenty more are not there (${error.details.available} are), so there is no order either:`);
}
await erp.cancel("1042");
await show("the order is taken back:");

await erp.close();
await knex.destroy();
await rm(directory, { recursive: true, force: true });
