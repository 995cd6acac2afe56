import { amountOf } from "../../domain/costing/amount";
import { costEntries } from "../../domain/costing/tables";
import type { Reads } from "../../ports/storage";
import { scopeOf } from "./catalogue";
import { costSums } from "./costed-products";
import { cellValue, cutOf, readCells } from "./ledger";
import { periodFields, reportParser } from "./options";
import { spanOf } from "./period";
import { rollUp } from "./roll-up";
import { amountSum, quantitySum } from "./sums";
import {
  type CostOfGoodsSoldFigures,
  type Report,
  type ReportDimension,
  type ReportFilter,
  type ReportGrouping,
  type ReportPeriod,
  reportDimensions,
} from "./types";

/** Whose sales, over what time. */
export interface CostOfGoodsSoldOptions extends ReportFilter, ReportPeriod, ReportGrouping {}

export const parseCostOfGoodsSold = reportParser(periodFields, reportDimensions, ["sku"]);

const columns = [
  { name: "quantity", kind: "quantity" },
  { name: "cost", kind: "money" },
  { name: "unknown", kind: "quantity" },
  { name: "unsettled", kind: "quantity" },
] as const;

/** Entries of sales and of what came back; a reversal is of the kind of what it undoes. */
const ofCustomers = { kind: { in: ["sold", "returned"] } };

/** Sums over entries that are alike in what the report tells apart. */
interface Cell {
  readonly currency: string;
  readonly decimals: number;
  readonly quantity: number;
  readonly unknown: number;
  readonly owed: number;
  readonly value: number;
  readonly millionths: number;
}

/** What the goods sold in a time cost, with what was settled or corrected in it. */
export async function costOfGoodsSold(reads: Reads, options: CostOfGoodsSoldOptions, now: number): Promise<Report<CostOfGoodsSoldFigures>> {
  const { by, timeZone, from, to, ...filter } = parseCostOfGoodsSold(options);
  const scope = await scopeOf(reads, filter, by.includes("category") || by.includes("sku"));
  const span = await spanOf(reads, { ...scope.where, ...ofCustomers }, { from, to }, now, costEntries.name);
  const cut = cutOf(scope, span, by, timeZone);
  const cells = await readCells(reads, cut, {
    log: costEntries.name,
    where: ofCustomers,
    by: ["currency", "decimals"],
    measures: costSums,
  });
  const valueBy = (cell: Cell, dimension: ReportDimension) => cellValue(cut, cell as never, dimension);
  return {
    name: "costOfGoodsSold",
    by,
    columns,
    ...span,
    ...rollUp(cells as readonly unknown[] as readonly Cell[], { by, scope, valueBy, start, add, end }),
  };
}

const start = () => ({ quantity: quantitySum(), cost: amountSum(), unknown: quantitySum(), unsettled: quantitySum() });

type Sums = ReturnType<typeof start>;

/** Entries are what sales did to stock: the other way round. */
function add(sums: Sums, cell: Cell): void {
  const { decimals } = cell;
  sums.quantity.add(-cell.quantity, decimals);
  sums.cost.add(-amountOf(cell), cell.currency);
  sums.unknown.add(-cell.unknown, decimals);
  sums.unsettled.add(cell.owed, decimals);
}

const end = ({ quantity, cost, unknown, unsettled }: Sums): CostOfGoodsSoldFigures => ({
  quantity: quantity.total(),
  cost: cost.totals(),
  unknown: unknown.total(),
  unsettled: unsettled.total(),
});
