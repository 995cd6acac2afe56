import type { ReadOptions, Reads } from "../../ports/storage";
import { readsAt } from "../reads";
import { stockAt } from "../stock-at";
import { type Scope, scopeOf } from "./catalogue";
import { cutOf } from "./ledger";
import { periodFields, reportParser } from "./options";
import { type Span, spanOf } from "./period";
import { rollUp } from "./roll-up";
import { readSales } from "./sales";
import { levelColumns, levelValue, type StockDimension, stockDimensions } from "./stock-on-hand";
import { type QuantitySum, quantitySum } from "./sums";
import type { Report, ReportDimension, ReportFilter, ReportGrouping, ReportPeriod, TurnoverFigures } from "./types";

/** Whose turnover to report. */
export interface TurnoverOptions extends ReportFilter, Omit<ReportPeriod, "timeZone">, ReportGrouping<StockDimension> {}

const { from: fromField, to: toField } = periodFields;
export const parseTurnover = reportParser({ from: fromField, to: toField }, stockDimensions, ["sku"]);

const columns = [
  { name: "units", kind: "quantity" },
  { name: "opening", kind: "quantity" },
  { name: "closing", kind: "quantity" },
  { name: "average", kind: "quantity" },
  { name: "turnover", kind: "number" },
  { name: "daysPerTurn", kind: "number" },
] as const;

const dayMs = 86_400_000;

/** What was sold of what was there. */
export async function turnover(
  storage: Reads,
  given: TurnoverOptions,
  now: number,
  options?: ReadOptions,
): Promise<Report<TurnoverFigures>> {
  const { by, from, to, ...filter } = parseTurnover(given);
  const reads = readsAt(storage, options);
  const scope = await scopeOf(reads, filter, by.includes("category") || by.includes("sku"));
  const span = await spanOf(reads, scope.where, { from, to }, now);
  const cells = await cellsOf(storage, { scope, span, by }, options);
  const days = (span.to - span.from) / dayMs;
  const rolled = rollUp(cells, { by, scope, valueBy: levelValue(scope), start, add, end: (sums) => end(sums, days) });
  return { name: "turnover", by, columns, ...span, ...rolled };
}

interface Cell {
  readonly sku: string;
  readonly storeId: string;
  readonly decimals: number;
  readonly onHand: number;
  readonly figure: keyof Sums;
}

interface Asked {
  readonly scope: Scope;
  readonly span: Span;
  readonly by: readonly ReportDimension[];
}

async function cellsOf(storage: Reads, { scope, span, by }: Asked, options: ReadOptions | undefined): Promise<Cell[]> {
  // A period holds its first moment and not its last: what was there is what had moved before either.
  const shelves = async (figure: keyof Sums, time: number): Promise<Cell[]> =>
    (await stockAt(storage, options, scope.where, time - 1)).filter(({ sku }) => scope.has(sku)).map((level) => ({ ...level, figure }));
  const cut = cutOf(scope, span, levelColumns(by), "UTC");
  const sold = (await readSales(readsAt(storage, options), cut)).map(({ sku, storeId, decimals, delta }) => ({
    sku: sku as string,
    storeId: storeId as string,
    decimals,
    onHand: -delta,
    figure: "units" as const,
  }));
  return [...sold, ...(await shelves("opening", span.from)), ...(await shelves("closing", span.to))];
}

interface Sums {
  readonly units: QuantitySum;
  readonly opening: QuantitySum;
  readonly closing: QuantitySum;
}

const start = (): Sums => ({ units: quantitySum(), opening: quantitySum(), closing: quantitySum() });

function add(sums: Sums, { figure, onHand, decimals }: Cell): void {
  sums[figure].add(onHand, decimals);
}

function end(sums: Sums, days: number): TurnoverFigures {
  const [units, opening, closing] = [sums.units.total(), sums.opening.total(), sums.closing.total()];
  const average = (opening + closing) / 2;
  const turns = units / average;
  return {
    units,
    opening,
    closing,
    average,
    ...(average > 0 && { turnover: turns }),
    ...(average > 0 && turns > 0 && { daysPerTurn: days / turns }),
  };
}
