import { keyText, type Query, type Row, type TableDefinition } from "@onhand/core";
import type { RowSet } from "./memory-table";
import { bucketIndexes, bucketName, compareRows, equalityKey, keyRow, totalOrder } from "./query";

/** Rows of a log whose key starts with `seq`: they come in seq order and never change, so a list in key order holds them. */
export function createHistory(definition: TableDefinition): RowSet {
  const rows: Row[] = [];
  const compare = compareRows(totalOrder(definition));
  const indexes = bucketIndexes(definition).map((columns) => createLogIndex(columns, rows));

  /** Rows of one command come in any order: one that belongs before others of it goes there. Nobody looks in between, so indexes know none of them yet. */
  function insert(row: Row): void {
    let position = rows.length;
    while (position > 0 && comesAfter(rows[position - 1] as Row, row)) position--;
    if (position === rows.length) rows.push(row);
    else rows.splice(position, 0, row);
  }

  const comesAfter = (other: Row, row: Row): boolean => other.seq >= row.seq && compare(other, row) > 0;

  return {
    get size() {
      return rows.length;
    },
    get(key) {
      const wanted = keyRow(definition, key);
      const row = rows[firstAt(rows, (other) => compare(other, wanted) >= 0)];
      return row && compare(row, wanted) === 0 ? row : undefined;
    },
    peek: () => undefined,
    write: insert,
    *since(seq) {
      for (let position = firstAt(rows, (row) => row.seq > seq); position < rows.length; position++) yield rows[position] as Row;
    },
    inKeyOrder: () => rows,
    all: () => rows,
    candidates(where) {
      if (typeof where?.seq === "number") {
        const { seq } = where;
        return rows.slice(
          firstAt(rows, (row) => row.seq >= seq),
          firstAt(rows, (row) => row.seq > seq),
        );
      }
      return indexes.map((index) => index.lookUp(where)).find((found) => found !== undefined);
    },
  };
}

/** The first position where something holds that holds for all after it; the length where it never does. */
function firstAt(rows: readonly Row[], holds: (row: Row) => boolean): number {
  let start = 0;
  let end = rows.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (holds(rows[middle] as Row)) end = middle;
    else start = middle + 1;
  }
  return start;
}

/** Rows by the values of some columns, in the order they came. Rows where one of them is null are not in it. It takes in what is new when it is asked. */
function createLogIndex(columns: readonly string[], rows: readonly Row[]) {
  const buckets = new Map<string, Row[]>();
  let known = 0;

  function add(row: Row): void {
    const name = bucketName(columns, row);
    if (name === undefined) return;
    const bucket = buckets.get(name);
    if (bucket) bucket.push(row);
    else buckets.set(name, [row]);
  }

  return {
    lookUp(where: Query["where"]): readonly Row[] | undefined {
      const key = equalityKey(columns, where);
      if (!key) return undefined;
      for (; known < rows.length; known++) add(rows[known] as Row);
      return buckets.get(keyText(key)) ?? [];
    },
  };
}
