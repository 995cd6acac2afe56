import type { Alert, AlertType } from "../domain/alerts/tables";
import type { Notification } from "../ports/notification-sink";

const phrases = {
  low_stock: ({ quantity, limit }) => `low: ${quantity} available, reorder at ${limit}`,
  out_of_stock: ({ quantity }) => `out of stock: ${quantity} available`,
  overstock: ({ quantity, limit }) => `too much: ${quantity} on hand, at most ${limit}`,
} as const satisfies Record<AlertType, (alert: Alert) => string>;

const line = (alert: Alert): string => `${alert.sku} at ${alert.storeId} is ${phrases[alert.type](alert)}`;

/** A notification in one line, for a subject or a short message. */
export function shortText({ raised, closed }: Notification): string {
  const [first, ...more] = raised;
  if (!first) return closed.length === 1 ? "1 stock alert is over" : `${closed.length} stock alerts are over`;
  return more.length === 0 ? line(first) : `${line(first)}, and ${more.length} more`;
}

/** A notification with a line for each alert. */
export const longText = ({ raised, closed }: Notification): string =>
  [...raised.map(line), ...closed.map((alert) => `${alert.sku} at ${alert.storeId}: ${alert.type} is ${alert.status}`)].join("\n");
