import { fromScaled } from "../shared/quantity";
import type { Mismatch } from "../stock/fold";
import { type Amount, amountOf } from "./amount";
import { nowhere } from "./pool";
import type { CostEntryRow, CostLayerRow, ProductCostRow } from "./tables";

/** What a product's entries, and its layers, add up to; scaled, and exact. */
interface CostSum {
  amount: Amount;
  unknown: number;
  owed: number;
  /** Goods at stores, by their rows; some may have more than all together, where others owe. */
  atStores: bigint;
  /** What is left in its layers: goods less debts. */
  layered: number;
  layeredAmount: Amount;
}

/** What goods cost as entries and layers add up to it. It keeps one sum for each product that is costed. */
export interface CostFold {
  /** Takes the next entry. */
  add(row: CostEntryRow): void;
  /** Takes a product's row, or that of its goods at a store; tells if a store has other goods than the ledger says. */
  take(row: ProductCostRow, onHand: number): readonly Mismatch[];
  /** Takes a layer. The product's row comes before its layers. */
  layer(row: CostLayerRow): void;
  /** Tells where a product's row disagrees with what it is made of. */
  check(): Iterable<Mismatch>;
}

export function foldCosts(): CostFold {
  const sums = new Map<string, CostSum>();
  const pools = new Map<string, ProductCostRow>();

  function sumOf(sku: string): CostSum {
    const sum = sums.get(sku) ?? { amount: 0n, unknown: 0, owed: 0, atStores: 0n, layered: 0, layeredAmount: 0n };
    sums.set(sku, sum);
    return sum;
  }

  return {
    add(row) {
      const sum = sumOf(row.sku);
      sum.amount += amountOf(row);
      sum.unknown += row.unknown;
      sum.owed += row.owed;
    },
    take(row, onHand) {
      if (row.storeId === nowhere) {
        pools.set(row.sku, row);
        return [];
      }
      sumOf(row.sku).atStores += BigInt(row.quantity);
      return quantities(row, "costQuantity", onHand, row.quantity);
    },
    layer(row) {
      const pool = pools.get(row.sku);
      // Layers before the first that is open were used up, or given up when the method was changed.
      if (!pool || row.number < pool.firstLayer) return;
      const sum = sumOf(row.sku);
      sum.layered += row.quantity;
      if (row.quantity > 0) sum.layeredAmount += amountOf(row);
    },
    *check() {
      for (const [sku, sum] of sums) {
        const pool = pools.get(sku);
        if (pool) yield* checkPool(pool, sum);
      }
    },
  };
}

function* checkPool(pool: ProductCostRow, sum: CostSum): Iterable<Mismatch> {
  yield* quantities(pool, "costQuantity", Number(sum.atStores + BigInt(pool.transit)), pool.quantity);
  yield* quantities(pool, "costUnknown", sum.unknown, pool.unknown);
  yield* quantities(pool, "costOwed", sum.owed, Math.max(0, -pool.quantity));
  yield* amounts(pool, "costValue", sum.amount, amountOf(pool));
  // An average has layers of debts only.
  if (pool.method === "fifo" || pool.quantity < 0) yield* quantities(pool, "costLayers", pool.quantity, sum.layered);
  if (pool.method === "fifo") yield* amounts(pool, "costLayersValue", amountOf(pool), sum.layeredAmount);
}

function quantities(
  { sku, storeId, decimals, seq }: ProductCostRow,
  field: Mismatch["field"],
  expected: number,
  actual: number,
): readonly Mismatch[] {
  if (expected === actual) return [];
  return [{ sku, storeId, field, expected: fromScaled(expected, decimals), actual: fromScaled(actual, decimals), seq }];
}

const amounts = ({ sku, storeId, seq }: ProductCostRow, field: Mismatch["field"], expected: Amount, actual: Amount): readonly Mismatch[] =>
  expected === actual ? [] : [{ sku, storeId, field, expected: Number(expected) / 1_000_000, actual: Number(actual) / 1_000_000, seq }];
