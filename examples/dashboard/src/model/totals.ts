import type { LevelView } from "@onhand/client";

/** How much of a product there is, over all stores that are looked at. */
export interface Total {
  readonly onHand: number;
  readonly available: number;
  /** Own commands in these figures that the server has not confirmed yet. */
  readonly pending: number;
}

/** Totals by SKU. A product that nobody ever received has none. */
export type Totals = ReadonlyMap<string, Total>;

export const nothing: Total = { onHand: 0, available: 0, pending: 0 };

/**
 * Adds levels up by product. For the same list it answers with the same map, and a total that did not change stays
 * the same object, so whoever looks at one product hears of that product alone.
 */
export function createAdder(): (levels: readonly LevelView[]) => Totals {
  let last: readonly LevelView[] = [];
  let totals: Totals = new Map();
  return (levels) => {
    if (levels === last) return totals;
    last = levels;
    totals = keepEqual(addUp(levels), totals);
    return totals;
  };
}

function addUp(levels: readonly LevelView[]): Map<string, Total> {
  const sums = new Map<string, Total>();
  for (const { sku, onHand, available, pending } of levels) {
    const sum = sums.get(sku);
    sums.set(
      sku,
      sum
        ? { onHand: sum.onHand + onHand, available: sum.available + available, pending: sum.pending + pending }
        : { onHand, available, pending },
    );
  }
  return sums;
}

function keepEqual(now: Map<string, Total>, before: Totals): Totals {
  for (const [sku, total] of now) {
    const known = before.get(sku);
    if (known && known.onHand === total.onHand && known.available === total.available && known.pending === total.pending)
      now.set(sku, known);
  }
  return now;
}
