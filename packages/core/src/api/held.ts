import { mayHaveExpired } from "../domain/reservations/expiry";
import { heldOf, type ReservationEventRow, type ReservationRow, reservationEvents, reservations } from "../domain/reservations/tables";
import { levelKey } from "../domain/shared/level-key";
import { keyOf, type Row, type TableDefinition } from "../domain/shared/rows";
import { type LevelRow, levels } from "../domain/stock/tables";
import type { Page, Query, Reads } from "../ports/storage";

/** Levels of one snapshot, and where the ledger stood in it. */
export interface LevelsRead {
  readonly rows: readonly Row[];
  readonly head: number;
}

const pageSize = 1_000;
/** Whoever changes a level settles what has run out there, so a second look nearly always finds nothing left to take off. */
const maximumLooks = 5;

/**
 * Levels as they are now: promises that have run out are taken off, though nobody wrote it down yet. Asks nothing
 * more of the storage unless one may have.
 *
 * @param reads - answers no older than `head`.
 */
export async function withoutExpiredHolds(reads: Reads, read: LevelsRead, now: number, looks = maximumLooks): Promise<readonly LevelRow[]> {
  const { head } = read;
  const rows = read.rows as readonly LevelRow[];
  const doubtful = rows.filter((row) => mayHaveExpired(row, now));
  if (doubtful.length === 0 || looks === 0) return rows;
  const at = { sku: { in: distinct(doubtful, "sku") }, storeId: { in: distinct(doubtful, "storeId") } };
  const expired = await readAll<ReservationRow>(reads, reservations, { where: { ...at, status: "active", expiresAt: { lte: now } } });
  const free = new Map<string, number>();
  for (const row of expired.rows) free.set(levelKey(row), (free.get(levelKey(row)) ?? 0) + heldOf(row));
  // Two questions are two moments: a level whose promises changed in between is looked at again.
  const since = { ...at, seq: { gt: head, lte: expired.head } };
  const between = expired.head > head ? await readAll<ReservationEventRow>(reads, reservationEvents, { where: since }) : undefined;
  const changed = new Set(between?.rows.map(levelKey));
  return Promise.all(
    rows.map((row) => {
      const name = levelKey(row);
      if (changed.has(name) && mayHaveExpired(row, now)) return readAgain(reads, row, now, looks - 1);
      const over = free.get(name);
      return over === undefined ? row : { ...row, reserved: row.reserved - over };
    }),
  );
}

async function readAgain(reads: Reads, { sku, storeId }: LevelRow, now: number, looks: number): Promise<LevelRow> {
  const read = await reads.find(levels.name, { where: { sku, storeId }, limit: 1 });
  return (await withoutExpiredHolds(reads, read, now, looks))[0] as LevelRow;
}

/** Every row that matches, with the newest head among the pages. */
async function readAll<R extends Row>(
  reads: Reads,
  table: TableDefinition,
  query: Omit<Query, "limit" | "after">,
): Promise<{ readonly rows: readonly R[]; readonly head: number }> {
  const rows: R[] = [];
  let head = 0;
  for (;;) {
    const last = rows.at(-1);
    const page: Page = await reads.find(table.name, { ...query, limit: pageSize, ...(last && { after: keyOf(table, last) }) });
    rows.push(...(page.rows as readonly R[]));
    head = Math.max(head, page.head);
    if (!page.more) return { rows, head };
  }
}

const distinct = (rows: readonly LevelRow[], column: "sku" | "storeId"): readonly string[] => [...new Set(rows.map((row) => row[column]))];
