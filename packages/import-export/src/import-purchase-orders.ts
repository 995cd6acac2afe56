import { type OrderHead, readOrder } from "./map/purchase-order";
import { type ImportOptions, type Item, itemsOf, type Job, type PurchasingTarget, type Run, runImport } from "./run/job";
import { oneByOne } from "./run/one-by-one";
import { createSupplierFinder, orderBy } from "./run/orders";
import type { ImportReport } from "./run/report";
import { settle } from "./run/settle";
import { createStoreFinder, type StoreOptions } from "./run/stores";
import type { Source } from "./source/source";

/** How purchase orders are imported. */
export interface ImportPurchaseOrdersOptions extends ImportOptions, Pick<StoreOptions, "stores" | "createStores"> {}

interface OrderItem extends Item {
  readonly order: OrderHead;
}

/**
 * Imports what stands above the lines of purchase orders, as drafts without lines; {@link importPurchaseOrderLines} brings those.
 * An order whose reference is known is left as it is and counts as `unchanged`.
 *
 * @throws {@link InventoryError} as {@link importProducts}.
 * @example
 * await importPurchaseOrders(inventory, await openAsBlob("supply_orders_import.csv"), { onError: "refuse", stores: { "1": "berlin" } });
 * @see docs/guides/import-export.md
 */
export const importPurchaseOrders = (
  inventory: PurchasingTarget,
  source: Source,
  options: ImportPurchaseOrdersOptions,
): Promise<ImportReport> => runImport("purchaseOrders", source, options, [options.stores], (run) => orderJob(inventory, run, options));

function orderJob(inventory: PurchasingTarget, { file, id }: Run, options: ImportPurchaseOrdersOptions): Job<OrderItem> {
  const actor = options.actor === undefined ? {} : { actor: options.actor };
  const supplierOf = createSupplierFinder(inventory, file.preset.supplierAttribute);
  const foretold = createStoreFinder(inventory, options, false, options.actor);
  const written = createStoreFinder(inventory, options, true, options.actor);
  const made = new Set<string>();

  return oneByOne({
    id,
    onError: options.onError,
    items: (records, reporter) =>
      itemsOf(records, reporter, (record, findings) => {
        const order = readOrder(record, file.preset, findings);
        return order && { line: record.line, weight: 1, order };
      }),
    async foretell({ order }) {
      await supplierOf(order.supplierId);
      await foretold.find(order.storeId);
      const name = JSON.stringify(order.reference);
      if (made.has(name) || (await orderBy(inventory, order.reference))) return "unchanged";
      made.add(name);
      return "applied";
    },
    async write({ order, line }) {
      if (await orderBy(inventory, order.reference)) return "unchanged";
      const found = { supplierId: await supplierOf(order.supplierId), storeId: await written.find(order.storeId) };
      const send = (idempotencyKey: string) => inventory.purchaseOrders.create({ ...order, ...found, lines: [], ...actor, idempotencyKey });
      return (await settle(`${id}:${line}`, send)).replayed ? "replayed" : "applied";
    },
  });
}
