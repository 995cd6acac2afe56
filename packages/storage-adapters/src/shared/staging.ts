import { type Head, type Key, keyOf, keyText, type Query, type Row, type StorageTransaction, type Write } from "@onhand/core";
import type { MemoryTable } from "./memory-table";
import { compareRows, cursorRow, matcher, pageOf, requireColumns, totalOrder } from "./query";

/** What one transaction has written so far: visible to its own reads, to nobody else until it is applied. */
export interface Staging {
  readonly transaction: StorageTransaction;
  /** Everything written, in the order it was written. */
  readonly writes: readonly Write[];
  /** Where the head will stand. */
  readonly seq: number;
  /** Ends the transaction: its handles refuse from now on. */
  end(): void;
}

/** A transaction over tables in memory whose writes wait aside. */
export function createStaging(head: Head, tableOf: (name: string) => Pick<MemoryTable, "definition" | "get" | "find">): Staging {
  const writes: Write[] = [];
  const staged = new Map<string, Map<string, Row>>();
  let seq = head.seq;
  let ended = false;

  function live(): void {
    if (ended) throw new TypeError("this transaction has ended");
  }

  function stage(table: string, rows: readonly Row[]): void {
    const { definition } = tableOf(table);
    const own = staged.get(table) ?? new Map<string, Row>();
    staged.set(table, own);
    for (const row of rows) {
      own.set(keyText(keyOf(definition, row)), row);
      writes.push({ table, row });
    }
  }

  const transaction: StorageTransaction = {
    async head() {
      live();
      return head;
    },
    async get(table, keys) {
      live();
      const own = staged.get(table);
      const committed = tableOf(table);
      return keys.map((key) => own?.get(keyText(key)) ?? committed.get(key));
    },
    async find(table, query) {
      live();
      const own = staged.get(table);
      return { ...(own ? findBoth(tableOf(table), own, query) : tableOf(table).find(query)), head: seq };
    },
    async put(table, rows) {
      live();
      stage(table, rows);
    },
    async append(table, rows) {
      live();
      const { definition, get } = tableOf(table);
      for (const row of rows) {
        const key = keyOf(definition, row);
        if (get(key) ?? staged.get(table)?.get(keyText(key))) throw new TypeError(`table ${table} has a row ${key.join(", ")} already`);
      }
      stage(table, rows);
    },
    async advance(to) {
      live();
      if (!Number.isSafeInteger(to) || to < seq) throw new TypeError(`the head can't move from ${seq} to ${to}`);
      seq = to;
    },
  };

  return {
    transaction,
    writes,
    get seq() {
      return seq;
    },
    end() {
      ended = true;
    },
  };
}

function findBoth(
  committed: Pick<MemoryTable, "definition" | "find">,
  own: ReadonlyMap<string, Row>,
  query: Query,
): { rows: Row[]; more: boolean } {
  const { definition } = committed;
  const order = totalOrder(definition, query.orderBy);
  requireColumns(definition, Object.keys(query.where ?? {}));
  // Every staged row may hide a committed one, so as many more are asked for.
  const before = committed.find({ ...query, limit: query.limit + own.size + 1 });
  const kept = before.rows.filter((row) => !own.has(keyText(keyOf(definition, row) as Key)));
  const matches = matcher(query);
  const behind = query.after && cursorRow(order, query.after);
  const compare = compareRows(order);
  const fresh = [...own.values()].filter((row) => matches(row) && !(behind && compare(row, behind) <= 0));
  const { rows, more } = pageOf([...kept, ...fresh].sort(compare), () => true, query.limit);
  return { rows, more: more || before.more };
}
