import { refuse } from "../../errors";
import { invalid } from "../shared/invalid";
import { levelKey } from "../shared/level-key";
import type { Reference } from "../shared/schemas";
import type { Refused } from "../shared/slice";
import type { Draft, Place } from "./ledger";

/** What is on its way, and who says so. */
export interface IncomingCause {
  /** The transfer or the purchase order. */
  readonly reference: Reference;
  readonly actor?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/**
 * Changes what is on its way to a level by a signed amount, scaled, and hands the level on as it is then. The change is
 * noted in `incoming_events`, through which others find the level: it has no movement.
 */
export function changeIncoming(
  draft: Draft,
  { name, before }: Place,
  delta: number,
  { reference, actor, idempotencyKey }: IncomingCause,
): Place | Refused {
  const { seq, now } = draft;
  const { sku, storeId, decimals } = before;
  const incoming = before.incoming + delta;
  if (!Number.isSafeInteger(incoming)) return { refusal: invalid("quantity", "would pass the largest quantity that is exact") };
  if (incoming < 0)
    return { refusal: refuse("INVALID_STATE", { entity: "level", key: levelKey(before), state: "less incoming than its orders say" }) };
  const level = { ...before, seq, incoming, updatedAt: now };
  draft.touched.set(name, level);
  draft.incoming.push({
    seq,
    line: draft.incoming.length,
    sku,
    storeId,
    delta,
    incomingAfter: incoming,
    decimals,
    referenceType: reference.type,
    referenceId: reference.id,
    actor: actor ?? null,
    recordedAt: now,
    idempotencyKey: idempotencyKey ?? null,
  });
  return { name, before: level };
}
