import { type Head, InventoryError, type Stop, type StorageAdapter, type StorageTransaction } from "@onhand/core";
import type { HintCarrier } from "./hint-carrier";

/**
 * Lets the processes that share a storage tell each other of commits over a carrier such as Redis, beside the ways the storage
 * has by itself. It keeps every promise of the storage it is given: its own hints and its poll go on, so without the carrier
 * others' commits arrive later, and all the same.
 *
 * A command is told of once it is committed, and never waits for the carrier. In a transaction of the host that is when the
 * storage learns of the host's commit.
 *
 * @param storage - opened and closed through what this returns; `capabilities` are its own.
 * @param carrier - stays the host's: closing the storage stops listening and ends nothing else.
 * @example
 * const storage = withHints(sqlStorage({ knex }), redisHints({ publisher, subscriber }));
 * const inventory = await createInventory({ storage });
 * @see docs/guides/several-nodes.md
 */
export function withHints(storage: StorageAdapter, carrier: HintCarrier): StorageAdapter {
  const listening = new Set<Stop>();
  let head: Head | undefined;

  function tell(seq: number | undefined): void {
    if (head && seq !== undefined) carrier.tell(head.epoch, seq);
  }

  return {
    name: storage.name,
    get capabilities() {
      return storage.capabilities;
    },
    async open(tables) {
      head = await storage.open(tables);
      return head;
    },
    async transaction(work, options = {}) {
      let moved: number | undefined;
      const tracked = (tx: StorageTransaction) => {
        moved = undefined;
        const note = (seq: number) => {
          moved = seq;
        };
        return work(noting(tx, note));
      };
      if (options.host === undefined) {
        const answer = await storage.transaction(tracked, options);
        tell(moved);
        return answer;
      }
      const committed = () => {
        options.committed?.();
        tell(moved);
      };
      return storage.transaction(tracked, { ...options, committed });
    },
    find: (table, query, options) => storage.find(table, query, options),
    aggregate: (table, aggregation, options) => storage.aggregate(table, aggregation, options),
    changes: (since, options) => storage.changes(since, options),
    watch(onHead) {
      const stopWatching = storage.watch(onHead);
      if (!head) throw new InventoryError("STORAGE_CLOSED", {});
      const stopListening = carrier.listen(head.epoch, onHead);
      const stop = () => {
        if (!listening.delete(stop)) return;
        stopWatching();
        stopListening();
      };
      listening.add(stop);
      return stop;
    },
    async close() {
      for (const stop of [...listening]) stop();
      await storage.close();
    },
  };
}

/** The same transaction; where it moves the head is noted. */
const noting = (tx: StorageTransaction, moved: (seq: number) => void): StorageTransaction => ({
  head: () => tx.head(),
  get: (table, keys) => tx.get(table, keys),
  find: (table, query) => tx.find(table, query),
  changes: (since, options) => tx.changes(since, options),
  put: (table, rows) => tx.put(table, rows),
  append: (table, rows) => tx.append(table, rows),
  async advance(seq) {
    await tx.advance(seq);
    moved(seq);
  },
});
