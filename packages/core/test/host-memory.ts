import type { Head, StorageAdapter, StorageTransaction } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";

/** A transaction of a host that lives in memory. */
export interface MemoryHost {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

interface Joined {
  readonly tx: StorageTransaction;
  readonly committed: (() => void)[];
}

/** A memory storage whose host can open transactions, as a database would let it. With `tells` it learns of the host's commits. */
export function hostMemory({ tells = true } = {}): StorageAdapter & { begin(): Promise<MemoryHost> } {
  const memory = memoryStorage();
  const open = new Map<unknown, Joined>();
  const rolledBack = new Error("the host rolled back");

  return {
    ...memory,
    capabilities: { ...memory.capabilities, hostTransactions: true },
    async transaction(work, options = {}) {
      if (options.host === undefined) return memory.transaction(work);
      const entered = open.get(options.host);
      if (!entered) throw new TypeError("this transaction has ended");
      if (options.committed) entered.committed.push(options.committed);
      return work(entered.tx);
    },
    begin() {
      return new Promise((begun) => {
        let end: (rollback: boolean) => void;
        const ended = new Promise<boolean>((resolve) => {
          end = resolve;
        });
        const committed: (() => void)[] = [];
        const host = { commit: () => finish(false), rollback: () => finish(true) };
        const transaction = memory.transaction(async (tx) => {
          let head: Head | undefined;
          const joined: StorageTransaction = {
            ...tx,
            async head() {
              head ??= await tx.head();
              return head;
            },
            async advance(seq) {
              await tx.advance(seq);
              head = { ...(head as Head), seq };
            },
          };
          open.set(host, { tx: joined, committed });
          begun(host);
          if (await ended) throw rolledBack;
        });
        async function finish(rollback: boolean): Promise<void> {
          open.delete(host);
          end(rollback);
          await transaction.catch((error: unknown) => {
            if (error !== rolledBack) throw error;
          });
          if (tells && !rollback) for (const tell of committed) tell();
        }
      });
    },
  };
}
