import type { StockTransfer, TransferStatus } from "@onhand/core";
import type { Tone } from "../parts/badge";

/** What each status of a transfer is called, and how it looks. */
export const transferLooks = {
  in_transit: ["On its way", "warn"],
  partially_received: ["Partly here", "warn"],
  received: ["Received", "good"],
  cancelled: ["Cancelled", "calm"],
} as const satisfies Record<TransferStatus, readonly [string, Tone]>;

export const isUnderway = ({ status }: StockTransfer): boolean => status === "in_transit" || status === "partially_received";

/** Whether goods should have arrived by now. */
export const isOverdue = (transfer: StockTransfer, now: number): boolean =>
  isUnderway(transfer) && transfer.expectedAt !== undefined && transfer.expectedAt < now;
