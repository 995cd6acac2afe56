import { addDays, calendarOf, daysFrom } from "../../domain/forecasts/days";
import { movements } from "../../domain/stock/tables";
import { InventoryError } from "../../errors";
import type { Grouping, Reads, Where } from "../../ports/storage";
import { tooLarge } from "./limits";
import type { ReportDimension } from "./types";

/** A span of time, epoch milliseconds: from `from` on, before `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Intervals of a calendar, as a storage groups by them and as people name them. */
export interface Buckets {
  readonly grouping: Grouping;
  label(interval: number): string;
  /** The interval of a time in the span. */
  intervalOf(time: number): number;
  /** The part of a span that an interval covers. */
  span(interval: number): Span;
}

/** How long one bucket is: the first date of the one a date lies in, and of the one after. */
interface Step {
  readonly first: (date: string) => string;
  readonly next: (first: string) => string;
  readonly label: (first: string) => string;
}

const sameDate = (date: string): string => date;

const steps: Readonly<Partial<Record<ReportDimension, Step>>> = {
  day: { first: sameDate, next: (date) => addDays(date, 1), label: sameDate },
  week: { first: (date) => addDays(date, -((new Date(date).getUTCDay() + 6) % 7)), next: (date) => addDays(date, 7), label: sameDate },
  month: {
    first: (date) => `${date.slice(0, 7)}-01`,
    next: (date) => `${addDays(date, 31).slice(0, 7)}-01`,
    label: (date) => date.slice(0, 7),
  },
};

/** The end of a period that holds what occurs this very moment. */
export const after = (now: number): number => now + 1;

const maximumBuckets = 1_000;

/** Whether a dimension is one of time. */
export const isTime = (dimension: ReportDimension): boolean => steps[dimension] !== undefined;

/** When a report begins and ends, where its caller leaves it open: with the first movement (or entry of another log), and now. */
export async function spanOf(
  reads: Reads,
  where: Where,
  { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined },
  now: number,
  log: string = movements.name,
): Promise<Span> {
  const end = to ?? after(now);
  if (from !== undefined && from > end) throw invalid("from", "must not be after the end of the period");
  if (from !== undefined) return { from, to: end };
  const [oldest] = await reads.aggregate(log, { where, by: [], measures: { first: { min: "occurredAt" } } });
  return { from: Math.min((oldest?.first as number | undefined) ?? end, end), to: end };
}

/** The days, weeks or months of a span. */
export function bucketsOf(dimension: ReportDimension, span: Span, timeZone: string): Buckets {
  const calendar = calendarOf(timeZone);
  if (!calendar) throw invalid("timeZone", "must be an IANA time zone such as Europe/Berlin");
  const { first, next, label } = steps[dimension] as Step;
  const dates: string[] = [];
  const bounds: number[] = [];
  for (let date = first(calendar(span.from)); ; date = next(date)) {
    const [start] = daysFrom(date, 1, calendar).starts as [number];
    if (dates.length > 0 && start >= span.to) break;
    if (dates.length === maximumBuckets) throw tooLarge(`more than ${maximumBuckets} periods`);
    dates.push(date);
    bounds.push(start);
  }
  return {
    grouping: { column: "occurredAt", bounds, as: "interval" },
    intervalOf: (time) => bounds.findLastIndex((bound) => bound <= time) + 1,
    label: (interval) => label(dates[interval - 1] as string),
    span: (interval) => ({
      from: Math.max(span.from, bounds[interval - 1] as number),
      to: Math.min(span.to, bounds[interval] ?? span.to),
    }),
  };
}

const invalid = (path: string, message: string): InventoryError => new InventoryError("INVALID_INPUT", { issues: [{ path, message }] });
