import type { Context, Need, View } from "../shared/slice";
import type { LevelRow } from "../stock/tables";
import { heldOf, type ReservationChange, type ReservationEventRow, type ReservationRow, reservations } from "./tables";

/** What one command does to promises, as it is being decided. */
export interface Promises {
  /** Reservations as they stand after it, by `createdSeq`. */
  readonly rows: Map<number, ReservationRow>;
  readonly events: ReservationEventRow[];
}

/** Who does what is noted. What merely ran out was nobody's doing. */
export interface Doer {
  readonly actor?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** Whether a promise at a level may have run out that is still counted in its `reserved`. */
export const mayHaveExpired = (level: LevelRow, now: number): boolean => level.heldUntil !== null && level.heldUntil <= now;

/** What must be looked at before a level's `reserved` can be trusted: nothing, unless a promise may have run out. */
export const expiryNeeds = (level: LevelRow | undefined, now: number): readonly Need[] =>
  level && mayHaveExpired(level, now) ? [{ table: reservations, where: activeAt(level) }] : none;

const none: readonly Need[] = [];
const activeAt = ({ sku, storeId }: LevelRow) => ({ sku, storeId, status: "active" });

/** What of a level is promised at a time, whatever has been written down about it, scaled. */
export function reservedAt(view: View, level: LevelRow, now: number): number {
  if (!mayHaveExpired(level, now)) return level.reserved;
  return view
    .find(reservations, activeAt(level))
    .reduce((reserved, row) => (row.expiresAt <= now ? reserved - heldOf(row) : reserved), level.reserved);
}

/**
 * A level without the promises that have run out, which are settled on the way: whoever changes a level leaves it right.
 *
 * @param only - the `createdSeq` of those to settle; all that have run out unless given.
 */
export function withoutExpired(view: View, level: LevelRow, context: Context, promises: Promises, only?: ReadonlySet<number>): LevelRow {
  const { now, seq } = context;
  if (!mayHaveExpired(level, now)) return level;
  let { reserved } = level;
  let heldUntil: number | null = null;
  for (const row of view.find(reservations, activeAt(level))) {
    if (row.expiresAt <= now && only?.has(row.createdSeq) !== false) {
      const delta = -heldOf(row);
      reserved += delta;
      note(promises, { ...row, seq, updatedAt: now, status: "expired", change: "expired" }, { delta, reservedAfter: reserved });
    } else heldUntil = Math.min(heldUntil ?? row.expiresAt, row.expiresAt);
  }
  return { ...level, seq, reserved, heldUntil, updatedAt: now };
}

/** Notes a reservation as it stands now, and what that did to `reserved` of a level: its own, unless it left another one. */
export function note(
  promises: Promises,
  row: ReservationRow,
  effect: { readonly delta: number; readonly reservedAfter: number; readonly storeId?: string },
  { actor, idempotencyKey }: Doer = {},
): void {
  promises.rows.set(row.createdSeq, row);
  promises.events.push({
    seq: row.seq,
    line: promises.events.length,
    reservation: row.createdSeq,
    sku: row.sku,
    storeId: effect.storeId ?? row.storeId,
    type: row.change satisfies ReservationChange,
    delta: effect.delta,
    reservedAfter: effect.reservedAfter,
    decimals: row.decimals,
    expiresAt: row.expiresAt,
    actor: actor ?? null,
    recordedAt: row.updatedAt,
    idempotencyKey: idempotencyKey ?? null,
  });
}
