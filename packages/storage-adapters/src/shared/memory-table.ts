import { type AggregateRow, type Aggregation, type Key, keyOf, keyText, type Query, type Row, type TableDefinition } from "@onhand/core";
import { aggregateRows, compareRows, cursorRow, matcher, pageOf, requireColumns, totalOrder } from "./query";

/** A table held in memory, with the query language of the storage port. Rows are frozen and shared, never copied. */
export interface MemoryTable {
  readonly definition: TableDefinition;
  readonly size: number;
  get(key: Key): Row | undefined;
  /** Writes a row by its key. Rows come in seq order. */
  write(row: Row): void;
  find(query: Query): { rows: Row[]; more: boolean };
  aggregate(aggregation: Aggregation): AggregateRow[];
  /** Row images with a greater seq, in seq order. */
  since(seq: number): Iterable<Row>;
  /** All rows in key order. */
  rows(): Iterable<Row>;
}

export function createMemoryTable(definition: TableDefinition): MemoryTable {
  const rows = new Map<string, Row>();
  const byKey = compareRows(totalOrder(definition));
  const indexes = definition.indexes.map((columns) => createIndex(columns));
  const history = createRecency((row) => rows.get(keyText(keyOf(definition, row))) === row);
  let ordered: Row[] | undefined;

  function write(row: Row): void {
    const text = keyText(keyOf(definition, row));
    const before = rows.get(text);
    rows.set(text, row);
    // In a log, keys come in order, so the ordered list can simply grow. Otherwise it is made anew when next asked for.
    if (ordered && !before && (ordered.length === 0 || byKey(ordered[ordered.length - 1] as Row, row) < 0)) ordered.push(row);
    else ordered = undefined;
    for (const index of indexes) index.move(text, before, row);
    history.add(row);
  }

  function inKeyOrder(): Row[] {
    ordered ??= [...rows.values()].sort(byKey);
    return ordered;
  }

  function* from(list: readonly Row[], order: ReturnType<typeof totalOrder>, query: Query, reversed: boolean): Iterable<Row> {
    const compare = compareRows(order);
    const last = query.after && cursorRow(order, query.after);
    const at = (position: number) => list[reversed ? list.length - 1 - position : position] as Row;
    let start = 0;
    if (last) {
      let end = list.length;
      while (start < end) {
        const middle = (start + end) >>> 1;
        if (compare(at(middle), last) <= 0) start = middle + 1;
        else end = middle;
      }
    }
    for (let position = start; position < list.length; position++) yield at(position);
  }

  function find(query: Query): { rows: Row[]; more: boolean } {
    const order = totalOrder(definition, query.orderBy);
    requireColumns(definition, [...Object.keys(query.where ?? {}), ...(query.search?.columns ?? []), ...order.map(({ column }) => column)]);
    const matches = matcher(query);
    const key = equalityKey(definition.key, query.where);
    if (key) {
      const row = rows.get(keyText(key));
      const wanted = row && matches(row) && !(query.after && compareRows(order)(row, cursorRow(order, query.after)) <= 0);
      return { rows: wanted ? [row] : [], more: false };
    }
    const candidates = indexes.map((index) => index.lookUp(query.where)).find((found) => found !== undefined);
    if (!candidates && isKeyOrder(definition, order)) {
      return pageOf(from(inKeyOrder(), order, query, order[0]?.descending ?? false), matches, query.limit);
    }
    const sorted = [...(candidates?.values() ?? rows.values())].filter(matches).sort(compareRows(order));
    return pageOf(from(sorted, order, query, false), () => true, query.limit);
  }

  return {
    definition,
    get size() {
      return rows.size;
    },
    get: (key) => rows.get(keyText(key)),
    write,
    find,
    aggregate(aggregation) {
      requireColumns(definition, [...Object.keys(aggregation.where ?? {}), ...aggregation.by]);
      return aggregateRows(rows.values(), aggregation);
    },
    since: (seq) => history.since(seq),
    rows: () => inKeyOrder(),
  };
}

function isKeyOrder(table: TableDefinition, order: ReturnType<typeof totalOrder>): boolean {
  const descending = order[0]?.descending ?? false;
  return order.every((entry, index) => entry.column === table.key[index] && (entry.descending ?? false) === descending);
}

function equalityKey(columns: readonly string[], where: Query["where"]): Key | undefined {
  const key = columns.map((column) => where?.[column]);
  return key.every((value) => typeof value === "string" || typeof value === "number") ? (key as Key) : undefined;
}

/** Rows by the values of some columns. Rows where one of them is null are not in it. */
function createIndex(columns: readonly string[]) {
  const buckets = new Map<string, Map<string, Row>>();
  const nameOf = (row: Row) => {
    const key = columns.map((column) => row[column]);
    return key.some((value) => value === null) ? undefined : keyText(key as Key);
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
    lookUp(where: Query["where"]): ReadonlyMap<string, Row> | undefined {
      const key = equalityKey(columns, where);
      return key && (buckets.get(keyText(key)) ?? new Map());
    },
  };
}

/** Rows in the order they were written, without those overwritten since. Its length stays within twice that of the table. */
function createRecency(isCurrent: (row: Row) => boolean) {
  let written: Row[] = [];
  let compactAt = 1_024;
  return {
    add(row: Row): void {
      written.push(row);
      if (written.length < compactAt) return;
      written = written.filter(isCurrent);
      compactAt = Math.max(1_024, written.length * 2);
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
