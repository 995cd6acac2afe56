import { keyText } from "../../domain/shared/rows";
import { type MovementRow, movementId, movements } from "../../domain/stock/tables";
import type { Reads } from "../../ports/storage";
import { scopeOf } from "./catalogue";
import { type Cut, cellValue, cutOf, readCells } from "./ledger";
import { periodFields, reportParser } from "./options";
import { spanOf } from "./period";
import { reversedMovements } from "./reversed";
import { rollUp } from "./roll-up";
import { moneySum, quantitySum } from "./sums";
import {
  type Report,
  type ReportDimension,
  type ReportFilter,
  type ReportGrouping,
  type ReportPeriod,
  reportDimensions,
  type SalesFigures,
} from "./types";

/** Which sales to report, and how. */
export interface SalesOptions extends ReportFilter, ReportPeriod, ReportGrouping {}

/** A cell of the ledger: what customers took, or gave back, under one price list. */
export interface SalesCell {
  readonly sku?: string;
  readonly category?: string | null;
  readonly storeId?: string;
  readonly interval?: number;
  readonly type: "sold" | "returned";
  readonly decimals: number;
  readonly unitPriceCurrency: string | null;
  delta: number;
  value: number;
  entries: number;
  first: number;
  last: number;
}

const cellColumns = ["type", "decimals", "unitPriceCurrency"] as const;
const groupColumns = ["sku", "category", "storeId", "interval", ...cellColumns] as const;
const ofCustomers = { type: { in: ["sold", "returned"] } };

const columns = [
  { name: "sold", kind: "quantity" },
  { name: "returned", kind: "quantity" },
  { name: "units", kind: "quantity" },
  { name: "sales", kind: "number" },
  { name: "value", kind: "money" },
  { name: "unpriced", kind: "quantity" },
  { name: "firstSaleAt", kind: "time" },
  { name: "lastSaleAt", kind: "time" },
] as const;

export const parseSales = {
  category: reportParser(periodFields, reportDimensions, ["category"]),
  sku: reportParser(periodFields, reportDimensions, ["sku"]),
};

/** What was sold, grouped by category or by product unless said. */
export const salesReport = (name: string, usual: "category" | "sku") =>
  async function sales(reads: Reads, options: SalesOptions, now: number): Promise<Report<SalesFigures>> {
    const { by, timeZone, from, to, ...filter } = parseSales[usual](options);
    const scope = await scopeOf(reads, filter, by.includes("category") || by.includes("sku"));
    const span = await spanOf(reads, scope.where, { from, to }, now);
    const cut = cutOf(scope, span, by, timeZone);
    const cells = await readSales(reads, cut);
    return { name, by, columns, ...span, ...rollUp(cells, { by, scope, valueBy: salesValue(cut), ...salesSums }) };
  };

/** What a cell of sales is by a dimension. */
export const salesValue =
  (cut: Cut) =>
  (cell: SalesCell, dimension: ReportDimension): string | null =>
    cellValue(cut, cell as never, dimension);

/** Sales of a part of the ledger, without those that were undone. */
export async function readSales(reads: Reads, cut: Cut): Promise<readonly SalesCell[]> {
  const rows = await readCells(reads, cut, {
    where: ofCustomers,
    by: cellColumns,
    measures: {
      delta: { sum: "delta" },
      value: { sum: "delta", times: "unitPriceAmount" },
      entries: { count: true },
      first: { min: "occurredAt" },
      last: { max: "occurredAt" },
    },
  });
  return withoutReversed(
    reads,
    cut,
    rows.map((row) => ({ ...row }) as unknown as SalesCell),
  );
}

const nameOf = (row: Readonly<Record<string, unknown>>): string =>
  keyText(groupColumns.map((column) => JSON.stringify(row[column] ?? null)));

async function withoutReversed(reads: Reads, cut: Cut, all: readonly SalesCell[]): Promise<readonly SalesCell[]> {
  // Nearly always nothing was undone.
  let cells: Map<string, SalesCell> | undefined;
  const reversed = new Set<string>();
  const doubtful = new Set<SalesCell>();
  for await (const row of reversedMovements(reads, cut.scope.where)) {
    cells ??= new Map(all.map((each) => [nameOf(each as never), each]));
    const cell = cells.get(nameOf(cellKey(cut, row)));
    if (!cell || row.occurredAt < cut.span.from || row.occurredAt >= cut.span.to) continue;
    reversed.add(movementId(row));
    cell.delta -= row.delta;
    cell.value -= row.delta * (row.unitPriceAmount ?? 0);
    cell.entries--;
    if (row.occurredAt === cell.first || row.occurredAt === cell.last) doubtful.add(cell);
  }
  for (const cell of doubtful) {
    if (cell.entries === 0) continue;
    cell.first = await outermost(reads, cut, cell, reversed, false);
    cell.last = await outermost(reads, cut, cell, reversed, true);
  }
  return all.filter((cell) => cell.entries > 0);
}

/** Which cell a movement is in. */
function cellKey({ scope, bySku, byCategory, by, buckets }: Cut, row: MovementRow): Readonly<Record<string, unknown>> {
  const { type, decimals, unitPriceCurrency } = row;
  return {
    ...(bySku && { sku: row.sku }),
    ...(byCategory && { category: scope.fact(row.sku)?.category ?? null }),
    ...(by.includes("storeId") && { storeId: row.storeId }),
    ...(buckets && { interval: buckets.intervalOf(row.occurredAt) }),
    type,
    decimals,
    unitPriceCurrency,
  };
}

/** When the first or the last entry of a cell occurred that still stands. */
async function outermost(
  reads: Reads,
  { scope, span, buckets }: Cut,
  cell: SalesCell,
  reversed: ReadonlySet<string>,
  descending: boolean,
): Promise<number> {
  const { from, to } = buckets && cell.interval !== undefined ? buckets.span(cell.interval) : span;
  const { sku, storeId, type, decimals, unitPriceCurrency } = cell;
  const where = {
    ...scope.where,
    ...(sku !== undefined && { sku }),
    ...(storeId !== undefined && { storeId }),
    type,
    decimals,
    unitPriceCurrency,
    occurredAt: { gte: from, lt: to },
  };
  for (let limit = 16; ; limit *= 4) {
    const { rows, more } = await reads.find(movements.name, { where, orderBy: [{ column: "occurredAt", descending }], limit });
    const isOf = (row: MovementRow) => cell.category === undefined || (scope.fact(row.sku)?.category ?? null) === cell.category;
    const standing = (rows as readonly MovementRow[]).find((row) => isOf(row) && !reversed.has(movementId(row)));
    if (standing) return standing.occurredAt;
    // Somebody undid it since it was counted.
    if (!more) return descending ? cell.last : cell.first;
  }
}

const start = () => ({
  sold: quantitySum(),
  returned: quantitySum(),
  units: quantitySum(),
  unpriced: quantitySum(),
  value: moneySum(),
  sales: 0,
  firstSaleAt: Number.POSITIVE_INFINITY,
  lastSaleAt: Number.NEGATIVE_INFINITY,
});

type Sums = ReturnType<typeof start>;

function add(sums: Sums, { type, delta, value, decimals, unitPriceCurrency, entries, first, last }: SalesCell): void {
  sums.units.add(-delta, decimals);
  if (unitPriceCurrency === null) sums.unpriced.add(Math.abs(delta), decimals);
  else sums.value.add(-value, decimals, unitPriceCurrency);
  if (type === "returned") {
    sums.returned.add(delta, decimals);
    return;
  }
  sums.sold.add(-delta, decimals);
  sums.sales += entries;
  sums.firstSaleAt = Math.min(sums.firstSaleAt, first);
  sums.lastSaleAt = Math.max(sums.lastSaleAt, last);
}

const end = ({ sold, returned, units, unpriced, value, sales, firstSaleAt, lastSaleAt }: Sums): SalesFigures => ({
  sold: sold.total(),
  returned: returned.total(),
  units: units.total(),
  sales,
  value: value.totals(),
  unpriced: unpriced.total(),
  ...(sales > 0 && { firstSaleAt, lastSaleAt }),
});

/** How cells of sales are added up. */
export const salesSums = { start, add, end };
