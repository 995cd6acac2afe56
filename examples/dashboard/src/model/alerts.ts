import type { Alert, AlertType } from "@onhand/core";
import type { Tone } from "../parts/badge";
import { formatQuantity } from "./format";

/** What each kind of alert is called, and how bad it is. */
export const alertLooks = {
  out_of_stock: ["Out of stock", "bad"],
  low_stock: ["Low stock", "warn"],
  overstock: ["Too much", "calm"],
} as const satisfies Record<AlertType, readonly [string, Tone]>;

/** What raised an alert, such as `3 available, reorder at 12`. */
export function reasonOf({ type, quantity, limit }: Alert): string {
  if (type === "overstock") return `${formatQuantity(quantity)} on hand, at most ${formatQuantity(limit)} wanted`;
  if (type === "out_of_stock") return quantity < 0 ? `${formatQuantity(-quantity)} more promised than there is` : "nothing available";
  return `${formatQuantity(quantity)} available, reorder at ${formatQuantity(limit)}`;
}

/** Open alerts by kind, in the order they are shown. */
export function countByType(alerts: readonly Alert[]): Readonly<Record<AlertType, number>> {
  const counts = { out_of_stock: 0, low_stock: 0, overstock: 0 };
  for (const { type } of alerts) counts[type] += 1;
  return counts;
}
