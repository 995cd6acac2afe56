import type { TableSet } from "../domain/shared/rows";
import type { Reads, StorageAdapter } from "./storage";

/** The part of a storage that a mirror follows, and asks for what it does not hold. */
export type Mirrored = Reads & Pick<StorageAdapter, "changes">;

/**
 * A second copy of the ledger that answers questions about all of it faster than the storage. It is written to by nobody but
 * itself: what it holds is what the storage committed up to some command, never less of it and never more.
 *
 * It answers as a storage does: with everything committed before the question unless that says `eventual`, for which it catches up first.
 */
export interface Analytics extends Reads {
  /** Opens the copy of this storage, beginning anew where what is there is of another one. */
  open(source: Mirrored, epoch: string, tables: TableSet): Promise<void>;
  /** Copies what was committed since, and tells the command it stands at. */
  catchUp(): Promise<number>;
  /** Waits for what is being copied, then lets go of everything. Closing twice is fine. */
  close(): Promise<void>;
}
