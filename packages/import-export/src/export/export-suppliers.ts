import type { PurchasingTarget } from "../run/job";
import { allOf, type Cell, columnsFor, type ExportOptions, rowOf, writeTable } from "./table";

/**
 * Exports suppliers in use, by id.
 *
 * @throws {@link InventoryError} as {@link exportProducts}.
 * @example
 * await writeFile("suppliers.csv", exportSuppliers(inventory, { format: "csv" }));
 * @see docs/guides/import-export.md
 */
export function exportSuppliers(inventory: PurchasingTarget, options: ExportOptions): AsyncIterable<Uint8Array> {
  const { preset, columns } = columnsFor("suppliers", options);
  async function* rows(): AsyncGenerator<Cell[]> {
    for await (const { id, name, archived, attributes, ...supplier } of allOf((page) =>
      inventory.suppliers.list({ limit: 1_000, ...page }),
    )) {
      const { contact, email, phone, address, currency, leadTimeDays } = supplier;
      const own = { contact, email, phone, address, currency, leadTimeDays, archived: String(archived) };
      const text = Object.keys(attributes).length > 0 ? JSON.stringify(attributes) : undefined;
      yield rowOf(columns, { supplierId: id, supplierName: name, attributes: text, ...own }, attributes);
    }
  }
  return writeTable({ header: columns.map(([name]) => name), rows: rows() }, options, preset);
}
