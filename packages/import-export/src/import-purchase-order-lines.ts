import { InventoryError, type PurchaseOrder, type Reference } from "@onhand/core";
import { together } from "./map/problem";
import { type OrderLine, readOrderLine } from "./map/purchase-order";
import type { FileRecord } from "./map/record";
import { type ImportOptions, type Item, itemsOf, type Job, type PurchasingTarget, type Run, runImport } from "./run/job";
import { oneByOne } from "./run/one-by-one";
import { orderBy } from "./run/orders";
import type { Fate, ImportReport, Reporter } from "./run/report";
import { settle } from "./run/settle";
import type { Source } from "./source/source";

/** How the lines of purchase orders are imported. */
export interface ImportPurchaseOrderLinesOptions extends ImportOptions {
  /** The ISO 4217 code of unit costs in a file that names none. */
  readonly currency?: string;
  /** The SKUs of products the file calls something else. */
  readonly products?: Readonly<Record<string, string>>;
}

interface LinesItem extends Item {
  readonly reference: Reference;
  readonly lines: readonly OrderLine["line"][];
}

/**
 * Imports lines of purchase orders into drafts, which are found by their references. Lines of one order that stand together are
 * added together, or not at all; a product the draft has already gets the quantity and the cost of the file.
 *
 * @throws {@link InventoryError} as {@link importProducts}.
 * @example
 * await importPurchaseOrderLines(inventory, await openAsBlob("supply_orders_details_import.csv"), {
 *   onError: "refuse", currency: "EUR", products: { "1-1": "RP-Nano-Blue-16GB" },
 * });
 * @see docs/guides/import-export.md
 */
export const importPurchaseOrderLines = (
  inventory: PurchasingTarget,
  source: Source,
  options: ImportPurchaseOrderLinesOptions,
): Promise<ImportReport> =>
  runImport("purchaseOrderLines", source, options, [options.currency, options.products], (run) => linesJob(inventory, run, options));

function linesJob(inventory: PurchasingTarget, { file, id }: Run, options: ImportPurchaseOrderLinesOptions): Job<LinesItem> {
  const reading = { currency: options.currency, decimal: options.decimal ?? file.preset.decimal };
  const actor = options.actor === undefined ? {} : { actor: options.actor };
  const skuOf = (name: string) => (options.products && Object.hasOwn(options.products, name) ? (options.products[name] as string) : name);

  /** Lines one below the other that are of one order. */
  async function* items(records: AsyncIterable<FileRecord>, reporter: Reporter): AsyncGenerator<LinesItem> {
    const read = itemsOf(records, reporter, (record, findings) => {
      const found = readOrderLine(record, file.preset, reading, findings);
      return found && { ...found, at: record.line };
    });
    let open: LinesItem | undefined;
    for await (const { reference, line, at, findings } of read) {
      const own = { ...line, sku: skuOf(line.sku) };
      if (open && isSame(open.reference, reference)) {
        open = { ...open, weight: open.weight + 1, findings: together(open.findings, findings), lines: [...open.lines, own] };
        continue;
      }
      if (open) yield open;
      open = { line: at, weight: 1, findings, reference, lines: [own] };
    }
    if (open) yield open;
  }

  /** The draft, and its lines with those of the file. */
  async function merged({ reference, lines }: LinesItem): Promise<{ order: PurchaseOrder; lines: OrderLine["line"][]; same: boolean }> {
    const order = await orderBy(inventory, reference);
    if (!order) throw new InventoryError("UNKNOWN_PURCHASE_ORDER", { id: reference.id });
    const all = new Map<string, OrderLine["line"]>(
      order.lines.map(({ sku, quantity, unitCost }) => [sku, { sku, quantity, ...(unitCost && { unitCost }) }]),
    );
    const before = JSON.stringify([...all.values()]);
    for (const line of lines) {
      const { sku } = await inventory.products.get(line.sku);
      all.set(sku, { ...all.get(sku), ...line, sku });
    }
    const same = JSON.stringify([...all.values()]) === before;
    if (!same && order.status !== "draft")
      throw new InventoryError("INVALID_STATE", { entity: "purchaseOrder", key: order.id, state: order.status });
    return { order, lines: [...all.values()], same };
  }

  async function write(item: LinesItem): Promise<Fate> {
    const { order, lines, same } = await merged(item);
    if (same) return "unchanged";
    const send = (idempotencyKey: string) => inventory.purchaseOrders.update(order.id, { lines, ...actor, idempotencyKey });
    // An earlier run of these lines found other lines to add to.
    return (await settle(`${id}:${item.line}`, send, async () => true)).replayed ? "replayed" : "applied";
  }

  return oneByOne({
    id,
    onError: options.onError,
    items,
    foretell: async (item) => ((await merged(item)).same ? "unchanged" : "applied"),
    write,
  });
}

const isSame = (a: Reference, b: Reference): boolean => a.type === b.type && a.id === b.id;
