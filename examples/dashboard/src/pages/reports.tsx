import type { Money, ReportDimension } from "@onhand/core";
import { Download } from "lucide-react";
import { useLocation, useParams, useSearchParams } from "wouter";
import { useDesk } from "../desk";
import { formats, useDownload } from "../hooks/use-download";
import { usePlaceNames } from "../hooks/use-place-names";
import { type ReportRequest, useReport } from "../hooks/use-report";
import { formatFigure, isReportName, nameColumn, nameDimension, nameGroup, type ReportName, reports } from "../model/reports";
import { Bars } from "../parts/bars";
import { Button } from "../parts/button";
import { Field } from "../parts/field";
import { Nothing, Page } from "../parts/page";
import { type AnyReport, ReportTable } from "../parts/report-table";

const dayMs = 86_400_000;
const spans = [7, 28, 56, 365] as const;
const usualSpan = "28";

/** One report at a time; which one, and how it is grouped, is in the address. */
export function ReportsPage() {
  const { name: named = "" } = useParams<{ name?: string }>();
  const name: ReportName = isReportName(named) ? named : "salesByCategory";
  const [chosen, choose] = useSearchParams();
  const [, goTo] = useLocation();
  const { storeId } = useDesk();
  const { about, by: groupings } = reports[name];
  const by = groupings.find((dimensions) => dimensions.join() === chosen.get("by")) ?? groupings[0];
  const span = Number(chosen.get("days") ?? usualSpan);
  const request = requestOf({ about, by, span, storeId });
  const { data: report, status, error } = useReport(name, request);
  const { busy, download } = useDownload();
  const set = (field: string, value: string) => choose((before) => new URLSearchParams({ ...Object.fromEntries(before), [field]: value }));

  return (
    <Page
      title="Reports"
      actions={formats.map((format) => (
        <Button key={format} disabled={busy || !report} onClick={() => download({ name, request, format })}>
          <Download size={15} aria-hidden /> {format.toUpperCase()}
        </Button>
      ))}
    >
      <div className="grid gap-3 sm:grid-cols-3 lg:max-w-3xl">
        <Field name="Report">
          <select value={name} onChange={(event) => goTo(`/reports/${event.target.value}`)} className="field w-full py-0">
            {Object.entries(reports).map(([option, { name: text }]) => (
              <option key={option} value={option}>
                {text}
              </option>
            ))}
          </select>
        </Field>
        <Field name="By">
          <select value={by.join()} onChange={(event) => set("by", event.target.value)} className="field w-full py-0">
            {groupings.map((dimensions) => (
              <option key={dimensions.join()} value={dimensions.join()}>
                {dimensions.map(nameDimension).join(", ")}
              </option>
            ))}
          </select>
        </Field>
        {about !== "now" && (
          <Field name="Days back">
            <select value={span} onChange={(event) => set("days", event.target.value)} className="field w-full py-0">
              {spans.map((days) => (
                <option key={days} value={days}>
                  {days === 365 ? "a year" : `${days} days`}
                </option>
              ))}
            </select>
          </Field>
        )}
      </div>
      {!report || report.rows.length === 0 ? (
        <Nothing status={status === "pending" ? "loading" : status === "error" ? "refused" : "ready"} error={error}>
          There is nothing to report.
        </Nothing>
      ) : (
        <>
          {withoutCost(report) && <p className="text-sm text-soft">The cost of some goods is not known; they are in no value here.</p>}
          <Chart report={report} figure={reports[name].chart} />
          <ReportTable key={name} report={report} />
        </>
      )}
    </Page>
  );
}

/** Whether a report on cost leaves goods out: those nobody knows the cost of, and those that were sold before they came in. */
const withoutCost = ({ rows }: AnyReport): boolean => rows.some(({ unknown = 0, unsettled = 0 }) => unknown !== 0 || unsettled !== 0);

const mostBars = 8;

function Chart({ report, figure }: { readonly report: AnyReport; readonly figure: string }) {
  const placeName = usePlaceNames();
  const column = report.columns.find(({ name }) => name === figure);
  const [dimension] = report.by;
  if (!column || !dimension) return null;
  // Where there are several dimensions, the first one's sub-totals are the picture; days and weeks keep their order.
  const groups =
    report.by.length > 1 ? report.subtotals.filter((row) => report.by.slice(1).every((other) => row[other] === undefined)) : report.rows;
  const bars = groups.map((row) => ({
    name: nameGroup(row, dimension, placeName),
    value: Math.max(0, sizeOf(row[figure])),
    text: formatFigure(column, row[figure]),
  }));
  const isTime = dimension === "day" || dimension === "week" || dimension === "month";
  const shown = isTime ? bars.slice(-2 * mostBars) : bars.toSorted((a, b) => b.value - a.value).slice(0, mostBars);
  return <Bars name={`${nameColumn(column)} by ${nameDimension(dimension).toLowerCase()}`} bars={shown} />;
}

/** How long a bar is. Amounts of several currencies have no length in common; the first is drawn, and all are written beside it. */
const sizeOf = (figure: unknown): number => (Array.isArray(figure) ? ((figure as readonly Money[])[0]?.amount ?? 0) : Number(figure ?? 0));

interface Wanted {
  readonly about: (typeof reports)[ReportName]["about"];
  readonly by: readonly ReportDimension[];
  readonly span: number;
  readonly storeId: string | undefined;
}

/** What is asked of the server. A period begins with a day, so that an answer holds for a while. */
function requestOf({ about, by, span, storeId }: Wanted): ReportRequest {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const midnight = new Date(Date.now() - span * dayMs).setHours(0, 0, 0, 0);
  return {
    by,
    ...(storeId !== undefined && { storeId }),
    ...(about === "period" && { from: new Date(midnight).toISOString() }),
    ...(about === "period" && by.some((dimension) => dimension === "day" || dimension === "week" || dimension === "month") && { timeZone }),
    ...(about === "days" && { days: span }),
  };
}
