import * as z from "zod";
import { addDays, type Calendar, calendarOf, daysFrom, daysUntil } from "../domain/forecasts/days";
import { demandTypes, foldDemand } from "../domain/forecasts/demand";
import { keyText } from "../domain/shared/rows";
import { type MovementRow, movements } from "../domain/stock/tables";
import { InventoryError } from "../errors";
import type { Condition, Reads, Where } from "../ports/storage";
import { pagesOf } from "./paging";

/** How demand is read out of the ledger, as every question about it is asked. */
export const readingFields = {
  historyDays: z.int().min(1).max(3_650).default(365),
  timeZone: z.string().max(64).default("UTC"),
  seasonLength: z.int().min(1).max(366).default(7),
};

/** Whose demand, over how long. */
export interface HistoryQuery {
  readonly skus: readonly string[];
  /** Demand of each of these stores by itself; of all added up unless given. */
  readonly storeIds?: readonly string[] | undefined;
  /** The day after the last one. */
  readonly until: string;
  /** How many days at most. */
  readonly days: number;
}

/** Finds the history of a product, at a store where stores were given. */
export type Histories = (of: { readonly sku: string; readonly storeId?: string | undefined }) => DemandHistory;

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

/** Reads daily demand out of the ledger: for any number of products in three questions, a page of movements at a time. */
export async function readDemand(reads: Reads, calendar: Calendar, query: HistoryQuery): Promise<Histories> {
  const { skus, storeIds, until, days: wanted } = query;
  const nameOf = (of: { readonly sku: string; readonly storeId?: string | undefined }): string =>
    storeIds ? keyText([of.sku, of.storeId as string]) : of.sku;
  const at: Where = { sku: oneOf(skus), ...(storeIds && { storeId: oneOf(storeIds) }) };
  const by = storeIds ? ["sku", "storeId"] : ["sku"];
  const oldest = await reads.aggregate(movements.name, { where: at, by, measures: { first: { min: "occurredAt" } } });
  // Days before a product first moved are not days without demand.
  const ages = new Map(
    oldest.map((row) => [
      nameOf(row as { sku: string; storeId?: string }),
      Math.min(wanted, daysUntil(calendar(row.first as number), until)),
    ]),
  );
  const longest = Math.max(0, ...ages.values());
  const days = daysFrom(addDays(until, -longest), longest, calendar);
  const reversed = new Set<string>();
  for await (const row of rowsOf(reads, { ...at, reverses: { not: null } })) reversed.add(row.reverses as string);
  const folds = new Map(Array.from(ages.keys(), (name) => [name, foldDemand(days, reversed)]));
  const within = { gte: days.starts[0] as number, lt: days.starts.at(-1) as number };
  for await (const row of rowsOf(reads, { ...at, type: { in: [...demandTypes] }, occurredAt: within })) folds.get(nameOf(row))?.add(row);
  return (of) => {
    const age = Math.max(0, ages.get(nameOf(of)) ?? 0);
    return { startsOn: addDays(until, -age), series: age === 0 ? [] : (folds.get(nameOf(of))?.series() ?? []).slice(-age) };
  };
}

const oneOf = (values: readonly string[]): Condition => (values.length === 1 ? (values[0] as string) : { in: values });

async function* rowsOf(reads: Reads, where: Where): AsyncIterable<MovementRow> {
  for await (const page of pagesOf<MovementRow>(reads, movements, { where, limit: pageSize })) yield* page;
}
