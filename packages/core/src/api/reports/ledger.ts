import { movements } from "../../domain/stock/tables";
import type { AggregateRow, Aggregation, Grouping, Reads, Where } from "../../ports/storage";
import type { Scope } from "./catalogue";
import { maximumGroups, tooLarge } from "./limits";
import { type Buckets, bucketsOf, isTime, type Span } from "./period";
import type { ReportDimension } from "./types";

/** What a report asks the ledger, beside what it is grouped by. */
export interface LedgerQuestion {
  readonly where: Where;
  readonly by: readonly string[];
  readonly measures: Aggregation["measures"];
}

/** A part of the ledger and how it is grouped. */
export interface Cut {
  readonly scope: Scope;
  readonly span: Span;
  readonly by: readonly ReportDimension[];
  readonly buckets: Buckets | undefined;
  /** Whether cells are of one product each. */
  readonly bySku: boolean;
  /** Whether cells are of one category each, where they are not of one product. */
  readonly byCategory: boolean;
}

export function cutOf(scope: Scope, span: Span, by: readonly ReportDimension[], timeZone: string): Cut {
  const time = by.find(isTime);
  const bySku = scope.bySku || by.includes("sku");
  return { scope, span, by, bySku, byCategory: !bySku && by.includes("category"), buckets: time && bucketsOf(time, span, timeZone) };
}

/** Asks the ledger in one question: a cell for each group, of products that the report is about. */
export async function readCells(reads: Reads, cut: Cut, question: LedgerQuestion): Promise<readonly AggregateRow[]> {
  const { scope, span, by, buckets, bySku, byCategory } = cut;
  const groups: Grouping[] = [...question.by, ...(bySku ? ["sku"] : []), ...(by.includes("storeId") ? ["storeId"] : [])];
  if (byCategory) groups.push({ column: "sku", names: scope.categories(), as: "category" });
  const rows = await reads.aggregate(movements.name, {
    where: { ...scope.where, occurredAt: { gte: span.from, lt: span.to }, ...question.where },
    by: buckets ? [...groups, buckets.grouping] : groups,
    measures: question.measures,
    limit: maximumGroups + 1,
  });
  if (rows.length > maximumGroups) throw tooLarge(`more than ${maximumGroups} groups`);
  return bySku ? rows.filter((row) => scope.has(row.sku as string)) : rows;
}

/** What a cell is by a dimension. */
export function cellValue({ scope, buckets }: Cut, cell: AggregateRow, dimension: ReportDimension): string | null {
  if (dimension === "category" && cell.category !== undefined) return cell.category as string | null;
  if (dimension === "category") return scope.fact(cell.sku as string)?.category ?? null;
  if (dimension === "sku" || dimension === "storeId") return cell[dimension] as string;
  return (buckets as Buckets).label(cell.interval as number);
}
