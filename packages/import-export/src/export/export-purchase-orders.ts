import type { PurchaseOrder, PurchaseOrderStatus } from "@onhand/core";
import type { Preset } from "../presets/preset";
import type { PurchasingTarget } from "../run/job";
import { moneyFields } from "./export-products";
import { allOf, type Cell, columnsFor, type ExportOptions, rowOf, timeText, writeTable } from "./table";

/** Which purchase orders are exported, and how. */
export interface ExportPurchaseOrdersOptions extends ExportOptions {
  /** All that have a reference, unless given. */
  readonly status?: PurchaseOrderStatus;
}

/**
 * Exports what stands above the lines of purchase orders, oldest first. An order without a reference is left out: files name orders by it.
 *
 * @throws {@link InventoryError} as {@link exportProducts}.
 * @example
 * await writeFile("orders.csv", exportPurchaseOrders(inventory, { format: "csv", status: "submitted" }));
 * @see docs/guides/import-export.md
 */
export function exportPurchaseOrders(inventory: PurchasingTarget, options: ExportPurchaseOrdersOptions): AsyncIterable<Uint8Array> {
  const { preset, columns } = columnsFor("purchaseOrders", options);
  async function* rows(): AsyncGenerator<Cell[]> {
    for await (const order of ordersOf(inventory, options)) {
      const { id, storeId, status, note } = order;
      const supplierId = await supplierText(inventory, order.supplierId, preset);
      yield rowOf(columns, { id, ...referenceFields(order), supplierId, storeId, status, note, expectedAt: dayText(order, preset) });
    }
  }
  return writeTable({ header: columns.map(([name]) => name), rows: rows() }, options, preset);
}

/**
 * Exports the lines of the same orders.
 *
 * @throws {@link InventoryError} as {@link exportProducts}.
 * @example
 * await writeFile("order-lines.csv", exportPurchaseOrderLines(inventory, { format: "csv", status: "submitted" }));
 * @see docs/guides/import-export.md
 */
export function exportPurchaseOrderLines(inventory: PurchasingTarget, options: ExportPurchaseOrdersOptions): AsyncIterable<Uint8Array> {
  const { preset, columns } = columnsFor("purchaseOrderLines", options);
  async function* rows(): AsyncGenerator<Cell[]> {
    for await (const order of ordersOf(inventory, options))
      for (const { sku, quantity, received, unitCost } of order.lines)
        yield rowOf(columns, { id: order.id, ...referenceFields(order), sku, quantity, received, ...moneyFields("unitCost", unitCost) });
  }
  return writeTable({ header: columns.map(([name]) => name), rows: rows() }, options, preset);
}

async function* ordersOf(inventory: PurchasingTarget, { status }: ExportPurchaseOrdersOptions): AsyncGenerator<PurchaseOrder> {
  const filter = { order: "asc", limit: 100, ...(status && { status }) } as const;
  for await (const order of allOf((page) => inventory.purchaseOrders.list({ ...filter, ...page }))) if (order.reference) yield order;
}

const referenceFields = ({ reference }: PurchaseOrder) => ({ referenceType: reference?.type, referenceId: reference?.id });

/** The supplier as the format's files name it. */
async function supplierText(inventory: PurchasingTarget, id: string, { supplierAttribute }: Preset): Promise<Cell> {
  const named = supplierAttribute === undefined ? undefined : (await inventory.suppliers.get(id)).attributes[supplierAttribute];
  return typeof named === "string" || typeof named === "number" ? named : id;
}

const dayText = ({ expectedAt }: PurchaseOrder, { days }: Preset): Cell => {
  const text = expectedAt === undefined ? undefined : timeText(expectedAt);
  return days && typeof text === "string" ? text.slice(0, 10) : text;
};
