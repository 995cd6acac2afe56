import { fromScaled } from "../shared/quantity";
import { keyText } from "../shared/rows";
import type { Mismatch } from "../stock/fold";
import type { LevelRow, MovementRow } from "../stock/tables";
import type { LotLevelRow, LotMovementRow } from "./tables";

/** What a lot at a store adds up to, scaled. */
interface LotSum {
  readonly sku: string;
  readonly storeId: string;
  readonly lot: string;
  readonly decimals: number;
  /** By the movements. */
  quantity: number;
  /** By the log that finds movements by their lot. */
  traced: number;
  seq: number;
}

/** Lots as movements add up to them. It keeps what is in stock: what is used up is forgotten. */
export interface LotFold {
  /** Takes the next movement of the ledger; tells if its lots don't add up to what it moved. */
  add(row: MovementRow): readonly Mismatch[];
  /** Takes what is said of a movement where it is found by its lot. */
  trace(row: LotMovementRow): void;
  /** Tells where a row that is open disagrees with the fold. Each row is taken once. */
  check(row: LotLevelRow): readonly Mismatch[];
  /** Tells where the lots of a tracked product's level don't add up to what is on hand by the ledger. */
  checkLevel(level: Pick<LevelRow, "sku" | "storeId" | "onHand" | "decimals">, seq: number): readonly Mismatch[];
  /** What the ledger has in stock and no row that was checked. */
  rest(): Iterable<Mismatch>;
}

const none: readonly Mismatch[] = [];

export function foldLots(): LotFold {
  const sums = new Map<string, LotSum>();
  const byLevel = new Map<string, number>();

  function change(
    { sku, storeId, decimals, seq }: MovementRow | LotMovementRow,
    lot: string,
    by: Partial<Pick<LotSum, "quantity" | "traced">>,
  ): void {
    const name = keyText([sku, storeId, lot]);
    const sum = sums.get(name) ?? { sku, storeId, lot, decimals, quantity: 0, traced: 0, seq };
    sum.quantity += by.quantity ?? 0;
    sum.traced += by.traced ?? 0;
    sum.seq = seq;
    if (sum.quantity === 0 && sum.traced === 0) sums.delete(name);
    else sums.set(name, sum);
  }

  return {
    add(row) {
      if (!row.lots) return none;
      let moved = 0;
      for (const { lot, delta } of row.lots) {
        change(row, lot, { quantity: delta });
        moved += delta;
      }
      const level = keyText([row.sku, row.storeId]);
      byLevel.set(level, (byLevel.get(level) ?? 0) + moved);
      return moved === row.delta ? none : [mismatch(row, "movementLots", row.delta, moved)];
    },
    trace: (row) => change(row, row.lot, { traced: row.delta }),
    check(row) {
      const name = keyText([row.sku, row.storeId, row.lot]);
      const sum = sums.get(name);
      sums.delete(name);
      const found: Mismatch[] = [];
      const expected = sum?.quantity ?? 0;
      if (expected !== row.quantity) found.push({ ...mismatch(row, "lotQuantity", expected, row.quantity), lot: row.lot });
      if (sum) found.push(...checkTrace(sum));
      return found;
    },
    checkLevel({ sku, storeId, onHand, decimals }, seq) {
      const moved = byLevel.get(keyText([sku, storeId])) ?? 0;
      return moved === onHand ? none : [mismatch({ sku, storeId, decimals, seq }, "lotsOnHand", onHand, moved)];
    },
    *rest() {
      for (const sum of sums.values()) {
        if (sum.quantity !== 0) yield { ...mismatch(sum, "lotQuantity", sum.quantity, 0), lot: sum.lot };
        yield* checkTrace(sum);
      }
    },
  };
}

const checkTrace = (sum: LotSum): readonly Mismatch[] =>
  sum.traced === sum.quantity ? none : [{ ...mismatch(sum, "lotMovements", sum.quantity, sum.traced), lot: sum.lot }];

const mismatch = (
  { sku, storeId, decimals, seq }: Pick<LotSum, "sku" | "storeId" | "decimals" | "seq">,
  field: Mismatch["field"],
  expected: number,
  actual: number,
): Mismatch => ({ sku, storeId, field, expected: fromScaled(expected, decimals), actual: fromScaled(actual, decimals), seq });
