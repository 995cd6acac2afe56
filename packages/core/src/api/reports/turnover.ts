import type { ReadOptions, Reads } from "../../ports/storage";
import { readsAt } from "../reads";
import { stockAtTimes } from "../stock-at";
import { scopeOf } from "./catalogue";
import { type Cut, cutOf, groupsOf, inScope } from "./ledger";
import { periodFields, reportParser } from "./options";
import { spanOf } from "./period";
import { rollUp } from "./roll-up";
import { readSales } from "./sales";
import { stockValue } from "./stock-cells";
import { type StockDimension, stockDimensions } from "./stock-on-hand";
import { type QuantitySum, quantitySum } from "./sums";
import type { Report, ReportFilter, ReportGrouping, ReportPeriod, TurnoverFigures } from "./types";

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
  const cells = await cellsOf(storage, cutOf(scope, span, by, "UTC"), options);
  const days = (span.to - span.from) / dayMs;
  const rolled = rollUp(cells, { by, scope, valueBy: stockValue(scope), start, add, end: (sums) => end(sums, days) });
  return { name: "turnover", by, columns, ...span, ...rolled };
}

interface Cell {
  readonly sku?: string;
  readonly category?: string | null;
  readonly storeId?: string;
  readonly decimals: number;
  readonly units?: number;
  readonly opening?: number;
  readonly closing?: number;
}

async function cellsOf(storage: Reads, cut: Cut, options: ReadOptions | undefined): Promise<readonly Cell[]> {
  const { scope, span } = cut;
  const sold = (await readSales(readsAt(storage, options), cut)).map((cell): Cell => ({ ...cell, units: -cell.delta }));
  // A period holds its first moment and not its last: what was there is what had moved before either.
  const times = [span.from - 1, span.to - 1];
  const shelves = await stockAtTimes(storage, options, { where: scope.where, by: [...groupsOf(cut), "decimals"], times });
  const stood = shelves.map(({ group, onHand: [opening, closing] }) => ({ ...group, opening, closing }) as unknown as Cell);
  return [...sold, ...inScope(cut, stood)];
}

interface Sums {
  readonly units: QuantitySum;
  readonly opening: QuantitySum;
  readonly closing: QuantitySum;
}

const start = (): Sums => ({ units: quantitySum(), opening: quantitySum(), closing: quantitySum() });

function add(sums: Sums, { units = 0, opening = 0, closing = 0, decimals }: Cell): void {
  sums.units.add(units, decimals);
  sums.opening.add(opening, decimals);
  sums.closing.add(closing, decimals);
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
