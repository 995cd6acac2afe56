import * as z from "zod";
import { reason } from "../../domain/shared/schemas";
import type { MovementRow } from "../../domain/stock/tables";
import type { Reads } from "../../ports/storage";
import { type Scope, scopeOf } from "./catalogue";
import { cellValue, cutOf, readCells } from "./ledger";
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
  type ShrinkageFigures,
} from "./types";

/** Which losses to report, and how. */
export interface ShrinkageOptions extends ReportFilter, ReportPeriod, ReportGrouping {
  /** Only these reasons; what was counted without one is `counted`. */
  readonly reasons?: readonly string[];
}

export const parseShrinkage = reportParser(
  { ...periodFields, reasons: z.array(reason).max(100).optional() },
  [...reportDimensions, "reason"],
  ["reason"],
);

const columns = [
  { name: "lost", kind: "quantity" },
  { name: "found", kind: "quantity" },
  { name: "shrinkage", kind: "quantity" },
  { name: "value", kind: "money" },
  { name: "uncosted", kind: "quantity" },
  { name: "movements", kind: "number" },
] as const;

/** What was adjusted and what counts found missing or left over, by its reason. What was undone is left out. */
export async function shrinkage(reads: Reads, options: ShrinkageOptions, now: number): Promise<Report<ShrinkageFigures>> {
  const { by, timeZone, from, to, reasons, ...filter } = parseShrinkage(options);
  const scope = await scopeOf(reads, filter, true);
  const span = await spanOf(reads, scope.where, { from, to }, now);
  // What goods cost is a matter of each product.
  const cut = { ...cutOf(scope, span, by, timeZone), bySku: true, byCategory: false };
  const cells: Cell[] = [];
  for (const lost of [true, false]) {
    const where = { type: { in: ["adjusted", "counted"] }, reverses: null, delta: lost ? { lt: 0 } : { gt: 0 } };
    const measures = { delta: { sum: "delta" }, entries: { count: true } } as const;
    const rows = await readCells(reads, cut, { where, by: ["type", "reason", "decimals"], measures });
    cells.push(...(rows as unknown as readonly Cell[]).map((cell) => ({ ...cell, lost })));
  }
  for await (const row of reversedMovements(reads, scope.where)) {
    if (!isLoss(row) || !scope.has(row.sku) || row.occurredAt < span.from || row.occurredAt >= span.to) continue;
    const interval = cut.buckets && { interval: cut.buckets.intervalOf(row.occurredAt) };
    cells.push({ ...row, ...interval, delta: -row.delta, entries: -1, lost: row.delta < 0 });
  }
  const wanted = reasons && new Set(reasons);
  const kept = cells.filter((cell) => wanted?.has(reasonOf(cell)) !== false);
  const valueBy = (cell: Cell, dimension: ReportDimension) =>
    dimension === "reason" ? reasonOf(cell) : cellValue(cut, cell as never, dimension);
  const rolled = rollUp(kept, { by, scope, valueBy, start, add: adderFor(scope), end });
  const stands = (row: ShrinkageFigures) => row.movements > 0;
  return {
    name: "shrinkage",
    by,
    columns,
    ...span,
    ...rolled,
    rows: rolled.rows.filter(stands),
    subtotals: rolled.subtotals.filter(stands),
  };
}

interface Cell {
  readonly sku: string;
  readonly type: string;
  readonly reason: string | null;
  readonly decimals: number;
  readonly delta: number;
  readonly entries: number;
  readonly lost: boolean;
}

const isLoss = (row: MovementRow): boolean => (row.type === "adjusted" || row.type === "counted") && row.delta !== 0;

const reasonOf = ({ type, reason: said }: Cell): string => said ?? (type === "counted" ? "counted" : "other");

const start = () => ({
  lost: quantitySum(),
  found: quantitySum(),
  shrinkage: quantitySum(),
  uncosted: quantitySum(),
  value: moneySum(),
  movements: 0,
});

type Sums = ReturnType<typeof start>;

const adderFor =
  (scope: Scope) =>
  (sums: Sums, { sku, delta, decimals, entries, lost }: Cell): void => {
    const fact = scope.fact(sku);
    sums.movements += entries;
    sums.shrinkage.add(-delta, decimals);
    if (lost) sums.lost.add(-delta, decimals);
    else sums.found.add(delta, decimals);
    if (fact?.costAmount == null || fact.costCurrency == null) sums.uncosted.add(lost ? -delta : delta, decimals);
    else sums.value.add(-delta * fact.costAmount, decimals, fact.costCurrency);
  };

const end = (sums: Sums): ShrinkageFigures => ({
  lost: sums.lost.total(),
  found: sums.found.total(),
  shrinkage: sums.shrinkage.total(),
  value: sums.value.totals(),
  uncosted: sums.uncosted.total(),
  movements: sums.movements,
});
