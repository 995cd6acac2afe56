import { keyText, type Query, type Row, rowKeyText, type TableDefinition } from "@onhand/core";
import type { RowSet } from "./memory-table";
import { bucketIndexes, bucketName, compareRows, equalityKey, totalOrder } from "./query";

/** Rows that are looked up, and in `state` tables replaced, by their key. */
export function createKeyedRows(definition: TableDefinition): RowSet {
  const rows = new Map<string, Row>();
  const compare = compareRows(totalOrder(definition));
  const indexes = bucketIndexes(definition).map((columns) => createIndex(columns, rows));
  const recency = createRecency(rows, (row) => definition.kind === "log" || rows.get(rowKeyText(definition, row)) === row);
  const followers = [...indexes, recency];
  // Made when it is asked for, and anew after a key was added.
  let keys: string[] | undefined;

  return {
    get size() {
      return rows.size;
    },
    get: (key) => rows.get(keyText(key)),
    peek: (key) => rows.get(key) ?? null,
    write(row) {
      const key = rowKeyText(definition, row);
      // The key of a log's row is new, and nobody may want to know which row was replaced: looking costs as much as writing.
      const before = definition.kind === "state" && followers.some(({ made }) => made) ? rows.get(key) : undefined;
      const { size } = rows;
      rows.set(key, row);
      if (rows.size > size) keys = undefined;
      for (const follower of followers) if (follower.made) follower.move(key, before, row);
    },
    since: (seq) => recency.since(seq),
    inKeyOrder() {
      keys ??= [...rows.values()].sort(compare).map((row) => rowKeyText(definition, row));
      return keys.map((key) => rows.get(key) as Row);
    },
    all: () => rows.values(),
    candidates(where) {
      const found = indexes.map((index) => index.lookUp(where)).find((keys) => keys !== undefined);
      return found && Array.from(found, (key) => rows.get(key) as Row);
    },
  };
}

/** What follows the rows to answer a question quickly. Made when it is first asked: most tables are never asked most questions. */
interface Follower {
  readonly made: boolean;
  /** A row was written over the one before it, if there was one. */
  move(key: string, before: Row | undefined, row: Row): void;
}

/** Keys of rows by the values of some columns. Rows where one of them is null are not in it. */
function createIndex(
  columns: readonly string[],
  rows: ReadonlyMap<string, Row>,
): Follower & { lookUp(where: Query["where"]): Iterable<string> | undefined } {
  let buckets: Map<string, Set<string>> | undefined;

  function add(key: string, row: Row, to: Map<string, Set<string>>): void {
    const name = bucketName(columns, row);
    if (name === undefined) return;
    const bucket = to.get(name);
    if (bucket) bucket.add(key);
    else to.set(name, new Set([key]));
  }

  function make(): Map<string, Set<string>> {
    if (buckets) return buckets;
    buckets = new Map();
    for (const [key, row] of rows) add(key, row, buckets);
    return buckets;
  }

  return {
    get made() {
      return buckets !== undefined;
    },
    move(key, before, row) {
      if (!buckets || (before && columns.every((column) => before[column] === row[column]))) return;
      const nameBefore = before && bucketName(columns, before);
      if (nameBefore !== undefined) buckets.get(nameBefore)?.delete(key);
      add(key, row, buckets);
    },
    lookUp(where) {
      const key = equalityKey(columns, where);
      return key && (make().get(keyText(key)) ?? []);
    },
  };
}

/** Rows in seq order, without those overwritten since. Of its entries at most about half are of those. */
function createRecency(rows: ReadonlyMap<string, Row>, isCurrent: (row: Row) => boolean): Follower & { since(seq: number): Iterable<Row> } {
  let written: Row[] | undefined;
  let overwritten = 0;
  return {
    get made() {
      return written !== undefined;
    },
    move(_key, before, row) {
      if (!written) return;
      written.push(row);
      if (!before) return;
      overwritten++;
      if (overwritten < 1_024 || overwritten * 2 < written.length) return;
      written = written.filter(isCurrent);
      overwritten = 0;
    },
    *since(seq) {
      written ??= [...rows.values()].sort((a, b) => a.seq - b.seq);
      let start = 0;
      let end = written.length;
      while (start < end) {
        const middle = (start + end) >>> 1;
        if ((written[middle] as Row).seq <= seq) start = middle + 1;
        else end = middle;
      }
      for (let position = start; position < written.length; position++) {
        const row = written[position] as Row;
        if (isCurrent(row)) yield row;
      }
    },
  };
}
