import { InventoryError, type StorageAdapter, type StorageTransaction } from "@onhand/core";
import type { HostTransaction, StorageHandle } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";

/** A host's transaction on the double: the memory storage's own, kept open until the host ends it. */
interface Open extends HostTransaction {
  readonly handle: { readonly owner: StorageAdapter; readonly tx: StorageTransaction };
}

const rolledBack = new Error("rolled back");

async function begin(owner: StorageAdapter): Promise<Open> {
  let end: (kept: boolean) => void = () => undefined;
  const ended = new Promise<boolean>((resolve) => {
    end = resolve;
  });
  let done: Promise<void> = Promise.resolve();
  const tx = await new Promise<StorageTransaction>((resolve, reject) => {
    done = owner.transaction(async (opened) => {
      resolve(opened);
      if (!(await ended)) throw rolledBack;
    });
    done.catch((error) => {
      if (error !== rolledBack) reject(error);
    });
  });
  const finish = async (kept: boolean) => {
    end(kept);
    await done.catch((error) => {
      if (error !== rolledBack) throw error;
    });
  };
  return { handle: { owner, tx }, commit: () => finish(true), rollback: () => finish(false) };
}

/** A transaction whose writes reach `tx` when its work is done, or not at all. */
async function joined<T>(
  tx: StorageTransaction,
  work: (tx: StorageTransaction) => Promise<T>,
  from: number,
  moved: (seq: number) => void,
): Promise<T> {
  const later: (() => Promise<void>)[] = [];
  let seq = from;
  const { epoch } = await tx.head();
  const answer = await work({
    ...tx,
    head: async () => ({ epoch, seq: from }),
    put: async (table, rows) => void later.push(() => tx.put(table, rows)),
    append: async (table, rows) => void later.push(() => tx.append(table, rows)),
    advance: async (to) => {
      seq = to;
    },
  });
  for (const write of later) await write();
  await tx.advance(seq);
  moved(seq);
  return answer;
}

/** The memory storage with a host around it. `wrap` is where it is broken. */
export function hostedHandle(wrap: (storage: StorageAdapter) => StorageAdapter = (storage) => storage): StorageHandle {
  const memory = memoryStorage();
  const foreign = memoryStorage();
  const heads = new WeakMap<object, number>();
  const open: Open[] = [];
  const storage = wrap({
    ...memory,
    name: "hosted memory",
    capabilities: { ...memory.capabilities, hostTransactions: true },
    async transaction(work, { host } = {}) {
      if (host === undefined) return memory.transaction(work);
      const { owner, tx } = host as Partial<Open["handle"]>;
      if (owner !== memory || !tx)
        throw new InventoryError("INVALID_INPUT", { issues: [{ path: "host", message: "is no transaction of this storage" }] });
      return joined(tx, work, heads.get(tx) ?? (await tx.head()).seq, (seq) => heads.set(tx, seq));
    },
  });
  return {
    storage,
    peer: async () => storage,
    async host() {
      const host = await begin(memory);
      open.push(host);
      return host;
    },
    async foreignHost() {
      await foreign.open({ version: 1, tables: [] });
      return begin(foreign);
    },
    async destroy() {
      // A case that failed half way has left its transaction open, and closing waits for it.
      for (const host of open) await host.rollback();
      await storage.close();
    },
  };
}
