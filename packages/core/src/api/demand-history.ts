import { addDays, type Calendar, calendarOf, daysFrom, daysUntil } from "../domain/forecasts/days";
import { demandTypes, foldDemand } from "../domain/forecasts/demand";
import type { Row, Value } from "../domain/shared/rows";
import { type MovementRow, movements } from "../domain/stock/tables";
import { InventoryError } from "../errors";
import type { Reads, Where } from "../ports/storage";

/** Whose demand, over how long. */
export interface HistoryQuery {
  readonly sku: string;
  readonly storeId?: string | undefined;
  /** The day after the last one. */
  readonly until: string;
  /** How many days at most. */
  readonly days: number;
}

/** Demand of every day from the first on which the product was there. */
export interface DemandHistory {
  readonly startsOn: string;
  readonly series: readonly number[];
}

const pageSize = 5_000;

/** The calendar of a zone a caller named. */
export function requireCalendar(timeZone: string): Calendar {
  const calendar = calendarOf(timeZone);
  if (calendar) return calendar;
  throw new InventoryError("INVALID_INPUT", { issues: [{ path: "timeZone", message: "must be an IANA time zone such as Europe/Berlin" }] });
}

/** Reads daily demand out of the ledger, a page of movements at a time. */
export async function readDemand(
  reads: Reads,
  calendar: Calendar,
  { sku, storeId, until, days: wanted }: HistoryQuery,
): Promise<DemandHistory> {
  const at: Where = { sku, ...(storeId !== undefined && { storeId }) };
  const [oldest] = await reads.aggregate(movements.name, { where: at, by: ["sku"], measures: { first: { min: "occurredAt" } } });
  if (!oldest) return { startsOn: until, series: [] };
  // Days before the product first moved are not days without demand.
  const count = Math.min(wanted, daysUntil(calendar(oldest.first as number), until));
  if (count <= 0) return { startsOn: until, series: [] };
  const days = daysFrom(addDays(until, -count), count, calendar);
  const reversed = new Set<string>();
  for await (const row of rowsOf(reads, { ...at, reverses: { not: null } })) reversed.add(row.reverses as string);
  const fold = foldDemand(days, reversed);
  const within = { gte: days.starts[0] as number, lt: days.starts.at(-1) as number };
  for await (const row of rowsOf(reads, { ...at, type: { in: [...demandTypes] }, occurredAt: within })) fold.add(row);
  return { startsOn: days.dates[0] as string, series: fold.series() };
}

async function* rowsOf(reads: Reads, where: Where): AsyncIterable<MovementRow> {
  let after: readonly Value[] | undefined;
  for (;;) {
    const page: { readonly rows: readonly Row[]; readonly more: boolean } = await reads.find(movements.name, {
      where,
      limit: pageSize,
      ...(after && { after }),
    });
    yield* page.rows as readonly MovementRow[];
    const last = page.rows.at(-1);
    if (!page.more || !last) return;
    after = movements.key.map((column) => last[column] as Value);
  }
}
