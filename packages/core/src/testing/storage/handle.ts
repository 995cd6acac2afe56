import type { Inventory, InventoryOptions, StorageAdapter, StorageCapabilities } from "../../index";
import type { ManualClock } from "../manual-clock";

/** One storage to test, empty and not yet open, and what can be done to it from outside. */
export interface StorageHandle {
  readonly storage: StorageAdapter;
  /**
   * A new adapter over the same data, not yet open. The one before was closed or crashed.
   * Needed where `capabilities.durability` is not `none`.
   */
  reopen?(): Promise<StorageAdapter>;
  /**
   * Ends the adapter last made as `capabilities.durability` says it may end, without closing it: the process is gone,
   * or the power with everything that was not on disk. Needed where `capabilities.durability` is not `none`.
   */
  crash?(): Promise<void>;
  /**
   * A second adapter over the same data while the first is in use, not yet open. Where `capabilities.shared` both must work
   * side by side (it may be the same object); otherwise opening it must be refused with `STORAGE_LOCKED`.
   */
  peer?(): Promise<StorageAdapter>;
  /** Begins a transaction of the host on the same data. Needed where `capabilities.hostTransactions`. */
  host?(): Promise<HostTransaction>;
  /** The same on other data, which a storage must refuse to join. Needed where `capabilities.hostTransactions`. */
  foreignHost?(): Promise<HostTransaction>;
  /** Removes everything, also after a case that failed half way. */
  destroy(): Promise<void>;
}

/** A transaction of the host: what a storage is handed to join it, and how the host ends it. */
export interface HostTransaction {
  readonly handle: unknown;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Makes one storage for one case. */
export type CreateStorage = () => Promise<StorageHandle> | StorageHandle;

/** What a case works with. */
export interface StorageContext extends StorageHandle {
  readonly clock: ManualClock;
  /** Opens an inventory on the storage, or on another adapter over it. Its ledger is checked when the case is over. */
  inventory(options?: Partial<InventoryOptions>): Promise<Inventory>;
}

/** What a storage must have for a case to be about it. */
export type StorageTrait = "durable" | "not durable" | "shared" | "exclusive" | "host transactions" | "no host transactions";

/**
 * One promise of the storage port, with the proof. Where a case requires a trait, another one requires its opposite
 * and checks that the absence is said and not hidden.
 */
export interface StorageCase {
  /** Stable; sabotage tests and known gaps name it. */
  readonly id: string;
  /** What a storage promises, as one sentence of docs/contracts/storage.md. */
  readonly promise: string;
  readonly requires?: StorageTrait;
  /** Resolves when the promise is kept, rejects when it is not. */
  readonly run: (context: StorageContext) => Promise<void>;
}

/** Which traits a storage has, by what it says of itself. */
export const storageTraits = {
  durable: ({ durability }) => durability !== "none",
  "not durable": ({ durability }) => durability === "none",
  shared: ({ shared }) => shared,
  exclusive: ({ shared }) => !shared,
  "host transactions": ({ hostTransactions }) => hostTransactions,
  "no host transactions": ({ hostTransactions }) => !hostTransactions,
} as const satisfies Record<StorageTrait, (capabilities: StorageCapabilities) => boolean>;

/** Takes a part of a handle that the storage's capabilities call for. */
export function needed<Part>(part: Part | undefined, name: keyof StorageHandle): Part {
  if (part === undefined) throw new TypeError(`a storage with these capabilities must be tested with ${name}(): create() did not give it`);
  return part;
}
