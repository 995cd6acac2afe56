import { heldOf, type ReservationRow } from "../reservations/tables";
import { fromScaled } from "../shared/quantity";
import { keyText } from "../shared/rows";
import type { Expected } from "../shared/slice";
import { type LevelRow, type MovementRow, untouchedLevel } from "./tables";

/**
 * What {@link Mismatch.field} may be about.
 *
 * - `onHand`, `reserved`, `incoming`: a level. `heldUntil`: a level that would let a promise run out unnoticed; `expected` is the end of the first of them.
 * - `onHandAfter`: a movement, named by its seq. `movementLots`: its lots don't add up to what it moved.
 * - `lotQuantity`: what is said to be left of a lot at a store. `lotMovements`: a trace of it finds other movements than there are. `lotsOnHand`: the lots of a level don't add up to what is on hand.
 * - `costQuantity`: the goods that are costed, at a store or, with an empty `storeId`, of a product; so is what follows.
 *   `costUnknown`, `costOwed`: those of unknown cost, and those sold before they came in. `costValue`: what entries add up to, in minor units. `costLayers`, `costLayersValue`: what is left in layers.
 */
export type MismatchField =
  | "onHand"
  | "onHandAfter"
  | "reserved"
  | "incoming"
  | "heldUntil"
  | "movementLots"
  | "lotQuantity"
  | "lotMovements"
  | "lotsOnHand"
  | "costQuantity"
  | "costUnknown"
  | "costOwed"
  | "costValue"
  | "costLayers"
  | "costLayersValue";

/** One place where something is said other than the ledger adds up to. Quantities in the product's unit, times in epoch milliseconds, values in minor units. */
export interface Mismatch {
  readonly sku: string;
  /** Empty where it is about a product wherever it is. */
  readonly storeId: string;
  /** The lot, where it is about one. */
  readonly lot?: string;
  readonly field: MismatchField;
  readonly expected: number;
  readonly actual: number;
  readonly seq: number;
}

/** What a level adds up to, scaled. */
export type LevelSum = Pick<LevelRow, "sku" | "storeId" | "onHand" | "reserved" | "incoming" | "decimals" | "heldUntil">;

/** Levels as movements, active reservations and what is on its way add up to them. */
export interface LedgerFold {
  /** Takes the next movement of the ledger; tells if it disagrees with those before it. */
  add(row: MovementRow): Mismatch | undefined;
  /** Takes a reservation as it stands. */
  hold(row: ReservationRow): void;
  /** Takes goods that are on their way. */
  expect(goods: Expected): void;
  /** Tells where a level disagrees with the fold. */
  check(level: LevelRow): readonly Mismatch[];
  /** What the level adds up to. */
  level(key: { readonly sku: string; readonly storeId: string }): LevelSum;
  /** Every level that has a movement, a promise or goods on their way. */
  keys(): Iterable<{ readonly sku: string; readonly storeId: string }>;
}

export function foldLedger(): LedgerFold {
  const sums = new Map<string, { -readonly [Field in keyof LevelSum]: LevelSum[Field] }>();
  const nameOf = (key: { readonly sku: string; readonly storeId: string }) => keyText([key.sku, key.storeId]);

  function sumOf({ sku, storeId, decimals }: MovementRow | ReservationRow | Expected) {
    const name = nameOf({ sku, storeId });
    const sum = sums.get(name) ?? { sku, storeId, onHand: 0, reserved: 0, incoming: 0, decimals, heldUntil: null };
    sums.set(name, sum);
    return sum;
  }

  const levelOf = (key: { readonly sku: string; readonly storeId: string }): LevelSum => sums.get(nameOf(key)) ?? untouchedLevel(key, 0);

  return {
    add(row) {
      const sum = sumOf(row);
      sum.onHand += row.delta;
      return sum.onHand === row.onHandAfter ? undefined : quantityMismatch(row, "onHandAfter", sum.onHand, row.onHandAfter);
    },
    hold(row) {
      if (row.status !== "active") return;
      const sum = sumOf(row);
      sum.reserved += heldOf(row);
      sum.heldUntil = Math.min(sum.heldUntil ?? row.expiresAt, row.expiresAt);
    },
    expect(goods) {
      sumOf(goods).incoming += goods.quantity;
    },
    check(level) {
      const { onHand, reserved, incoming, heldUntil } = levelOf(level);
      const found: Mismatch[] = [];
      if (onHand !== level.onHand) found.push(quantityMismatch(level, "onHand", onHand, level.onHand));
      if (reserved !== level.reserved) found.push(quantityMismatch(level, "reserved", reserved, level.reserved));
      if (incoming !== level.incoming) found.push(quantityMismatch(level, "incoming", incoming, level.incoming));
      if (heldUntil !== null && (level.heldUntil === null || level.heldUntil > heldUntil))
        found.push(mismatch(level, "heldUntil", heldUntil, level.heldUntil ?? 0));
      return found;
    },
    level: levelOf,
    keys: () => sums.values(),
  };
}

const quantityMismatch = (row: LevelRow | MovementRow, field: Mismatch["field"], expected: number, actual: number): Mismatch =>
  mismatch(row, field, fromScaled(expected, row.decimals), fromScaled(actual, row.decimals));

const mismatch = ({ sku, storeId, seq }: LevelRow | MovementRow, field: Mismatch["field"], expected: number, actual: number): Mismatch => ({
  sku,
  storeId,
  field,
  expected,
  actual,
  seq,
});
