import { invalid } from "../shared/invalid";
import { toScaled } from "../shared/quantity";
import { keyText } from "../shared/rows";
import type { CommandDefinition, Decision, Need } from "../shared/slice";
import { addEntry, draftLedger, placeNeeds, placeOf, promisesOf, resultOf, writesOf } from "../stock/ledger";
import { levels, type StockLevel } from "../stock/tables";
import {
  type ParsedCommit,
  type ParsedExpire,
  type ParsedExtend,
  type ParsedHold,
  type ParsedRelease,
  type ParsedUpdate,
  parse,
} from "./commands";
import { type Doer, expiryNeeds, note, withoutExpired } from "./expiry";
import {
  accepted,
  change,
  checkPromise,
  endOf,
  type Held,
  inThePast,
  needsOf,
  onHeld,
  placeRefusals,
  productAt,
  promise,
  type ReservationResult,
  rowOf,
  settledRefusals,
  soldNeeds,
  tooFine,
} from "./held";
import { heldOf, type Reservation, type ReservationRow, reservationKey, reservations, toReservation } from "./tables";

/** What a sweep settled. */
export interface ExpiryResult {
  readonly reservations: readonly Reservation[];
  readonly levels: readonly StockLevel[];
}

export const hold: CommandDefinition<ParsedHold, ReservationResult> = {
  name: "reservations.hold",
  parse: parse.hold,
  refusals: [...placeRefusals, "INSUFFICIENT_STOCK"],
  needs: (input, view, now) => placeNeeds(input.sku, input.storeId, view, now, []),
  decide(view, input, context) {
    const { now, seq } = context;
    const draft = draftLedger(view, context);
    const found = productAt(draft, input.sku, input.storeId);
    if (found.refusal) return found;
    const { product, place } = found;
    const quantity = toScaled(input.quantity, product.decimals);
    if (quantity === undefined) return { refusal: tooFine(product) };
    const expiresAt = endOf(input, now);
    if (expiresAt <= now) return { refusal: inThePast };
    const refusal = checkPromise(product, place, quantity);
    if (refusal) return { refusal };
    const after = promise(draft, place, quantity, expiresAt);
    const row: ReservationRow = {
      seq,
      createdSeq: seq,
      sku: product.sku,
      storeId: input.storeId,
      quantity,
      committed: 0,
      decimals: product.decimals,
      status: "active",
      expiresAt,
      change: "held",
      referenceType: input.reference?.type ?? null,
      referenceId: input.reference?.id ?? null,
      actor: input.actor ?? null,
      movedFrom: null,
      createdAt: now,
      updatedAt: now,
    };
    note(promisesOf(draft), row, { delta: quantity, reservedAfter: after.before.reserved }, input);
    return accepted(draft, row, after);
  },
};

/**
 * Sells what is held. It is taken off what is promised before it is sold, so a buyer never stands in their own way. What a
 * part leaves over stays promised unless it is to be released.
 */
export const commit: CommandDefinition<ParsedCommit, ReservationResult> = {
  name: "reservations.commit",
  parse: parse.commit,
  refusals: [...settledRefusals, ...placeRefusals, "INSUFFICIENT_STOCK"],
  needs: (input, view, now) => [...needsOf(input, view, now), ...soldNeeds(input, view, now)],
  decide: (view, input, context) =>
    onHeld(view, input, context, (held) => {
      const { draft, product } = held;
      const open = heldOf(held.row);
      const quantity = input.quantity === undefined ? open : toScaled(input.quantity, product.decimals);
      if (quantity === undefined) return { refusal: tooFine(product) };
      if (quantity > open) return { refusal: invalid("quantity", "must not be more than is held") };
      const done = quantity === open || input.rest === "release";
      const committed = held.row.committed + quantity;
      const { row, place } = change(held, { committed, change: "committed", status: done ? "committed" : "active" }, input);
      const sold = addEntry(
        draft,
        { product, type: "sold", place, delta: -quantity },
        {
          reference: { type: "reservation", id: input.id },
          reason: input.reason,
          actor: input.actor,
          occurredAt: input.occurredAt,
          idempotencyKey: input.idempotencyKey,
          lots: input.lots,
        },
      );
      return sold.refusal ? sold : accepted(draft, row, sold);
    }),
};

export const release: CommandDefinition<ParsedRelease, ReservationResult> = {
  name: "reservations.release",
  parse: parse.release,
  refusals: [...settledRefusals, ...placeRefusals],
  needs: needsOf,
  decide: (view, input, context) =>
    onHeld(view, input, context, (held) => {
      const { row, place } = change(held, { change: "released", status: "released" }, input);
      return accepted(held.draft, row, place);
    }),
};

/** Holds on until at least then. It never shortens, so of two callers who extend the later end holds, in whatever order they come. */
export const extend: CommandDefinition<ParsedExtend, ReservationResult> = {
  name: "reservations.extend",
  parse: parse.extend,
  refusals: [...settledRefusals, ...placeRefusals],
  needs: needsOf,
  decide: (view, input, context) =>
    onHeld(view, input, context, (held) => {
      const wanted = endOf(input, context.now);
      if (wanted <= context.now) return { refusal: inThePast };
      const expiresAt = Math.max(wanted, held.row.expiresAt);
      const { row, place } = change(held, { change: "extended", expiresAt }, input);
      return accepted(held.draft, row, place);
    }),
};

/** Another quantity checks only what it is more; another store is left and entered in one step. */
export const update: CommandDefinition<ParsedUpdate, ReservationResult> = {
  name: "reservations.update",
  parse: parse.update,
  refusals: [...settledRefusals, ...placeRefusals, "INSUFFICIENT_STOCK"],
  needs: (input, view, now) => needsOf(input, view, now, input.storeId),
  decide: (view, input, context) =>
    onHeld(view, input, context, (held) => {
      const { product, row } = held;
      const quantity = input.quantity === undefined ? row.quantity : toScaled(input.quantity, product.decimals);
      if (quantity === undefined) return { refusal: tooFine(product) };
      if (quantity <= row.committed)
        return { refusal: invalid("quantity", "must be more than was sold of it already; release the rest instead") };
      return input.storeId === undefined || input.storeId === row.storeId
        ? resized(held, quantity, input)
        : moved(held, { storeId: input.storeId, quantity }, input);
    }),
};

function resized(held: Held, quantity: number, by: Doer): Decision<ReservationResult> {
  const more = quantity - held.row.quantity;
  const refusal = more > 0 ? checkPromise(held.product, held.place, more) : undefined;
  if (refusal) return { refusal };
  const { row, place } = change(held, { change: "updated", quantity }, by);
  return accepted(held.draft, row, place);
}

function moved(
  held: Held,
  { storeId, quantity }: { readonly storeId: string; readonly quantity: number },
  by: Doer,
): Decision<ReservationResult> {
  const { draft, product, place } = held;
  const entered = placeOf(draft, product, storeId);
  if (entered.refusal) return entered;
  const movedFrom = [...(held.row.movedFrom ?? []).filter((id) => id !== storeId), held.row.storeId];
  const row: ReservationRow = { ...held.row, seq: draft.seq, updatedAt: draft.now, change: "updated", storeId, quantity, movedFrom };
  const refusal = checkPromise(product, entered, heldOf(row));
  if (refusal) return { refusal };
  const left = promise(draft, place, -heldOf(held.row));
  const after = promise(draft, entered, heldOf(row), row.expiresAt);
  const promises = promisesOf(draft);
  note(promises, row, { delta: -heldOf(held.row), reservedAfter: left.before.reserved, storeId: held.row.storeId }, by);
  note(promises, row, { delta: heldOf(row), reservedAfter: after.before.reserved }, by);
  return accepted(draft, row, after);
}

/** Settles those of some reservations that have run out. Others are left alone, whatever has become of them. */
export const expire: CommandDefinition<ParsedExpire, ExpiryResult> = {
  name: "reservations.expire",
  parse: parse.expire,
  refusals: [],
  weight: (input) => input.ids.length,
  needs: (input, view, now) =>
    input.ids.flatMap((id): readonly Need[] => {
      const key = reservationKey(id);
      const row = key && view.get(reservations, key);
      if (!row) return key ? [{ table: reservations, key }] : [];
      const level = [row.sku, row.storeId];
      return [{ table: reservations, key }, { table: levels, key: level }, ...expiryNeeds(view.get(levels, level), now)];
    }),
  decide(view, { ids }, context) {
    const draft = draftLedger(view, context);
    const due = ids.flatMap((id) => rowOf(view, id) ?? []).filter((row) => row.status === "active" && row.expiresAt <= context.now);
    const only = new Set(due.map((row) => row.createdSeq));
    for (const { sku, storeId } of due) {
      const level = view.get(levels, [sku, storeId]);
      const name = keyText([sku, storeId]);
      if (level && !draft.touched.has(name)) draft.touched.set(name, withoutExpired(view, level, context, promisesOf(draft), only));
    }
    const settled = Array.from(draft.promises?.rows.values() ?? [], (row) => toReservation(row));
    return { writes: writesOf(draft), result: { reservations: settled, levels: resultOf(draft).levels } };
  },
};
