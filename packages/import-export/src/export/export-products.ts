import type { Money, Product } from "@onhand/core";
import { currencyDecimals, minorText } from "../map/cells";
import type { Target } from "../run/job";
import { allOf, type Cell, columnsFor, type ExportOptions, rowOf, timeText, writeTable } from "./table";

/** Which products are exported, and how. */
export interface ExportProductsOptions extends ExportOptions {
  /** Archived products as well. */
  readonly archived?: boolean;
}

const pageSize = 1_000;

/**
 * Exports products, by SKU, a page at a time.
 *
 * What a format has no column for is left out. In the formats of other systems that includes the currency: name it when importing.
 *
 * @returns the bytes of the file, as they are made.
 * @throws {@link InventoryError} `INVALID_INPUT` when the preset can't be written; `UNSUPPORTED` when it is too much for a workbook.
 * @example
 * await writeFile("products.csv", exportProducts(inventory, { format: "csv" }));
 * @see docs/guides/import-export.md
 */
export function exportProducts(inventory: Target, options: ExportProductsOptions): AsyncIterable<Uint8Array> {
  const { preset, columns } = columnsFor("products", options);
  async function* rows(): AsyncGenerator<Cell[]> {
    const archived = options.archived ? "any" : false;
    for await (const product of allOf((page) => inventory.products.list({ archived, limit: pageSize, ...page })))
      yield rowOf(columns, fieldsOf(product), product.attributes);
  }
  return writeTable({ header: columns.map(([name]) => name), rows: rows() }, options, preset);
}

const fieldsOf = (product: Product): Readonly<Record<string, Cell>> => ({
  sku: product.sku,
  name: product.name,
  barcode: product.barcode,
  category: product.category,
  supplierId: product.supplierId,
  unit: product.unit,
  decimals: product.decimals,
  ...moneyFields("price", product.price),
  ...moneyFields("cost", product.cost),
  backorderLimit: product.backorderLimit,
  attributes: Object.keys(product.attributes).length > 0 ? JSON.stringify(product.attributes) : undefined,
  archived: String(product.archived),
  updatedAt: timeText(product.updatedAt),
});

/** An amount in the currency's main unit, and the currency beside it. */
export function moneyFields(name: string, money: Money | undefined): Readonly<Record<string, Cell>> {
  if (!money) return {};
  const decimals = currencyDecimals(money.currency) ?? 2;
  return { [name]: Number(minorText(money.amount, decimals)), [`${name}Currency`]: money.currency };
}
