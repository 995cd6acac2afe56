import type { Stop } from "@onhand/core";

/**
 * Carries between processes where the head of a ledger stands, and nothing else. What changed is read from the storage, so a
 * hint that is lost, late, doubled or wrong costs time and never data.
 */
export interface HintCarrier {
  /** Tells the others at the ledger of this epoch that its head stands at `seq`. Returns at once and never throws. */
  tell(epoch: string, seq: number): void;
  /** Calls back with what others tell about the ledger of this epoch, from when it can on. */
  listen(epoch: string, heard: (seq: number) => void): Stop;
}
