import { type InventoryErrorCode, type Refusal, refuse } from "../../errors";
import { type ProductRow, products } from "../catalog/tables";
import { invalid } from "../shared/invalid";
import { skuKeyOf } from "../shared/sku-key";
import type { Context, Decision, Need, View } from "../shared/slice";
import {
  archived,
  type Draft,
  draftLedger,
  isShort,
  type Place,
  placeNeeds,
  placeOf,
  promisesOf,
  resultOf,
  type StockResult,
  shortOf,
  writesOf,
} from "../stock/ledger";
import { type StockLevel, toStockLevel } from "../stock/tables";
import { type Doer, note } from "./expiry";
import { heldOf, type Reservation, type ReservationRow, reservationKey, reservations, toReservation } from "./tables";

/** What every command about one reservation answers: how it stands, with its level, and all it wrote. */
export interface ReservationResult extends StockResult {
  readonly reservation: Reservation;
  /** The level it is held at, after the command. */
  readonly level: StockLevel;
}

export const settledRefusals = ["UNKNOWN_RESERVATION", "RESERVATION_SETTLED"] as const satisfies InventoryErrorCode[];
export const placeRefusals = ["UNKNOWN_PRODUCT", "UNKNOWN_STORE", "INVALID_STATE", "INVALID_INPUT"] as const satisfies InventoryErrorCode[];

export type Target = { readonly id: string };

/** The row an id names; undefined when there is none, or the text is no id. */
export function rowOf(view: View, id: string): ReservationRow | undefined {
  const key = reservationKey(id);
  return key && view.get(reservations, key);
}

export function needsOf({ id }: Target, view: View, now: number, storeId?: string): readonly Need[] {
  const key = reservationKey(id);
  if (!key) return [];
  const row = view.get(reservations, key);
  const needs: Need[] = [{ table: reservations, key }];
  // A promise is of no lot in particular.
  if (row) needs.push(...placeNeeds(row.sku, row.storeId, view, now, []));
  if (row && storeId !== undefined) needs.push(...placeNeeds(row.sku, storeId, view, now, []));
  return needs;
}

/** What selling what is held reads: of a tracked product its lots. */
export function soldNeeds(
  { id, lots }: Target & { readonly lots?: readonly { readonly lot: string }[] | undefined },
  view: View,
  now: number,
): readonly Need[] {
  const row = rowOf(view, id);
  return row ? placeNeeds(row.sku, row.storeId, view, now, lots) : [];
}

/** An active reservation where it is held, ready to be changed. */
export interface Held {
  readonly row: ReservationRow;
  readonly product: ProductRow;
  readonly place: Place;
  readonly draft: Draft;
}

/** Finds a reservation that is still to be settled, or tells why it can't be changed. */
export function onHeld(
  view: View,
  { id }: Target,
  context: Context,
  then: (held: Held) => Decision<ReservationResult>,
): Decision<ReservationResult> {
  const row = rowOf(view, id);
  if (!row) return { refusal: refuse("UNKNOWN_RESERVATION", { id }) };
  const { status } = toReservation(row, context.now);
  if (status !== "active") return { refusal: refuse("RESERVATION_SETTLED", { id, status }) };
  const draft = draftLedger(view, context);
  const found = productAt(draft, row.sku, row.storeId);
  return found.refusal ? found : then({ row, draft, product: found.product, place: found.place });
}

export type Found = { readonly refusal?: undefined; readonly product: ProductRow; readonly place: Place } | { readonly refusal: Refusal };

export function productAt(draft: Draft, sku: string, storeId: string): Found {
  const product = draft.view.get(products, skuKeyOf(sku));
  if (!product) return { refusal: refuse("UNKNOWN_PRODUCT", { sku }) };
  if (product.archived) return { refusal: archived("product", product.sku) };
  const place = placeOf(draft, product, storeId);
  return place.refusal ? place : { product, place };
}

/** Whether so much more can be promised at a level. */
export function checkPromise(product: ProductRow, { before }: Place, more: number): Refusal | undefined {
  const reserved = before.reserved + more;
  if (!Number.isSafeInteger(reserved)) return invalid("quantity", "would pass the largest quantity that is exact");
  return isShort(product, before.onHand, reserved) ? shortOf(before, more) : undefined;
}

/** Changes what is promised at a level, and hands the level on as it is then. */
export function promise(draft: Draft, { name, before }: Place, delta: number, until?: number): Place {
  const reserved = before.reserved + delta;
  const heldUntil = reserved === 0 ? null : until === undefined ? before.heldUntil : Math.min(before.heldUntil ?? until, until);
  const level = { ...before, seq: draft.seq, reserved, heldUntil, updatedAt: draft.now };
  draft.touched.set(name, level);
  return { name, before: level };
}

export function accepted(draft: Draft, row: ReservationRow, place: Place): Decision<ReservationResult> {
  const level = draft.touched.get(place.name) ?? place.before;
  return { writes: writesOf(draft), result: { reservation: toReservation(row), level: toStockLevel(level), ...resultOf(draft) } };
}

export const endOf = (input: { readonly expiresAt?: number | undefined; readonly expiresInMs?: number | undefined }, now: number): number =>
  input.expiresAt ?? now + (input.expiresInMs as number);

export const inThePast = invalid("expiresAt", "must be later than now");
export const tooFine = (product: ProductRow) => invalid("quantity", `must have at most ${product.decimals} decimals and be exact`);

/** Changes a promise where it is, and notes it. */
export function change(
  held: Held,
  to: Partial<ReservationRow> & Pick<ReservationRow, "change">,
  by: Doer,
): { row: ReservationRow; place: Place } {
  const { draft, place } = held;
  const row: ReservationRow = { ...held.row, seq: draft.seq, updatedAt: draft.now, ...to };
  const delta = heldOf(row) - heldOf(held.row);
  const after = promise(draft, place, delta);
  note(promisesOf(draft), row, { delta, reservedAfter: after.before.reserved }, by);
  return { row, place: after };
}
