import type {
  AggregateRow,
  Aggregation,
  Condition,
  Grouping,
  Key,
  Measure,
  OrderBy,
  Query,
  Row,
  TableDefinition,
  Value,
} from "@onhand/core";
import { intervalOf, requireBounds } from "./intervals";

/** Refuses columns a table does not have: a programming mistake of the caller, not bad data. */
export function requireColumns(table: TableDefinition, columns: Iterable<string>): void {
  for (const column of columns) {
    if (column !== "seq" && !(column in table.columns)) throw new TypeError(`table ${table.name} has no column ${column}`);
  }
}

/** Every column an aggregation asks about. */
export const aggregatedColumns = ({ where, by, measures }: Aggregation): readonly string[] => [
  ...Object.keys(where ?? {}),
  ...by.map((grouping) => (typeof grouping === "string" ? grouping : grouping.column)),
  ...Object.values(measures).flatMap((how) => ("count" in how ? [] : Object.values(how))),
];

/** Orders two values of one column: null first, text by code unit, false before true. */
function compareValues(a: Value | undefined, b: Value | undefined): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : -1;
  if (b === null || b === undefined) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The whole order of a query: what was asked for, then the table's key, so that no two rows tie. */
export function totalOrder(table: TableDefinition, orderBy: readonly OrderBy[] = []): readonly OrderBy[] {
  const descending = orderBy.at(-1)?.descending ?? false;
  const named = new Set(orderBy.map((entry) => entry.column));
  return [...orderBy, ...table.key.filter((column) => !named.has(column)).map((column) => ({ column, descending }))];
}

/** Compares rows, or the cursor of a row, by an order. */
export function compareRows(order: readonly OrderBy[]): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const { column, descending } of order) {
      const compared = compareValues(a[column], b[column]);
      if (compared !== 0) return descending ? -compared : compared;
    }
    return 0;
  };
}

/** Whether a row satisfies a query's conditions and search. */
export function matcher(query: Pick<Query, "where" | "search">): (row: Row) => boolean {
  const conditions = Object.entries(query.where ?? {}).map(([column, condition]) => {
    const test = conditionTest(condition);
    return (row: Row) => test(row[column] ?? null);
  });
  if (query.search) conditions.push(searchTest(query.search));
  return (row) => conditions.every((holds) => holds(row));
}

function conditionTest(condition: Condition): (value: Value) => boolean {
  if (typeof condition !== "object" || condition === null) return (value) => value === condition;
  if ("in" in condition) {
    const wanted = new Set(condition.in as readonly Value[]);
    return (value) => wanted.has(value);
  }
  if ("not" in condition) return (value) => value !== condition.not;
  const { gt, gte, lt, lte } = condition as { gt?: Value; gte?: Value; lt?: Value; lte?: Value };
  return (value) =>
    value !== null &&
    (gt === undefined || compareValues(value, gt) > 0) &&
    (gte === undefined || compareValues(value, gte) >= 0) &&
    (lt === undefined || compareValues(value, lt) < 0) &&
    (lte === undefined || compareValues(value, lte) <= 0);
}

function searchTest({ columns, text }: { readonly columns: readonly string[]; readonly text: string }): (row: Row) => boolean {
  const wanted = text.toLowerCase();
  return (row) =>
    columns.some((column) =>
      String(row[column] ?? "")
        .toLowerCase()
        .includes(wanted),
    );
}

/** The rows of `ordered`, from behind `after` on, that match; `ordered` stands in the query's order. */
export function pageOf(ordered: Iterable<Row>, matches: (row: Row) => boolean, limit: number): { rows: Row[]; more: boolean } {
  const rows: Row[] = [];
  for (const row of ordered) {
    if (!matches(row)) continue;
    if (rows.length === limit) return { rows, more: true };
    rows.push(row);
  }
  return { rows, more: false };
}

/** A row that stands where a cursor points, for comparing. */
export function cursorRow(order: readonly OrderBy[], after: readonly Value[]): Row {
  if (after.length !== order.length) throw new TypeError(`a cursor here has ${order.length} values, not ${after.length}`);
  return Object.fromEntries(order.map(({ column }, index) => [column, after[index]])) as unknown as Row;
}

/** The indexes of a table as buckets of equal rows: times are asked for by bounds, so they make no bucket. */
export const bucketIndexes = ({ indexes, columns }: TableDefinition): readonly (readonly string[])[] =>
  indexes.map((index) => index.filter((column) => columns[column]?.type !== "timestamp")).filter((index) => index.length > 0);

/** Names the bucket of a row in an index: the text of its columns' values as a key; undefined where one of them is null. */
export function bucketName(columns: readonly string[], row: Row): string | undefined {
  let name: string | undefined;
  for (const column of columns) {
    const value = row[column];
    if (value === null) return undefined;
    name = name === undefined ? String(value) : `${name}\u0000${value}`;
  }
  return name;
}

/** The key a query asks for by equality; undefined when it leaves a column open. */
export function equalityKey(columns: readonly string[], where: Query["where"]): Key | undefined {
  if (!where) return undefined;
  const key = columns.map((column) => where[column]);
  return key.every((value) => typeof value === "string" || typeof value === "number") ? (key as Key) : undefined;
}

/** A row that has this key, for comparing. */
export const keyRow = (table: TableDefinition, key: Key): Row =>
  Object.fromEntries(table.key.map((column, index) => [column, key[index]])) as unknown as Row;

/** Groups and sums rows. Sums are exact: they refuse to pass what a number holds exactly. */
export function aggregateRows(rows: Iterable<Row>, aggregation: Aggregation): AggregateRow[] {
  const aggregator = createAggregator(aggregation);
  for (const row of rows) aggregator.add(row);
  return aggregator.groups();
}

/** Groups and sums rows that come one at a time. */
export function createAggregator(aggregation: Aggregation): { add(row: Row): void; groups(): AggregateRow[] } {
  const matches = matcher(aggregation.where ? { where: aggregation.where } : {});
  const measures = Object.entries(aggregation.measures);
  const names = aggregation.by.map((grouping) => (typeof grouping === "string" ? grouping : grouping.as));
  const groupings = aggregation.by.map(groupValue);
  const { limit = Number.POSITIVE_INFINITY } = aggregation;
  const groups = new Map<string, Record<string, Value>>();
  return {
    add(row) {
      if (!matches(row)) return;
      const by = groupings.map((groupOf) => groupOf(row));
      const name = JSON.stringify(by);
      let group = groups.get(name);
      if (!group) {
        if (groups.size === limit) return;
        group = Object.fromEntries(names.map((column, index) => [column, by[index] as Value]));
        groups.set(name, group);
      }
      for (const [measure, how] of measures) group[measure] = addTo(group[measure], how, row);
    },
    groups: () => [...groups.values()],
  };
}

function groupValue(grouping: Grouping): (row: Row) => Value {
  if (typeof grouping === "string") return (row) => row[grouping] ?? null;
  const { column } = grouping;
  if ("names" in grouping) return (row) => grouping.names.get(row[column] as string) ?? null;
  const bounds = requireBounds(grouping.bounds);
  return (row) => {
    const value = row[column] ?? null;
    return value === null ? null : intervalOf(bounds, value as number);
  };
}

function addTo(before: Value | undefined, how: Measure, row: Row): Value {
  if ("count" in how) return ((before as number | undefined) ?? 0) + 1;
  if ("sum" in how) {
    const factor = how.times === undefined ? 1 : ((row[how.times] as number | null) ?? 0);
    const term = ((row[how.sum] as number | null) ?? 0) * factor;
    const sum = ((before as number | undefined) ?? 0) + term;
    if (!Number.isSafeInteger(term) || !Number.isSafeInteger(sum))
      throw new RangeError(`the sum of ${how.sum} passes what a number holds exactly`);
    // Nothing taken times is minus zero.
    return sum + 0;
  }
  const value = row["min" in how ? how.min : how.max] ?? null;
  if (before === undefined || before === null) return value;
  if (value === null) return before;
  const compared = compareValues(value, before);
  return ("min" in how ? compared < 0 : compared > 0) ? value : before;
}
