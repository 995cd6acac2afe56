import type { Product } from "@onhand/core";
import { type Status, statusOf } from "./status";
import { nothing, type Totals } from "./totals";

/** The figures above the table. */
export interface Summary {
  readonly products: number;
  readonly units: number;
  readonly byStatus: Readonly<Record<Status, number>>;
}

/** Counts products and units. */
export function summarise(products: readonly Product[], totals: Totals, lowMark: number): Summary {
  const byStatus = { out: 0, low: 0, "in-stock": 0 };
  let units = 0;
  for (const { sku } of products) {
    const { onHand, available } = totals.get(sku) ?? nothing;
    units += onHand;
    byStatus[statusOf(available, lowMark)] += 1;
  }
  return { products: products.length, units, byStatus };
}
