import { InventoryError, type StockLevel } from "@onhand/core";
import type { Preset } from "../presets/preset";
import type { Target } from "../run/job";
import { allOf, type Cell, columnsFor, type ExportOptions, rowOf, timeText, writeTable } from "./table";

/** Which levels are exported, and how. */
export interface ExportLevelsOptions extends ExportOptions {
  /** Of this store only; needed for formats that have no column for it. */
  readonly storeId?: string;
}

const pageSize = 1_000;

/**
 * Exports levels that ever moved, by SKU and store, a page at a time. Formats with a column per store get one row per product.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the format has no column for the store and none is named; otherwise as {@link exportProducts}.
 * @example
 * await writeFile("stock.csv", exportLevels(inventory, { format: "csv", preset: "classic", storeId: "berlin" }));
 * @see docs/guides/import-export.md
 */
export function exportLevels(inventory: Target, options: ExportLevelsOptions): AsyncIterable<Uint8Array> {
  const { preset, columns } = columnsFor("levels", options);
  const { storeId } = options;
  const namesStores = preset.writesStoreColumns !== undefined || columns.some(([, written]) => written === "storeId");
  if (storeId === undefined && !namesStores)
    throw new InventoryError("INVALID_INPUT", {
      issues: [{ path: "storeId", message: `is needed: ${preset.name} has no column for the store` }],
    });
  const levels = allOf((page) => inventory.stock.levels({ limit: pageSize, ...(storeId !== undefined && { storeId }), ...page }));
  const nameOf = productNames(
    inventory,
    columns.some(([, written]) => written === "name"),
  );

  async function* rows(): AsyncGenerator<Cell[]> {
    for await (const level of levels) yield rowOf(columns, { ...fieldsOf(level), name: await nameOf(level.sku) });
  }
  if (!preset.writesStoreColumns) return writeTable({ header: columns.map(([name]) => name), rows: rows() }, options, preset);
  return writeWide(preset.writesStoreColumns);

  async function* writeWide(columnName: (storeId: string) => string): AsyncGenerator<Uint8Array> {
    const stores: string[] = [];
    if (storeId !== undefined) stores.push(storeId);
    else for await (const { id } of allOf((page) => inventory.stores.list({ archived: "any", limit: pageSize, ...page }))) stores.push(id);
    async function* wideRows(): AsyncGenerator<Cell[]> {
      for await (const group of bySku(levels)) {
        const onHand = new Map(group.map((level) => [level.storeId, level.onHand]));
        const [first] = group as [StockLevel];
        yield [...rowOf(columns, { ...fieldsOf(first), name: await nameOf(first.sku) }), ...stores.map((id) => onHand.get(id))];
      }
    }
    yield* writeTable(
      { header: [...columns.map(([name]) => name), ...stores.map(columnName)], rows: wideRows() },
      options,
      preset as Preset,
    );
  }
}

const fieldsOf = (level: StockLevel): Readonly<Record<string, Cell>> => ({
  sku: level.sku,
  storeId: level.storeId,
  quantity: level.onHand,
  reserved: level.reserved,
  available: level.available,
  incoming: level.incoming,
  updatedAt: timeText(level.updatedAt),
});

/** Levels come by SKU, so those of one product follow each other. */
async function* bySku(levels: AsyncIterable<StockLevel>): AsyncGenerator<readonly StockLevel[]> {
  let group: StockLevel[] = [];
  for await (const level of levels) {
    if (group[0] && group[0].sku !== level.sku) {
      yield group;
      group = [];
    }
    group.push(level);
  }
  if (group.length > 0) yield group;
}

/** The name of a product, asked for once while its levels follow each other, and only where a column shows it. */
function productNames(inventory: Target, wanted: boolean): (sku: string) => Promise<string | undefined> {
  let last: { readonly sku: string; readonly name: string } | undefined;
  return async (sku) => {
    if (!wanted) return undefined;
    if (last?.sku !== sku) last = { sku, name: (await inventory.products.get(sku)).name };
    return last.name;
  };
}
