import { type CreateSupplier, isInventoryError } from "@onhand/core";
import { readSupplier } from "./map/supplier";
import { type ImportOptions, type Item, itemsOf, type Job, type PurchasingTarget, type Run, runImport } from "./run/job";
import { oneByOne } from "./run/one-by-one";
import type { ImportReport } from "./run/report";
import { settle } from "./run/settle";
import type { Source } from "./source/source";

interface SupplierItem extends Item {
  readonly supplier: CreateSupplier;
}

/**
 * Imports suppliers from a CSV or XLSX file. A supplier whose id exists is left as it is and counts as `unchanged`.
 *
 * @throws {@link InventoryError} as {@link importProducts}.
 * @example
 * await importSuppliers(inventory, await openAsBlob("suppliers_import.csv"), { onError: "refuse" });
 * @see docs/guides/import-export.md
 */
export const importSuppliers = (inventory: PurchasingTarget, source: Source, options: ImportOptions): Promise<ImportReport> =>
  runImport("suppliers", source, options, [], (run) => supplierJob(inventory, run, options));

function supplierJob(inventory: PurchasingTarget, { id }: Run, options: ImportOptions): Job<SupplierItem> {
  const actor = options.actor === undefined ? {} : { actor: options.actor };
  const made = new Set<string>();

  async function exists(supplierId: string): Promise<boolean> {
    try {
      return Boolean(await inventory.suppliers.get(supplierId));
    } catch (error) {
      if (isInventoryError(error, "UNKNOWN_SUPPLIER")) return false;
      throw error;
    }
  }

  return oneByOne({
    id,
    onError: options.onError,
    items: (records, reporter) =>
      itemsOf(records, reporter, (record, findings) => {
        const supplier = readSupplier(record, findings);
        return supplier && { line: record.line, weight: 1, supplier };
      }),
    async foretell({ supplier }) {
      if (made.has(supplier.id) || (await exists(supplier.id))) return "unchanged";
      made.add(supplier.id);
      return "applied";
    },
    async write({ supplier, line }) {
      if (await exists(supplier.id)) return "unchanged";
      const send = (idempotencyKey: string) => inventory.suppliers.create({ ...supplier, ...actor, idempotencyKey });
      return (await settle(`${id}:${line}`, send)).replayed ? "replayed" : "applied";
    },
  });
}
