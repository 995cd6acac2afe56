import { type Head, InventoryError, type StorageAdapter, type StorageCapabilities, type TableSet, type Write } from "@onhand/core";
import type { StorageHandle } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";

/** What outlives an adapter: commits, in order. */
export interface Disk {
  epoch: string | undefined;
  version: number;
  commits: { readonly seq: number; readonly writes: readonly Write[] }[];
  /** The adapter that holds it. */
  owner: symbol | undefined;
}

export const emptyDisk = (): Disk => ({ epoch: undefined, version: 0, commits: [], owner: undefined });

/** Where sabotage may get in between memory and disk. */
export interface DiskFaults {
  /** Keeps a commit; by default at once. */
  readonly keep?: (disk: Disk, commit: Disk["commits"][number]) => void;
  /** What a new adapter finds. */
  readonly recall?: (commits: Disk["commits"]) => Disk["commits"];
}

const capabilities: StorageCapabilities = { durability: "process", shared: false, hostTransactions: false, settlesUnknownOutcomes: false };

/** The memory storage over a disk that outlives it: what a durable storage does, with nothing in its way. */
function durableMemory(
  disk: Disk,
  { keep = (to, commit) => void to.commits.push(commit), recall = (commits) => commits }: DiskFaults = {},
): StorageAdapter {
  const memory = memoryStorage();
  const me = Symbol("owner");
  let state: "new" | "open" | "closed" = "new";

  async function replay(): Promise<void> {
    for (const { seq, writes } of recall(disk.commits)) {
      await memory.transaction(async (tx) => {
        for (const { table, row } of writes) await tx.put(table, [row]);
        await tx.advance(seq);
      });
    }
  }

  return {
    ...memory,
    name: "durable memory",
    capabilities,
    async open(tables: TableSet): Promise<Head> {
      if (state === "closed") throw new InventoryError("STORAGE_CLOSED", {});
      if (disk.owner && disk.owner !== me) throw new InventoryError("STORAGE_LOCKED", { holder: "another adapter" });
      if (tables.version < disk.version) throw new InventoryError("UNSUPPORTED", { feature: `data of version ${disk.version}` });
      const { epoch } = await memory.open(tables);
      disk.epoch ??= epoch;
      disk.version = tables.version;
      disk.owner = me;
      if (state === "new") await replay();
      state = "open";
      return { epoch: disk.epoch, seq: (await memory.transaction((tx) => tx.head())).seq };
    },
    async transaction(work, options) {
      const writes: Write[] = [];
      let seq: number | undefined;
      return memory.transaction(async (tx) => {
        const result = await work({
          ...tx,
          head: async () => ({ ...(await tx.head()), epoch: disk.epoch as string }),
          async put(table, rows) {
            await tx.put(table, rows);
            writes.push(...rows.map((row) => ({ table, row })));
          },
          async append(table, rows) {
            await tx.append(table, rows);
            writes.push(...rows.map((row) => ({ table, row })));
          },
          async advance(to) {
            await tx.advance(to);
            seq = to;
          },
        });
        if (disk.owner !== me) throw new InventoryError("STORAGE_UNAVAILABLE", { reason: "the disk belongs to another adapter" });
        if (seq !== undefined) keep(disk, { seq, writes });
        return result;
      }, options);
    },
    async close() {
      await memory.close();
      state = "closed";
      if (disk.owner === me) disk.owner = undefined;
    },
  };
}

/** A handle on a durable double. `wrap` is where a storage is broken. */
export function durableHandle({
  wrap = (storage) => storage,
  disk = emptyDisk(),
  faults = {},
}: {
  wrap?: (storage: StorageAdapter) => StorageAdapter;
  disk?: Disk;
  faults?: DiskFaults;
} = {}): StorageHandle {
  const made: StorageAdapter[] = [];
  const make = (): StorageAdapter => {
    const storage = wrap(durableMemory(disk, faults));
    made.push(storage);
    return storage;
  };
  return {
    storage: make(),
    reopen: async () => make(),
    async crash() {
      disk.owner = undefined;
    },
    peer: async () => make(),
    async destroy() {
      disk.owner = undefined;
    },
  };
}
