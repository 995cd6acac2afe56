import { keyText, type Query, type Row, rowKeyText, type TableDefinition } from "@onhand/core";
import type { RowSet } from "./memory-table";
import { compareRows, equalityKey, totalOrder } from "./query";

/** Rows that are looked up, and in `state` tables replaced, by their key. */
export function createKeyedRows(definition: TableDefinition): RowSet {
  const rows = new Map<string, Row>();
  const compare = compareRows(totalOrder(definition));
  const indexes = definition.indexes.map(createIndex);
  const isCurrent = (row: Row) => definition.kind === "log" || rows.get(rowKeyText(definition, row)) === row;
  const recency = createRecency(isCurrent, definition.kind === "log" ? Number.POSITIVE_INFINITY : 1_024);
  // Made when it is asked for, and anew after a key was added.
  let keys: string[] | undefined;

  return {
    get size() {
      return rows.size;
    },
    get: (key) => rows.get(keyText(key)),
    write(row) {
      const key = rowKeyText(definition, row);
      const before = rows.get(key);
      if (!before) keys = undefined;
      rows.set(key, row);
      for (const index of indexes) index.move(key, before, row);
      recency.add(row);
    },
    since: (seq) => recency.since(seq),
    inKeyOrder() {
      keys ??= [...rows.values()].sort(compare).map((row) => rowKeyText(definition, row));
      return keys.map((key) => rows.get(key) as Row);
    },
    candidates: (where) => indexes.map((index) => index.lookUp(where)).find((found) => found !== undefined),
  };
}

/** Rows by the values of some columns. Rows where one of them is null are not in it. */
function createIndex(columns: readonly string[]) {
  const buckets = new Map<string, Map<string, Row>>();
  const nameOf = (row: Row) => {
    const key = columns.map((column) => row[column]);
    return key.includes(null) ? undefined : keyText(key as (string | number)[]);
  };
  return {
    move(key: string, before: Row | undefined, row: Row): void {
      const name = nameOf(row);
      const nameBefore = before && nameOf(before);
      if (nameBefore !== undefined && nameBefore !== name) buckets.get(nameBefore)?.delete(key);
      if (name === undefined) return;
      const bucket = buckets.get(name);
      if (bucket) bucket.set(key, row);
      else buckets.set(name, new Map([[key, row]]));
    },
    lookUp(where: Query["where"]): Iterable<Row> | undefined {
      const key = equalityKey(columns, where);
      return key && (buckets.get(keyText(key))?.values() ?? []);
    },
  };
}

/** Rows in the order they were written, without those overwritten since. Its length stays within twice that of the table. */
function createRecency(isCurrent: (row: Row) => boolean, compactFrom: number) {
  let written: Row[] = [];
  let compactAt = compactFrom;
  return {
    add(row: Row): void {
      written.push(row);
      if (written.length < compactAt) return;
      written = written.filter(isCurrent);
      compactAt = Math.max(compactFrom, written.length * 2);
    },
    *since(seq: number): Iterable<Row> {
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
