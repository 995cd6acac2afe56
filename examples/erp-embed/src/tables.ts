import type { Knex } from "knex";

/** Makes the ERP's own tables. Those of the inventory stand beside them, and are its own business. */
export async function createErpTables(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable("erp_orders")) return;
  await knex.schema.createTable("erp_customers", (table) => {
    table.string("id", 64).primary();
    table.bigInteger("credit").notNullable();
  });
  await knex.schema.createTable("erp_orders", (table) => {
    table.string("number", 64).primary();
    table.string("customer_id", 64).notNullable();
    table.string("status", 16).notNullable();
    table.bigInteger("total").notNullable();
  });
  await knex.schema.createTable("erp_order_lines", (table) => {
    table.string("order_number", 64).notNullable();
    table.string("sku", 64).notNullable();
    table.integer("quantity").notNullable();
    table.primary(["order_number", "sku"]);
  });
  await knex.schema.createTable("erp_purchase_suggestions", (table) => {
    table.string("sku", 64).notNullable();
    table.string("store_id", 64).notNullable();
    table.string("status", 16).notNullable();
    table.integer("quantity").notNullable();
    table.primary(["sku", "store_id"]);
  });
  // One row: up to where the ledger was read.
  await knex.schema.createTable("erp_ledger_position", (table) => {
    table.integer("id").primary();
    table.bigInteger("seq").notNullable();
  });
  await knex("erp_ledger_position").insert({ id: 1, seq: 0 });
}
