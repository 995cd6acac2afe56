import { fromScaled } from "../shared/quantity";
import { keyText } from "../shared/rows";
import { type LevelRow, type MovementRow, untouchedLevel } from "./tables";

/** One place where a level or a movement says something else than the ledger adds up to. Quantities in the product's unit. */
export interface Mismatch {
  readonly sku: string;
  readonly storeId: string;
  /** `onHand`: a level. `onHandAfter`: a movement, named by its seq. */
  readonly field: "onHand" | "onHandAfter";
  readonly expected: number;
  readonly actual: number;
  readonly seq: number;
}

/** Levels as movements add up to them. */
export interface LedgerFold {
  /** Takes the next movement of the ledger; tells if it disagrees with those before it. */
  add(row: MovementRow): Mismatch | undefined;
  /** Tells if a level disagrees with the fold. */
  check(level: LevelRow): Mismatch | undefined;
  /** What the level adds up to. */
  level(key: { readonly sku: string; readonly storeId: string }): { readonly onHand: number; readonly decimals: number };
  /** Every level that has a movement. */
  keys(): Iterable<{ readonly sku: string; readonly storeId: string }>;
}

export function foldLedger(): LedgerFold {
  const sums = new Map<string, { sku: string; storeId: string; onHand: number; decimals: number }>();
  const nameOf = (key: { sku: string; storeId: string }) => keyText([key.sku, key.storeId]);

  return {
    add(row) {
      const name = nameOf(row);
      let sum = sums.get(name);
      if (!sum) {
        sum = { sku: row.sku, storeId: row.storeId, onHand: 0, decimals: row.decimals };
        sums.set(name, sum);
      }
      sum.onHand += row.delta;
      return sum.onHand === row.onHandAfter ? undefined : mismatch(row, "onHandAfter", sum.onHand, row.onHandAfter);
    },
    check(level) {
      const expected = sums.get(nameOf(level))?.onHand ?? 0;
      return expected === level.onHand ? undefined : mismatch(level, "onHand", expected, level.onHand);
    },
    level: (key) => sums.get(nameOf(key)) ?? untouchedLevel(key, 0),
    keys: () => sums.values(),
  };
}

const mismatch = (row: LevelRow | MovementRow, field: Mismatch["field"], expected: number, actual: number): Mismatch => ({
  sku: row.sku,
  storeId: row.storeId,
  field,
  expected: fromScaled(expected, row.decimals),
  actual: fromScaled(actual, row.decimals),
  seq: row.seq,
});
