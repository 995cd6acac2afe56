import type { Report, ReportDimension, ReportGroup } from "@onhand/core";
import { useState } from "react";
import { usePlaceNames } from "../hooks/use-place-names";
import { formatFigure, nameColumn, nameDimension, nameGroup } from "../model/reports";
import { More } from "./page";

type Figures = Readonly<Record<string, unknown>>;
type Row = ReportGroup & Figures;
export type AnyReport = Report<Figures>;

const atOnce = 200;

// A phone has no room for columns: there each row is a card, and each figure says what it is.
const stacked = "max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-6 max-sm:gap-y-1 max-sm:px-4 max-sm:py-3";

/** A report: its rows, each group's sub-total behind it, and the total. */
export function ReportTable({ report }: { readonly report: AnyReport }) {
  const placeName = usePlaceNames();
  const [shown, setShown] = useState(atOnce);
  const { by, columns, rows, totals } = report;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className="panel overflow-x-auto" aria-label="Figures" tabIndex={0}>
        <table className="w-full text-sm max-sm:block" data-testid="report">
          <thead className="border-line border-b text-soft text-xs max-sm:sr-only">
            <tr>
              {by.map((dimension) => (
                <th key={dimension} scope="col" className="whitespace-nowrap px-4 py-2.5 text-left font-medium">
                  {nameDimension(dimension)}
                </th>
              ))}
              {columns.map((column) => (
                <th key={column.name} scope="col" className="whitespace-nowrap px-4 py-2.5 text-right font-medium">
                  {nameColumn(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line max-sm:block">
            {withSubtotals(report)
              .slice(0, shown)
              .map(({ row, dimensions }) => (
                <tr
                  key={`${dimensions.length}/${by.map((dimension) => row[dimension]).join("/")}`}
                  className={`${stacked} ${dimensions.length < by.length ? "bg-well font-semibold" : ""}`}
                >
                  {by.map((dimension, index) => (
                    <td
                      key={dimension}
                      className={`max-w-72 px-4 py-2 max-sm:p-0 max-sm:font-medium sm:truncate ${by.length === 1 ? "max-sm:col-span-2" : ""}`}
                    >
                      {index < dimensions.length ? nameGroup(row, dimension, placeName) : index === dimensions.length ? "together" : ""}
                    </td>
                  ))}
                  <FigureCells report={report} row={row} />
                </tr>
              ))}
          </tbody>
          <tfoot className="border-line border-t-2 font-semibold max-sm:block">
            <tr className={stacked}>
              <th scope="row" colSpan={by.length} className="px-4 py-2.5 text-left max-sm:col-span-2 max-sm:p-0">
                Total
              </th>
              <FigureCells report={report} row={totals} />
            </tr>
          </tfoot>
        </table>
      </section>
      <More onMore={rows.length > shown ? () => setShown(shown + atOnce) : undefined} />
    </>
  );
}

function FigureCells({ report: { columns }, row }: { readonly report: AnyReport; readonly row: Figures }) {
  return columns.map((column) => (
    <td
      key={column.name}
      data-name={nameColumn(column)}
      className="whitespace-nowrap px-4 py-2 text-right max-sm:flex max-sm:flex-wrap max-sm:justify-between max-sm:p-0 max-sm:before:text-soft max-sm:before:content-[attr(data-name)]"
    >
      {formatFigure(column, row[column.name])}
    </td>
  ));
}

interface Placed {
  readonly row: Row;
  /** What the row is about: all dimensions, or of a sub-total the first of them. */
  readonly dimensions: readonly ReportDimension[];
}

/** The rows, and behind the last of each group what the group comes to. */
function withSubtotals({ by, rows, subtotals }: AnyReport): readonly Placed[] {
  const beginnings = by
    .slice(0, -1)
    .map((_, index) => by.slice(0, index + 1))
    .toReversed();
  const key = (row: Row, dimensions: readonly ReportDimension[]) => JSON.stringify(dimensions.map((dimension) => row[dimension] ?? null));
  const sums = new Map(
    subtotals.map((row) => {
      const dimensions = by.filter((dimension) => row[dimension] !== undefined);
      return [key(row, dimensions), row] as const;
    }),
  );
  return rows.flatMap((row, index) => {
    const next = rows[index + 1];
    const ending = beginnings.filter((dimensions) => !next || key(next, dimensions) !== key(row, dimensions));
    const behind = ending.flatMap((dimensions): Placed[] => {
      const sum = sums.get(key(row, dimensions));
      return sum ? [{ row: sum, dimensions }] : [];
    });
    return [{ row, dimensions: by }, ...behind];
  });
}
