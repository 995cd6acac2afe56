import { type Inventory, InventoryError, type StockLine } from "@onhand/core";
import type { Knex } from "knex";

/** What a customer asks for. Each product stands in one line. */
export interface Order {
  readonly number: string;
  readonly customerId: string;
  readonly total: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/** The ERP's one warehouse. */
export const warehouse = "main";

const stockLines = (type: "sell" | "return", { number, lines }: Pick<Order, "number" | "lines">): readonly StockLine[] =>
  lines.map(({ sku, quantity }) => ({ type, sku, storeId: warehouse, quantity, reference: { type: "order", id: number } }));

/**
 * Writes an order, takes its total from the customer's credit and its goods from the warehouse, in the caller's transaction: all of it, or
 * with a rejection nothing.
 *
 * The ledger comes last: from then until the commit every other writer of stock waits.
 *
 * @throws {@link InventoryError} `ALREADY_EXISTS`; `INVALID_STATE` when the credit is used up; `INSUFFICIENT_STOCK` naming every line.
 */
export async function placeOrder(trx: Knex.Transaction, inventory: Inventory, order: Order): Promise<void> {
  const { number, customerId, total, lines } = order;
  const paid = await trx("erp_customers").where({ id: customerId }).andWhere("credit", ">=", total).decrement("credit", total);
  if (paid === 0) throw new InventoryError("INVALID_STATE", { entity: "customer", key: customerId, state: "credit used up" });
  if (await trx("erp_orders").where({ number }).first()) throw new InventoryError("ALREADY_EXISTS", { entity: "order", key: number });
  await trx("erp_orders").insert({ number, customer_id: customerId, status: "placed", total });
  await trx("erp_order_lines").insert(lines.map(({ sku, quantity }) => ({ order_number: number, sku, quantity })));
  await inventory.with(trx).stock.apply(stockLines("sell", order));
}

/**
 * Takes an order back: the customer has the credit again, and the warehouse the goods.
 *
 * @throws {@link InventoryError} `INVALID_STATE` when there is no such order that is still placed.
 */
export async function cancelOrder(trx: Knex.Transaction, inventory: Inventory, number: string): Promise<void> {
  const cancelled = await trx("erp_orders").where({ number, status: "placed" }).update({ status: "cancelled" });
  if (cancelled === 0) throw new InventoryError("INVALID_STATE", { entity: "order", key: number, state: "not placed" });
  const order = await trx("erp_orders").where({ number }).first();
  await trx("erp_customers").where({ id: order.customer_id }).increment("credit", Number(order.total));
  const lines = await trx("erp_order_lines").where({ order_number: number });
  await inventory.with(trx).stock.apply(stockLines("return", { number, lines }));
}
