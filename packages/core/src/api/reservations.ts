import * as z from "zod";
import {
  type CommitReservation,
  type ExtendReservation,
  type Hold,
  maximumExpired,
  type ReleaseReservation,
  type UpdateReservation,
} from "../domain/reservations/commands";
import { commit, type ExpiryResult, expire, extend, hold, release, update } from "../domain/reservations/decide";
import type { ReservationResult } from "../domain/reservations/held";
import {
  type Reservation,
  type ReservationRow,
  type ReservationStatus,
  reservationId,
  reservationKey,
  reservationStatuses,
  reservations,
  toReservation,
} from "../domain/reservations/tables";
import { parser } from "../domain/shared/parse";
import { pageFields, type Reference, reference, sku, storeId } from "../domain/shared/schemas";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { Clock } from "../ports/clock";
import type { ReadOptions, Reads, Where } from "../ports/storage";
import { type List, type PageRequest, readPage } from "./paging";
import { defined, findProduct } from "./products";
import { readsAt } from "./reads";
import { inputOf, type Run } from "./runner";
import { findStore } from "./stores";

/** What every command about a reservation answers. */
export type ReservationReceipt = ReservationResult & Receipt;

/** What a sweep answers: the reservations it settled, and the levels that are free of them. */
export type ExpiryReceipt = ExpiryResult & Receipt & { readonly more: boolean };

/** Which reservations to list. Everything given must hold. */
export interface ReservationFilter extends PageRequest {
  /** As it is now: a reservation past its end is `expired`, whether or not it was swept. */
  readonly status?: ReservationStatus;
  readonly sku?: string;
  readonly storeId?: string;
  readonly reference?: Reference;
  /** Oldest first (`asc`) unless said. */
  readonly order?: "asc" | "desc";
}

/**
 * Promises of stock: held now, sold or given up later, and over at their end by themselves.
 *
 * A reservation counts in its level's `reserved` until it is committed, released or past its `expiresAt`; from then on, to
 * the millisecond of the inventory's clock, it holds nothing, also where nobody swept it yet. It is settled once.
 *
 * Commands answer `{ reservation, level, levels, movements, seq, replayed }`: `level` is the one it is held at, `levels` every one the command
 * changed. All may be refused with `INVALID_INPUT`, `FORBIDDEN`, `IDEMPOTENCY_MISMATCH`, `QUEUE_FULL` or an error of the storage.
 *
 * @see docs/guides/reservations.md
 */
export interface ReservationsApi {
  /**
   * Promises stock to somebody: `reserved` goes up by `quantity`, `onHand` stays.
   *
   * @param input - `quantity` in the product's unit, more than 0; and its end, either `expiresInMs` from now or `expiresAt` by the inventory's clock.
   * @throws {@link InventoryError} `INSUFFICIENT_STOCK` when `quantity` is more than `available` and may be backordered.
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`, or `INVALID_STATE` when one of them is archived.
   * @example
   * const { reservation } = await inventory.reservations.hold({
   *   sku: "TEA-50", storeId: "berlin", quantity: 2, expiresInMs: 15 * 60_000, reference: { type: "cart", id: "c-7" },
   * });
   */
  hold(input: Hold): Promise<ReservationReceipt>;
  /**
   * Sells what is held: one `sold` movement with `reference: { type: "reservation", id }`. A hold never stands in its own way.
   *
   * Of a part, the rest stays held under the same end; `rest: "release"` gives it up in the same step.
   *
   * @param options.quantity - how much of it; all that is still held unless given.
   * @throws {@link InventoryError} `UNKNOWN_RESERVATION`; `RESERVATION_SETTLED` naming the `status`; `INVALID_INPUT` for more than is held.
   * @example
   * await inventory.reservations.commit(reservation.id, { idempotencyKey: "order-1042" });
   */
  commit(id: string, options?: Omit<CommitReservation, "id">): Promise<ReservationReceipt>;
  /** Gives up what is held. @throws {@link InventoryError} `UNKNOWN_RESERVATION`, `RESERVATION_SETTLED`. */
  release(id: string, options?: Omit<ReleaseReservation, "id">): Promise<ReservationReceipt>;
  /**
   * Holds on until at least then. An end before the present one changes nothing, so of two callers the later end counts.
   *
   * @throws {@link InventoryError} `UNKNOWN_RESERVATION`; `RESERVATION_SETTLED`, also when it has run out: hold anew then.
   * @example
   * await inventory.reservations.extend(reservation.id, { expiresInMs: 15 * 60_000 });
   */
  extend(id: string, options: Omit<ExtendReservation, "id">): Promise<ReservationReceipt>;
  /**
   * Changes how much is held, where, or both, in one step. Of more, only what is added has to be available; at another
   * store, all of it. When that is refused the hold stays as it was.
   *
   * @param patch.quantity - the whole quantity, with what was sold of it already, in the product's unit.
   * @throws {@link InventoryError} `UNKNOWN_RESERVATION`, `RESERVATION_SETTLED`, `UNKNOWN_STORE`, `INSUFFICIENT_STOCK`.
   */
  update(id: string, patch: Omit<UpdateReservation, "id">): Promise<ReservationReceipt>;
  /** As it stands now. @throws {@link InventoryError} `UNKNOWN_RESERVATION`. */
  get(id: string, options?: ReadOptions): Promise<Reservation>;
  /** Reservations in the order they were made, a page at a time. */
  list(filter?: ReservationFilter, options?: ReadOptions): Promise<List<Reservation>>;
  /**
   * Settles up to 100 reservations that have run out, oldest end first, and tells listeners. It frees nothing that was not
   * free already: it tidies. Call it until there is no `more`, or leave it to {@link createMonitor}.
   */
  sweep(options?: { readonly actor?: string }): Promise<ExpiryReceipt>;
}

const parseFilter = parser(
  z.strictObject({
    status: z.enum(reservationStatuses).optional(),
    sku: sku.optional(),
    storeId: storeId.optional(),
    reference: reference.optional(),
    order: z.enum(["asc", "desc"]).default("asc"),
    ...pageFields,
  }),
);
const parseId = parser(z.strictObject({ id: z.string().max(64) }));
/** What every question here takes, by its name. */
export const reservationQueries = { get: parseId, list: parseFilter };

export function createReservations(run: Run, storage: Reads, clock: Clock): ReservationsApi {
  return {
    hold: (input) => run(hold, input),
    commit: async (id, options) => run(commit, inputOf(options, { id })),
    release: async (id, options) => run(release, inputOf(options, { id })),
    extend: async (id, options) => run(extend, inputOf(options, { id })),
    update: async (id, patch) => run(update, inputOf(patch, { id })),

    async get(given, options) {
      const { id } = parseId({ id: given });
      const key = reservationKey(id);
      const { rows } = key ? await readsAt(storage, options).find(reservations.name, { where: { createdSeq: key[0] }, limit: 1 }) : nothing;
      if (rows[0]) return toReservation(rows[0] as ReservationRow, clock.now());
      throw new InventoryError("UNKNOWN_RESERVATION", { id });
    },

    async list(filter = {}, options) {
      const reads = readsAt(storage, options);
      const { status, order, limit, cursor, reference: cause, ...key } = parseFilter(filter);
      const now = clock.now();
      const where = {
        ...(key.sku !== undefined && { sku: (await findProduct(reads, key.sku)).sku }),
        ...(key.storeId !== undefined && { storeId: (await findStore(reads, key.storeId)).id }),
        ...defined({ referenceType: cause?.type, referenceId: cause?.id }),
        ...(status !== undefined && whereStatus[status](now)),
      } as Where;
      const orderBy = [{ column: "createdSeq", descending: order === "desc" }];
      const { items, nextCursor } = await readPage(reads, reservations, { where, orderBy, limit, cursor }, (row) =>
        toReservation(row as ReservationRow, now),
      );
      return { items, ...(nextCursor !== undefined && { nextCursor }) };
    },

    async sweep(options = {}) {
      const { rows, more, head } = await storage.find(reservations.name, {
        where: { status: "active", expiresAt: { lte: clock.now() } },
        orderBy: [{ column: "expiresAt" }],
        limit: maximumExpired,
      });
      if (rows.length === 0) return { reservations: [], levels: [], seq: head, replayed: false, more: false };
      const receipt = await run(expire, inputOf(options, { ids: rows.map((row) => reservationId(row as ReservationRow)) }));
      return { ...receipt, more };
    },
  };
}

const nothing: { readonly rows: readonly ReservationRow[] } = { rows: [] };

/** Which rows stand like this at a time. What has run out is expired, swept or not. */
const whereStatus: Readonly<Record<ReservationStatus, (now: number) => Where>> = {
  active: (now) => ({ status: "active", expiresAt: { gt: now } }),
  expired: (now) => ({ status: { in: ["active", "expired"] }, expiresAt: { lte: now } }),
  committed: () => ({ status: "committed" }),
  released: () => ({ status: "released" }),
};
