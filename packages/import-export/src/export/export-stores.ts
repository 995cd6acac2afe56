import type { Preset } from "../presets/preset";
import type { Target } from "../run/job";
import { allOf, type Cell, columnsFor, type ExportOptions, rowOf, writeTable } from "./table";

/**
 * Exports stores in use, by id.
 *
 * @throws {@link InventoryError} as {@link exportProducts}.
 * @example
 * await writeFile("stores.csv", exportStores(inventory, { format: "csv" }));
 * @see docs/guides/import-export.md
 */
export function exportStores(inventory: Target, options: ExportOptions): AsyncIterable<Uint8Array> {
  const { preset, columns } = columnsFor("stores", options);
  async function* rows(): AsyncGenerator<Cell[]> {
    for await (const { id, name, kind, archived } of allOf((page) => inventory.stores.list({ limit: 1_000, ...page })))
      yield rowOf(columns, { storeId: id, storeName: name, storeKind: kindText(preset, kind), archived: String(archived) });
  }
  return writeTable({ header: columns.map(([name]) => name), rows: rows() }, options, preset);
}

/** What the format calls a kind of place. */
const kindText = ({ storeKinds = {} }: Preset, kind: string): Cell =>
  Object.entries(storeKinds).find(([, meaning]) => meaning === kind)?.[0];
