import { keyText, type Query, type Row, type TableDefinition } from "@onhand/core";
import type { RowSet } from "./memory-table";
import { bucketIndexes, bucketName, compareRows, equalityKey, keyRow, totalOrder } from "./query";

/** Rows of a log whose key starts with `seq`: they come in key order and never change, so a plain list holds them. */
export function createHistory(definition: TableDefinition): RowSet {
  const rows: Row[] = [];
  const compare = compareRows(totalOrder(definition));
  const indexes = bucketIndexes(definition).map(createLogIndex);

  return {
    get size() {
      return rows.length;
    },
    get(key) {
      const wanted = keyRow(definition, key);
      const row = rows[firstAt(rows, (other) => compare(other, wanted) >= 0)];
      return row && compare(row, wanted) === 0 ? row : undefined;
    },
    write(row) {
      rows.push(row);
      for (const index of indexes) index.add(row);
    },
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

/** Rows by the values of some columns, in the order they came. Rows where one of them is null are not in it. */
function createLogIndex(columns: readonly string[]) {
  const buckets = new Map<string, Row[]>();
  return {
    add(row: Row): void {
      const name = bucketName(columns, row);
      if (name === undefined) return;
      const bucket = buckets.get(name);
      if (bucket) bucket.push(row);
      else buckets.set(name, [row]);
    },
    lookUp(where: Query["where"]): readonly Row[] | undefined {
      const key = equalityKey(columns, where);
      return key && (buckets.get(keyText(key)) ?? []);
    },
  };
}
