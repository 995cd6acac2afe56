import * as z from "zod";
import { type ReservationChange, type ReservationEventRow, reservationEvents, reservationId } from "../domain/reservations/tables";
import { parser } from "../domain/shared/parse";
import { fromScaled } from "../domain/shared/quantity";
import type { Row, TableDefinition } from "../domain/shared/rows";
import { pageFields, sku, storeId } from "../domain/shared/schemas";
import { type LevelRow, levels, type Movement, type MovementRow, movements, toMovement } from "../domain/stock/tables";
import type { Clock } from "../ports/clock";
import type { Page, ReadOptions, Reads } from "../ports/storage";
import { withoutExpiredHolds } from "./held";
import { decodeCursor, encodeCursor, type List, type PageRequest } from "./paging";
import { findProduct } from "./products";
import { readsAt } from "./reads";
import { findStore } from "./stores";

/** Which level to explain. */
export interface ExplainRequest extends PageRequest {
  readonly sku: string;
  readonly storeId: string;
}

/** A level at some point of the ledger, in the product's unit. */
export interface Balance {
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
}

interface Effect {
  /** When it was written down, in epoch milliseconds. */
  readonly at: number;
  /** The signed effect on `onHand`. */
  readonly onHand: number;
  /** The signed effect on `reserved`. */
  readonly reserved: number;
}

/**
 * One thing that made a level what it is: a `movement`; a `hold` that was made, changed or settled; or, first of all, what has `lapsed`:
 * holds past their end that nobody has written down yet, together.
 */
export type Explained =
  | (Effect & { readonly kind: "movement"; readonly movement: Movement })
  | (Effect & {
      readonly kind: "hold";
      readonly seq: number;
      readonly reservationId: string;
      readonly change: ReservationChange;
      readonly actor?: string;
    })
  | (Effect & { readonly kind: "lapsed" });

/** Why a level is what it is, newest first: `opening` and all `items` together are `closing`. */
export interface Explanation extends List<Explained> {
  readonly sku: string;
  readonly storeId: string;
  /** How it stood after the newest of these items; on the first page, how it stands. */
  readonly closing: Balance;
  /** How it stood before the oldest of these items; on the last page, nothing. */
  readonly opening: Balance;
}

/** What the question takes. */
export const parseExplain = parser(z.strictObject({ sku, storeId, ...pageFields }));
const place = { type: "integer" } as const;

/** A table that tells of one level, and how far it has been read. */
interface Source<R extends Row> {
  readonly table: TableDefinition;
  readonly after: readonly [seq: number, line: number];
  readonly balanceAfter: (row: R) => number;
}

/** What has been read of a source, newest first; `taken` of its rows are on the page. */
interface Reading<R extends Row> extends Source<R> {
  readonly rows: readonly R[];
  readonly more: boolean;
  taken: number;
}

/** What doesn't depend on which of the tables it is. */
type AnyReading = Omit<Reading<LogRow>, "balanceAfter">;

type LogRow = Row & { readonly line: number; readonly delta: number };

export function createExplain(storage: Reads, clock: Clock): (request: ExplainRequest, options?: ReadOptions) => Promise<Explanation> {
  return async (request, options) => {
    const reads = readsAt(storage, options);
    const { limit, cursor, ...wanted } = parseExplain(request);
    const product = await findProduct(reads, wanted.sku);
    const key = { sku: product.sku, storeId: (await findStore(reads, wanted.storeId)).id };
    const now = clock.now();
    const from = cursor === undefined ? await standing(reads, key, now) : { ...positions(cursor), lapsed: 0 };
    const balance = (onHand: number, reserved: number): Balance => ({
      onHand: fromScaled(onHand, product.decimals),
      reserved: fromScaled(reserved, product.decimals),
      available: fromScaled(onHand - reserved, product.decimals),
    });

    const seen = readsAt(storage, options && { ...options, minSeq: Math.max(options.minSeq ?? 0, from.until) });
    const read = async <R extends LogRow>(source: Source<R>): Promise<Reading<R>> => {
      const page: Page = await seen.find(source.table.name, {
        where: { ...key, seq: { lte: from.until } },
        orderBy: [
          { column: "seq", descending: true },
          { column: "line", descending: true },
        ],
        limit,
        ...(source.after[0] > 0 && { after: source.after }),
      });
      return { ...source, rows: page.rows as readonly R[], more: page.more, taken: 0 };
    };
    const moved = await read<MovementRow>({ table: movements, after: from.moved, balanceAfter: (row) => row.onHandAfter });
    const held = await read<ReservationEventRow>({ table: reservationEvents, after: from.held, balanceAfter: (row) => row.reservedAfter });

    const items: Explained[] =
      from.lapsed === 0 ? [] : [{ kind: "lapsed", at: now, onHand: 0, reserved: balance(0, -from.lapsed).reserved }];
    while (items.length < limit) {
      const [movement, event] = [moved.rows[moved.taken], held.rows[held.taken]];
      if (movement && (!event || movement.seq >= event.seq)) items.push(movementEntry(take(moved)));
      else if (event) items.push(holdEntry(take(held)));
      else break;
    }

    const [onHand, reserved] = [openingOf(moved), openingOf(held)];
    const left = isLeft(moved) || isLeft(held);
    return {
      ...key,
      closing: balance(onHand + takenOf(moved), reserved + takenOf(held) - from.lapsed),
      opening: balance(onHand, reserved),
      items,
      ...(left && { nextCursor: encodeCursor("explain", [from.until, ...lastOf(moved), ...lastOf(held)]) }),
    };
  };
}

/** Up to which command a level tells, and what of its `reserved` has run out since. */
async function standing(reads: Reads, where: { readonly sku: string; readonly storeId: string }, now: number, looks = 5) {
  const read = await reads.find(levels.name, { where, limit: 1 });
  const row = read.rows[0] as LevelRow | undefined;
  const start = { until: row?.seq ?? 0, moved: unread, held: unread };
  if (!row || looks === 0) return { ...start, lapsed: 0 };
  const [fresh] = await withoutExpiredHolds(reads, read, now);
  // It was changed between two looks. Whoever changes a level settles what has run out there.
  if (fresh?.seq !== row.seq) return standing(reads, where, now, looks - 1);
  return { ...start, lapsed: row.reserved - fresh.reserved };
}

const unread = [0, 0] as const;

function positions(cursor: string) {
  const values = decodeCursor("explain", cursor, [place, place, place, place, place]) as readonly [number, number, number, number, number];
  const [until, movedSeq, movedLine, heldSeq, heldLine] = values;
  return { until, moved: [movedSeq, movedLine] as const, held: [heldSeq, heldLine] as const };
}

function take<R extends LogRow>(reading: Reading<R>): R {
  const row = reading.rows[reading.taken] as R;
  reading.taken += 1;
  return row;
}

const isLeft = ({ rows, taken, more }: AnyReading): boolean => more || taken < rows.length;
const takenOf = ({ rows, taken }: AnyReading): number => rows.slice(0, taken).reduce((sum, row) => sum + row.delta, 0);

function lastOf({ rows, taken, after }: AnyReading): readonly [number, number] {
  const last = rows[taken - 1];
  return last ? [last.seq, last.line] : after;
}

/** How much there was before the oldest row taken: what the row before it left behind. */
function openingOf<R extends LogRow>({ rows, taken, balanceAfter }: Reading<R>): number {
  const next = rows[taken];
  if (next) return balanceAfter(next);
  const last = rows[taken - 1];
  return last ? balanceAfter(last) - last.delta : 0;
}

const movementEntry = (row: MovementRow): Explained => {
  const movement = toMovement(row);
  return { kind: "movement", at: row.recordedAt, onHand: movement.delta, reserved: 0, movement };
};

const holdEntry = (row: ReservationEventRow): Explained => ({
  kind: "hold",
  at: row.recordedAt,
  onHand: 0,
  reserved: fromScaled(row.delta, row.decimals),
  seq: row.seq,
  reservationId: reservationId({ createdSeq: row.reservation }),
  change: row.type,
  ...(row.actor !== null && { actor: row.actor }),
});
