import { createInventory, type StorageAdapter } from "@onhand/core";

/** Where a replay goes. */
export interface Target {
  /** How many commands may be under way at once. */
  readonly inFlight: number;
  /** Runs one command. Commands on one level take effect in the order they were given. */
  execute(command: string, input: Readonly<Record<string, unknown>>): Promise<{ readonly replayed: boolean }>;
  /** Where the ledger stands. */
  head(): Promise<number>;
  /** Whether every level is the sum of its movements; undefined when this can't be asked. */
  verify(): Promise<boolean | undefined>;
  close(): Promise<void>;
}

/** An inventory in this process. */
export async function storageTarget(storage: StorageAdapter): Promise<Target> {
  const inventory = await createInventory({ storage });
  return {
    inFlight: 2_000,
    execute: inventory.execute,
    head: inventory.feed.head,
    verify: async () => (await inventory.verify()).ok,
    close: inventory.close,
  };
}
