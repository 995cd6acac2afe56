import type { Value } from "../../domain/shared/rows";
import { movements } from "../../domain/stock/tables";
import type { AggregateRow, Aggregation, Grouping, Reads, Where } from "../../ports/storage";
import type { Scope } from "./catalogue";
import { maximumGroups, tooLarge } from "./limits";
import { type Buckets, bucketsOf, isTime, type Span } from "./period";
import type { ReportDimension } from "./types";

/** What a report asks the ledger, beside what it is grouped by. */
export interface LedgerQuestion {
  /** Which log is asked; movements unless said. */
  readonly log?: string;
  readonly where: Where;
  readonly by: readonly string[];
  readonly measures: Aggregation["measures"];
}

/** How rows about goods are grouped: levels as well as movements. */
export interface Sorting {
  readonly scope: Scope;
  readonly by: readonly ReportDimension[];
  /** Whether cells are of one product each. */
  readonly bySku: boolean;
  /** Whether cells are of one category each, where they are not of one product. */
  readonly byCategory: boolean;
}

/** A part of the ledger and how it is grouped. */
export interface Cut extends Sorting {
  readonly span: Span;
  readonly buckets: Buckets | undefined;
}

export function sortingOf(scope: Scope, by: readonly ReportDimension[]): Sorting {
  const bySku = scope.bySku || by.includes("sku");
  return { scope, by, bySku, byCategory: !bySku && by.includes("category") };
}

export function cutOf(scope: Scope, span: Span, by: readonly ReportDimension[], timeZone: string): Cut {
  const time = by.find(isTime);
  return { ...sortingOf(scope, by), span, buckets: time && bucketsOf(time, span, timeZone) };
}

/** What tells cells apart, but for time. */
export const groupsOf = ({ scope, by, bySku, byCategory }: Sorting): readonly Grouping[] => [
  ...(bySku ? ["sku"] : []),
  ...(by.includes("storeId") ? ["storeId"] : []),
  ...(byCategory ? [{ column: "sku", names: scope.categories(), as: "category" }] : []),
];

/** Cells of products that the report is about. */
export const inScope = <Cell extends { readonly sku?: unknown }>({ scope, bySku }: Sorting, cells: readonly Cell[]): readonly Cell[] =>
  bySku ? cells.filter((cell) => scope.has(cell.sku as string)) : cells;

/** Asks the ledger in one question: a cell for each group, of products that the report is about. */
export async function readCells(reads: Reads, cut: Cut, question: LedgerQuestion): Promise<readonly AggregateRow[]> {
  const { scope, span, buckets } = cut;
  const groups = [...question.by, ...groupsOf(cut)];
  const rows = await reads.aggregate(question.log ?? movements.name, {
    where: { ...scope.where, occurredAt: { gte: span.from, lt: span.to }, ...question.where },
    by: buckets ? [...groups, buckets.grouping] : groups,
    measures: question.measures,
    limit: maximumGroups + 1,
  });
  if (rows.length > maximumGroups) throw tooLarge(`more than ${maximumGroups} groups`);
  return inScope(cut, rows);
}

/** What a cell is by a dimension. */
export function cellValue(
  { scope, buckets }: { readonly scope: Scope; readonly buckets?: Buckets | undefined },
  cell: { readonly [Field in "sku" | "category" | "storeId" | "interval"]?: Value },
  dimension: ReportDimension,
): string | null {
  if (dimension === "category" && cell.category !== undefined) return cell.category as string | null;
  if (dimension === "category") return scope.fact(cell.sku as string)?.category ?? null;
  if (dimension === "sku" || dimension === "storeId") return cell[dimension] as string;
  return (buckets as Buckets).label(cell.interval as number);
}
