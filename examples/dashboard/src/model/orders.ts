import type { Money, PurchaseOrder, PurchaseOrderStatus } from "@onhand/core";
import type { Tone } from "../parts/badge";

/** What each status of an order is called, and how it looks. */
export const orderLooks = {
  draft: ["Draft", "calm"],
  submitted: ["Ordered", "warn"],
  partially_received: ["Partly here", "warn"],
  received: ["Received", "good"],
  cancelled: ["Cancelled", "calm"],
} as const satisfies Record<PurchaseOrderStatus, readonly [string, Tone]>;

/** What people call an order: the host's own number where it has one. */
export const orderName = ({ id, reference }: PurchaseOrder): string => reference?.id ?? id;

/** What the lines of an order cost together; undefined when one has no cost, or they are in several currencies. */
export function orderValue({ lines }: PurchaseOrder): Money | undefined {
  const [first] = lines;
  if (!first?.unitCost) return undefined;
  const { currency } = first.unitCost;
  let amount = 0;
  for (const { quantity, unitCost } of lines) {
    if (unitCost?.currency !== currency) return undefined;
    amount += quantity * unitCost.amount;
  }
  return { amount: Math.round(amount), currency };
}

/** Whether goods should have been here by now. */
export const isLate = ({ status, expectedAt }: PurchaseOrder, now: number): boolean =>
  expectedAt !== undefined && expectedAt < now && (status === "submitted" || status === "partially_received");

/** How much of what was ordered is here, from 0 to 1. */
export function arrivedShare(lines: readonly { readonly quantity: number; readonly received: number }[]): number {
  const ordered = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return ordered === 0 ? 0 : Math.min(1, lines.reduce((sum, { received }) => sum + received, 0) / ordered);
}
