import { fromScaled } from "../shared/quantity";
import type { Row } from "../shared/rows";
import type { Reference } from "../shared/schemas";
import { defineTable, type EntityDefinition } from "../shared/slice";

/** How a reservation stands: `active` until it is settled, which happens once. */
export const reservationStatuses = ["active", "committed", "released", "expired"] as const;
/** One of {@link reservationStatuses}. */
export type ReservationStatus = (typeof reservationStatuses)[number];

/** A promise of stock to somebody, until it is committed, released or expires. Quantities are in the product's unit, times in epoch milliseconds. */
export interface Reservation {
  readonly id: string;
  readonly sku: string;
  readonly storeId: string;
  /** What was promised, as it was last set. */
  readonly quantity: number;
  /** What of it was sold. */
  readonly committed: number;
  /** What of it counts as `reserved` now: `quantity - committed` while it is active, 0 once it is settled. */
  readonly held: number;
  readonly status: ReservationStatus;
  /** From this time on nothing is held any more. */
  readonly expiresAt: number;
  readonly reference?: Reference;
  /** Who made it. */
  readonly actor?: string;
  /** The stores it was held at before, oldest first; absent when it never moved. */
  readonly movedFrom?: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The command that last changed it. */
  readonly seq: number;
}

/** What can happen to a reservation. */
export const reservationChanges = ["held", "extended", "updated", "committed", "released", "expired"] as const;
/** What last happened to a reservation. */
export type ReservationChange = (typeof reservationChanges)[number];

export interface ReservationRow extends Row {
  /** The command that made it; with an `r` in front, its id. */
  readonly createdSeq: number;
  readonly sku: string;
  readonly storeId: string;
  readonly quantity: number;
  readonly committed: number;
  readonly decimals: number;
  readonly status: ReservationStatus;
  readonly expiresAt: number;
  readonly change: ReservationChange;
  readonly referenceType: string | null;
  readonly referenceId: string | null;
  readonly actor: string | null;
  readonly movedFrom: readonly string[] | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const reservations = defineTable<ReservationRow>({
  name: "reservations",
  kind: "state",
  key: ["createdSeq"],
  columns: {
    createdSeq: { type: "integer" },
    sku: { type: "text" },
    storeId: { type: "text" },
    quantity: { type: "integer", scaledBy: "decimals" },
    committed: { type: "integer", scaledBy: "decimals" },
    decimals: { type: "integer" },
    status: { type: "text" },
    expiresAt: { type: "timestamp" },
    change: { type: "text" },
    referenceType: { type: "text", nullable: true },
    referenceId: { type: "text", nullable: true },
    actor: { type: "text", nullable: true },
    movedFrom: { type: "json", nullable: true },
    createdAt: { type: "timestamp" },
    updatedAt: { type: "timestamp" },
  },
  indexes: [
    ["sku", "storeId", "status"],
    ["status", "expiresAt"],
    ["referenceType", "referenceId"],
  ],
});

/** What a command did to `reserved` of one level: the part of the ledger that movements don't tell. */
export interface ReservationEventRow extends Row {
  readonly line: number;
  /** The reservation's `createdSeq`. */
  readonly reservation: number;
  readonly sku: string;
  readonly storeId: string;
  readonly type: ReservationChange;
  /** The signed effect on `reserved`. */
  readonly delta: number;
  readonly reservedAfter: number;
  readonly decimals: number;
  readonly expiresAt: number;
  readonly actor: string | null;
  readonly recordedAt: number;
  readonly idempotencyKey: string | null;
}

export const reservationEvents = defineTable<ReservationEventRow>({
  name: "reservation_events",
  kind: "log",
  key: ["seq", "line"],
  columns: {
    line: { type: "integer" },
    reservation: { type: "integer" },
    sku: { type: "text" },
    storeId: { type: "text" },
    type: { type: "text" },
    delta: { type: "integer", scaledBy: "decimals" },
    reservedAfter: { type: "integer", scaledBy: "decimals" },
    decimals: { type: "integer" },
    expiresAt: { type: "timestamp" },
    actor: { type: "text", nullable: true },
    recordedAt: { type: "timestamp" },
    idempotencyKey: { type: "text", nullable: true },
  },
  indexes: [["sku", "storeId"], ["reservation"]],
});

/** A reservation's id says which command made it. */
export const reservationId = (row: { readonly createdSeq: number }): string => `r${row.createdSeq}`;

/** The key that a reservation's id names; undefined when the text is no such id. */
export function reservationKey(id: string): readonly [number] | undefined {
  const match = /^r([1-9]\d{0,15})$/.exec(id);
  return match ? [Number(match[1])] : undefined;
}

/** What an active reservation keeps from others, scaled. */
export const heldOf = (row: ReservationRow): number => (row.status === "active" ? row.quantity - row.committed : 0);

/** A reservation as it stands at a time: past its end it holds nothing, whether or not somebody wrote that down. */
export function toReservation(row: ReservationRow, now?: number): Reservation {
  const { referenceType, referenceId } = row;
  const over = row.status === "active" && now !== undefined && row.expiresAt <= now;
  return {
    id: reservationId(row),
    sku: row.sku,
    storeId: row.storeId,
    quantity: fromScaled(row.quantity, row.decimals),
    committed: fromScaled(row.committed, row.decimals),
    held: over ? 0 : fromScaled(heldOf(row), row.decimals),
    status: over ? "expired" : row.status,
    expiresAt: row.expiresAt,
    ...(referenceType !== null && referenceId !== null && { reference: { type: referenceType, id: referenceId } }),
    ...(row.actor !== null && { actor: row.actor }),
    ...(row.movedFrom !== null && { movedFrom: [...row.movedFrom] }),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    seq: row.seq,
  };
}

export const reservationEntity: EntityDefinition = {
  table: reservations,
  entity: "reservation",
  key: (row) => reservationId(row as ReservationRow),
  value: (row) => toReservation(row as ReservationRow),
  current: { column: "status", in: ["active"] },
};
