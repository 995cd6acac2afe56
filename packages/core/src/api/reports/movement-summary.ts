import type { MovementType } from "../../domain/stock/tables";
import type { AggregateRow, Reads } from "../../ports/storage";
import { scopeOf } from "./catalogue";
import { cellValue, cutOf, readCells } from "./ledger";
import { periodFields, reportParser } from "./options";
import { spanOf } from "./period";
import { rollUp } from "./roll-up";
import { type QuantitySum, quantitySum } from "./sums";
import {
  type MovementFigures,
  type Report,
  type ReportColumn,
  type ReportFilter,
  type ReportGrouping,
  type ReportPeriod,
  reportDimensions,
} from "./types";

/** Which movements to sum up, and how. */
export interface MovementSummaryOptions extends ReportFilter, ReportPeriod, ReportGrouping {}

export const parseMovementSummary = reportParser(periodFields, reportDimensions, ["sku", "storeId"]);

/** The figure each type of movement counts towards. */
const figureOf = {
  received: "received",
  sold: "sold",
  returned: "returned",
  adjusted: "adjusted",
  transferred_out: "transferredOut",
  transferred_in: "transferredIn",
  counted: "counted",
} as const satisfies Record<MovementType, keyof MovementFigures>;

const figures = [...Object.values(figureOf), "net"] as const;

const columns: readonly ReportColumn[] = [
  ...figures.map((name) => ({ name, kind: "quantity" as const })),
  { name: "movements", kind: "number" },
];

/** What moved, by what it was. */
export async function movementSummary(reads: Reads, options: MovementSummaryOptions, now: number): Promise<Report<MovementFigures>> {
  const { by, timeZone, from, to, ...filter } = parseMovementSummary(options);
  const scope = await scopeOf(reads, filter, by.includes("category") || by.includes("sku"));
  const span = await spanOf(reads, scope.where, { from, to }, now);
  const cut = cutOf(scope, span, by, timeZone);
  const cells = await readCells(reads, cut, {
    where: {},
    by: ["type", "decimals"],
    measures: { delta: { sum: "delta" }, entries: { count: true } },
  });
  const rolled = rollUp(cells, { by, scope, valueBy: (cell, dimension) => cellValue(cut, cell, dimension), ...sums });
  return { name: "movementSummary", by, columns, ...span, ...rolled };
}

interface Sums {
  readonly quantities: Readonly<Record<(typeof figures)[number], QuantitySum>>;
  movements: number;
}

const sums = {
  start: (): Sums => ({ quantities: perFigure(quantitySum), movements: 0 }),
  add(into: Sums, cell: AggregateRow): void {
    const [delta, decimals] = [cell.delta as number, cell.decimals as number];
    into.quantities[figureOf[cell.type as MovementType]].add(delta, decimals);
    into.quantities.net.add(delta, decimals);
    into.movements += cell.entries as number;
  },
  end: ({ quantities, movements }: Sums): MovementFigures => ({ ...perFigure((name) => quantities[name].total()), movements }),
};

const perFigure = <T>(make: (name: (typeof figures)[number]) => T) =>
  Object.fromEntries(figures.map((name) => [name, make(name)])) as Record<(typeof figures)[number], T>;
