import type { AggregateRow, Aggregation, Key, OrderBy, Query, Row, TableDefinition } from "@onhand/core";
import { createHistory } from "./history";
import { createKeyedRows } from "./keyed-rows";
import {
  aggregatedColumns,
  aggregateRows,
  compareRows,
  cursorRow,
  equalityKey,
  matcher,
  pageOf,
  requireColumns,
  totalOrder,
} from "./query";

/** Rows in memory, and the ways in to them that are quicker than looking at each. Rows are frozen and shared, never copied. */
export interface RowSet {
  readonly size: number;
  get(key: Key): Row | undefined;
  /** The row with a key that is one text; null where there is none, undefined where rows are not found by that text. */
  peek(key: string): Row | null | undefined;
  /** Writes a row by its key. Rows come about in seq order: those of one transaction may stand in any. */
  write(row: Row): void;
  /** Row images with a greater seq, in seq order. */
  since(seq: number): Iterable<Row>;
  /** All rows in key order. */
  inKeyOrder(): readonly Row[];
  /** All rows, in no order. */
  all(): Iterable<Row>;
  /** Every row a query can match, found by an index; undefined where none serves it. */
  candidates(where: Query["where"]): Iterable<Row> | undefined;
}

/** A table held in memory, with the query language of the storage port. */
export interface MemoryTable extends RowSet {
  readonly definition: TableDefinition;
  find(query: Query): { rows: Row[]; more: boolean };
  aggregate(aggregation: Aggregation): AggregateRow[];
}

export function createMemoryTable(definition: TableDefinition): MemoryTable {
  const rows = definition.kind === "log" && definition.key[0] === "seq" ? createHistory(definition) : createKeyedRows(definition);

  function find(query: Query): { rows: Row[]; more: boolean } {
    const order = totalOrder(definition, query.orderBy);
    requireColumns(definition, [...Object.keys(query.where ?? {}), ...(query.search?.columns ?? []), ...order.map(({ column }) => column)]);
    const matches = matcher(query);
    const key = equalityKey(definition.key, query.where);
    const candidates = key ? rowOf(rows.get(key)) : rows.candidates(query.where);
    if (!candidates && isKeyOrder(definition, order)) return pageOf(behind(rows.inKeyOrder(), order, query), matches, query.limit);
    const sorted = [...(candidates ?? rows.inKeyOrder())].filter(matches).sort(compareRows(order));
    return pageOf(behind(sorted, order.map(ascending), query, compareRows(order)), () => true, query.limit);
  }

  return Object.assign(rows, {
    definition,
    find,
    aggregate(aggregation: Aggregation) {
      requireColumns(definition, aggregatedColumns(aggregation));
      return aggregateRows(rows.candidates(aggregation.where) ?? rows.inKeyOrder(), aggregation);
    },
  });
}

const rowOf = (row: Row | undefined): Row[] => (row ? [row] : []);

const ascending = ({ column }: OrderBy): OrderBy => ({ column });

/** The rows behind a query's cursor. `list` stands in the order, or in its reverse where the order descends. */
function* behind(list: readonly Row[], order: readonly OrderBy[], query: Query, compare = compareRows(order)): Iterable<Row> {
  const reversed = order[0]?.descending ?? false;
  const at = (position: number) => list[reversed ? list.length - 1 - position : position] as Row;
  const last = query.after && cursorRow(order, query.after);
  let start = 0;
  let end = last ? list.length : 0;
  while (last && start < end) {
    const middle = (start + end) >>> 1;
    if (compare(at(middle), last) <= 0) start = middle + 1;
    else end = middle;
  }
  for (let position = start; position < list.length; position++) yield at(position);
}

function isKeyOrder(table: TableDefinition, order: readonly OrderBy[]): boolean {
  const descending = order[0]?.descending ?? false;
  return order.every((entry, index) => entry.column === table.key[index] && (entry.descending ?? false) === descending);
}
