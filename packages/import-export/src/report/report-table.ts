import type { Money, Report, ReportColumn, ReportGroup } from "@onhand/core";
import { type Cell, timeText } from "../export/table";
import { currencyDecimals, minorText } from "../map/cells";

/** Anything a report can be. */
export type AnyReport = Report<object>;

/** A line of a report as it is printed. */
export interface ReportLine {
  /** What it is: a row, or what rows add up to. */
  readonly kind: "row" | "subtotal" | "total";
  readonly cells: readonly Cell[];
}

/** A column of a report as it is printed: money has one for each currency. */
interface Shown {
  readonly header: string;
  readonly numeric: boolean;
  readonly cell: (row: Readonly<Record<string, unknown>>) => Cell;
}

/** Headers, which of them hold numbers, and lines: each sub-total behind the rows it adds up, the totals last. */
export function reportTable(report: AnyReport, withTotals: boolean) {
  const groups = report.by.flatMap((dimension): string[] => (dimension === "sku" ? ["sku", "name"] : [dimension]));
  const figures = report.columns.flatMap((column) => shownColumns(report, column));
  const shown = [...groups.map(groupColumn), ...figures];
  const lineOf = (kind: ReportLine["kind"], row: object): ReportLine => ({ kind, cells: shown.map(({ cell }) => cell(row as never)) });

  function* lines(): Generator<ReportLine> {
    if (!withTotals) {
      for (const row of report.rows) yield lineOf("row", row);
      return;
    }
    const subtotals = new Map(report.subtotals.map((row) => [groupName(report, row, Object.keys(row)), row]));
    for (const [index, row] of report.rows.entries()) {
      yield lineOf("row", row);
      const next = report.rows[index + 1];
      for (let depth = report.by.length - 1; depth > 0; depth--) {
        const own = report.by.slice(0, depth);
        const name = groupName(report, row, own);
        if (next && groupName(report, next, own) === name) break;
        const subtotal = subtotals.get(name);
        if (subtotal) yield labelled(lineOf("subtotal", subtotal), groups.indexOf(report.by[depth] as string));
      }
    }
    yield labelled(lineOf("total", report.totals), 0);
  }

  return { header: shown.map(({ header }) => header), numeric: shown.map(({ numeric }) => numeric), lines };
}

/** The values a row is grouped by, as one text. */
const groupName = ({ by }: AnyReport, row: ReportGroup, own: readonly string[]): string =>
  JSON.stringify(by.filter((dimension) => own.includes(dimension)).map((dimension) => row[dimension] ?? null));

/** A sum says so in the first column it has no value for. */
const labelled = ({ kind, cells }: ReportLine, place: number): ReportLine => ({
  kind,
  cells: cells.map((cell, index) => (index === place ? "Total" : cell)),
});

const groupColumn = (name: string): Shown => ({
  header: name,
  numeric: false,
  cell: (row) => (row[name] as string | null | undefined) ?? undefined,
});

function shownColumns(report: AnyReport, { name, kind }: ReportColumn): Shown[] {
  if (kind === "money") {
    const currencies = new Set<string>();
    for (const row of [...report.rows, report.totals]) for (const { currency } of moneyOf(row, name)) currencies.add(currency);
    return [...currencies].sort().map((currency) => ({
      header: `${name} ${currency}`,
      numeric: true,
      cell: (row) => amountText(moneyOf(row, name).find((money) => money.currency === currency)),
    }));
  }
  const value = (row: Readonly<Record<string, unknown>>) => row[name] as Cell;
  if (kind === "time") return [{ header: name, numeric: false, cell: (row) => timeText((value(row) as number | undefined) ?? 0) }];
  return [{ header: name, numeric: kind !== "text", cell: value }];
}

const moneyOf = (row: object, name: string): readonly Money[] => (row as Readonly<Record<string, readonly Money[]>>)[name] ?? [];

/** In the currency's main unit. */
const amountText = (money: Money | undefined): Cell => money && Number(minorText(money.amount, currencyDecimals(money.currency) ?? 2));
