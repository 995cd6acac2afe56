/** Days of a calendar, one after the other. */
export interface Days {
  /** As `YYYY-MM-DD`. */
  readonly dates: readonly string[];
  /** When each begins, in epoch milliseconds, and as the last entry when the last one ends. */
  readonly starts: readonly number[];
}

const dayMs = 86_400_000;
/** No place on earth is further from UTC. */
const widestOffsetMs = 15 * 3_600_000;

/** Which day it is somewhere at a time. */
export type Calendar = (time: number) => string;

/** The calendar of an IANA time zone; undefined when there is no such zone. */
export function calendarOf(timeZone: string): Calendar | undefined {
  if (timeZone === "UTC") return (time) => new Date(time).toISOString().slice(0, 10);
  try {
    const format = new Intl.DateTimeFormat("en-CA", { timeZone, calendar: "iso8601", year: "numeric", month: "2-digit", day: "2-digit" });
    return (time) => {
      const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
      return `${parts.year}-${parts.month}-${parts.day}`;
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The date so many days later. */
export const addDays = (date: string, count: number): string => new Date(Date.parse(date) + count * dayMs).toISOString().slice(0, 10);

/** So many dates, from `first` on. */
export const datesFrom = (first: string, count: number): string[] => Array.from({ length: count }, (_, index) => addDays(first, index));

/** How many days later `to` is than `from`. */
export const daysUntil = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / dayMs;

/** So many days, from `first` on. A day is as long as the zone's clocks make it: 23 to 25 hours where they change. */
export function daysFrom(first: string, count: number, calendar: Calendar): Days {
  const dates = datesFrom(first, count);
  const starts: number[] = [];
  for (const date of [...dates, addDays(first, count)]) starts.push(startOf(date, calendar, starts.at(-1)));
  return { dates, starts };
}

/** The first moment of a date. */
function startOf(date: string, calendar: Calendar, before: number | undefined): number {
  const begins = (time: number): boolean => calendar(time) === date && calendar(time - 1) < date;
  const midnight = Date.parse(date);
  if (before !== undefined && begins(before + dayMs)) return before + dayMs;
  if (begins(midnight)) return midnight;
  // Where clocks change at midnight the day may begin at any hour, so its beginning is looked for.
  let early = midnight - widestOffsetMs;
  let late = midnight + widestOffsetMs;
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (calendar(middle) < date) early = middle;
    else late = middle;
  }
  return late;
}

/** Which of the days a time falls on; -1 before the first and after the last. */
export function dayIndex({ starts }: Days, time: number): number {
  const end = starts.at(-1) as number;
  if (time >= end || time < (starts[0] as number)) return -1;
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= time) low = middle;
    else high = middle;
  }
  return low;
}
