import { type ChangeOptions, type ChangePage, type Head, InventoryError, type StorageAdapter, type TableSet } from "@onhand/core";
import { Mutex } from "async-mutex";
import { mergeChanges } from "../shared/changes";
import { createMemoryTable, type MemoryTable } from "../shared/memory-table";
import { createStaging, noHostTransactions } from "../shared/staging";

/**
 * Keeps everything in this process: for tests, demos and browsers.
 *
 * Transactions are atomic and strictly serial. Several inventories may open the same storage object and see each
 * other's commits. Everything is gone when the process ends.
 *
 * @example
 * const inventory = await createInventory({ storage: memoryStorage() });
 * @see docs/contracts/storage.md
 */
export function memoryStorage(): StorageAdapter {
  const writers = new Mutex();
  const watchers = new Set<(seq: number) => void>();
  const tables = new Map<string, MemoryTable>();
  let head: Head | undefined;
  let closed = false;

  function opened(): Head {
    if (closed || !head) throw new InventoryError("STORAGE_CLOSED", {});
    return head;
  }

  function tableOf(name: string): MemoryTable {
    const table = tables.get(name);
    if (!table) throw new TypeError(`there is no table ${name}`);
    return table;
  }

  async function changes(since: number, { limit, tables: names }: ChangeOptions): Promise<ChangePage> {
    const { seq } = opened();
    const found = names.map((name) => ({ name, rows: tableOf(name).since(since) }));
    return { ...mergeChanges(found, limit), head: seq };
  }

  return {
    name: "memory",
    capabilities: { durability: "none", shared: true, hostTransactions: false, settlesUnknownOutcomes: false },

    async open(set: TableSet) {
      if (closed) throw new InventoryError("STORAGE_CLOSED", {});
      for (const definition of set.tables) {
        if (!tables.has(definition.name)) tables.set(definition.name, createMemoryTable(definition));
      }
      head ??= { epoch: globalThis.crypto.randomUUID(), seq: 0 };
      return head;
    },

    async transaction(work, { host } = {}) {
      opened();
      if (host !== undefined) throw noHostTransactions("memory");
      const result = await writers.runExclusive(async () => {
        const staged = createStaging(opened(), tableOf, changes);
        try {
          const answer = await work(staged.transaction);
          for (const { table, row } of staged.writes) tableOf(table).write(row);
          head = { ...opened(), seq: staged.seq };
          return answer;
        } finally {
          staged.end();
        }
      });
      for (const notify of [...watchers]) notify(opened().seq);
      return result;
    },

    async find(table, query) {
      const { seq } = opened();
      return { ...tableOf(table).find(query), head: seq };
    },

    async aggregate(table, aggregation) {
      opened();
      return tableOf(table).aggregate(aggregation);
    },

    changes,

    watch(onHead) {
      const notify = (seq: number) => onHead(seq);
      watchers.add(notify);
      return () => void watchers.delete(notify);
    },

    async close() {
      await writers.runExclusive(async () => {
        closed = true;
        watchers.clear();
      });
    },
  };
}
