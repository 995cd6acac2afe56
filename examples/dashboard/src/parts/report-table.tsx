import type { Report, ReportDimension, ReportGroup } from "@onhand/core";
import { useState } from "react";
import { usePlaceNames } from "../hooks/use-place-names";
import { formatFigure, nameColumn, nameDimension, nameGroup } from "../model/reports";
import { More } from "./page";

type Figures = Readonly<Record<string, unknown>>;
type Row = ReportGroup & Figures;
export type AnyReport = Report<Figures>;

const atOnce = 200;

/** A report: its rows, each group's sub-total behind it, and the total. */
export function ReportTable({ report }: { readonly report: AnyReport }) {
  const placeName = usePlaceNames();
  const [shown, setShown] = useState(atOnce);
  const { by, columns, rows, totals } = report;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className="panel overflow-x-auto" aria-label="Figures" tabIndex={0}>
        <table className="w-full text-sm" data-testid="report">
          <thead className="border-line border-b text-soft text-xs">
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
          <tbody className="divide-y divide-line">
            {withSubtotals(report)
              .slice(0, shown)
              .map(({ row, dimensions }) => (
                <tr
                  key={`${dimensions.length}/${by.map((dimension) => row[dimension]).join("/")}`}
                  className={dimensions.length < by.length ? "bg-well font-semibold" : ""}
                >
                  {by.map((dimension, index) => (
                    <td key={dimension} className="max-w-72 truncate px-4 py-2">
                      {index < dimensions.length ? nameGroup(row, dimension, placeName) : index === dimensions.length ? "together" : ""}
                    </td>
                  ))}
                  <FigureCells report={report} row={row} />
                </tr>
              ))}
          </tbody>
          <tfoot className="border-line border-t-2 font-semibold">
            <tr>
              <th scope="row" colSpan={by.length} className="px-4 py-2.5 text-left">
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
    <td key={column.name} className="whitespace-nowrap px-4 py-2 text-right">
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
