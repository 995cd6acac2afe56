import type { AggregateRow, Aggregation, Condition, Grouping, Measure, Query, Row, Value } from "@onhand/core";
import { nullableIntervalSql, requireBounds } from "../shared/intervals";
import { totalOrder } from "../shared/query";
import type { Dialect } from "./dialects/dialect";
import { decodeHead, type HeadState, headColumns, type WideColumns } from "./head";
import type { ColumnLayout, TableLayout } from "./layout";
import { decode, encodeCondition, exactInteger, type RawRow, rowDecoder } from "./rows";
import { createParameters, type Parameters, type Statement } from "./statement";
import { isWide } from "./text-order";

/** A statement made for what is known of wide columns, and which of them it would be made differently for. */
export interface Planned {
  readonly statement: Statement;
  /** Text columns whose order matters to it, as `table.column`. */
  readonly ordered: ReadonlySet<string>;
}

/** Whether a statement is right for these wide columns though it was made for others. */
export function isRight({ ordered }: Planned, madeFor: WideColumns, wide: WideColumns): boolean {
  return madeFor === wide || [...ordered].every((name) => madeFor.has(name) || !wide.has(name));
}

interface Writing {
  readonly dialect: Dialect;
  readonly table: TableLayout;
  readonly parameters: Parameters;
  readonly wide: WideColumns;
  readonly ordered: Set<string>;
}

/** The head row's columns as a statement selects them. */
export const headSelect = (dialect: Dialect, alias: string): string =>
  headColumns.map((column) => `${alias}.${dialect.quote(column)}`).join(", ");

/** A page of rows and the head, in one statement: one snapshot on every database. */
export function planPage(dialect: Dialect, head: string, table: TableLayout, query: Query, wide: WideColumns): Planned {
  const writing = newWriting(dialect, table, wide);
  const order = totalOrder(table.definition, query.orderBy);
  const select = table.columns.map((column) => column.sql).join(", ");
  const inner = `SELECT ${select} FROM ${table.sql}${whereClause(writing, query)} ORDER BY ${orderClause(writing, order)} LIMIT ${limitOf(query)}`;
  // Ordered again outside: a join promises no order, and what it gives is in order nearly always.
  const outer = table.columns.map((column) => `t.${column.sql}`).join(", ");
  return {
    statement: {
      text: `SELECT ${headSelect(dialect, "h")}, ${outer} FROM ${head} h LEFT JOIN (${inner}) t ON 1 = 1 WHERE h.${dialect.quote("id")} = 1 ORDER BY ${orderClause(writing, order, "t.")}`,
      values: writing.parameters.values,
    },
    ordered: writing.ordered,
  };
}

/** The rows of a page alone, inside a transaction. `suffix` says how they are read. */
export function planRows(dialect: Dialect, table: TableLayout, query: Query, wide: WideColumns, suffix: string): Statement {
  const writing = newWriting(dialect, table, wide);
  const order = orderClause(writing, totalOrder(table.definition, query.orderBy));
  const select = table.columns.map((column) => column.sql).join(", ");
  const text = `SELECT ${select} FROM ${table.sql}${whereClause(writing, query)} ORDER BY ${order} LIMIT ${limitOf(query)}${suffix}`;
  return { text, values: writing.parameters.values };
}

/** What a page statement gave. */
export function readPage(table: TableLayout, raw: readonly RawRow[], limit: number): { rows: Row[]; more: boolean; head: HeadState } {
  const head = decodeHead(raw[0]);
  const decodeRow = rowDecoder(table);
  const found = raw[0]?.[headColumns.length] === null ? [] : raw;
  const rows = found.slice(0, limit).map((values) => decodeRow(values, headColumns.length));
  return { rows, more: found.length > limit, head };
}

/** Groups and sums in one statement. */
export function planAggregate(dialect: Dialect, table: TableLayout, aggregation: Aggregation, wide: WideColumns): Planned {
  const writing = newWriting(dialect, table, wide);
  const by = aggregation.by.map((grouping) => groupSql(table, grouping));
  const measures = Object.values(aggregation.measures).map((how) => measureSql(writing, how));
  const where = whereClause(writing, aggregation.where ? { where: aggregation.where } : {});
  const groups = by.length === 0 ? "" : ` GROUP BY ${by.map((_, index) => index + 1).join(", ")}`;
  const limit = aggregation.limit === undefined ? "" : ` LIMIT ${requireLimit(aggregation.limit)}`;
  const text = `SELECT ${[...by, ...measures, "COUNT(*)"].join(", ")} FROM ${table.sql}${where}${groups} HAVING COUNT(*) > 0${limit}`;
  return { statement: { text, values: writing.parameters.values, exact: true }, ordered: writing.ordered };
}

/** What an aggregation gave. */
export function readAggregate(
  dialect: Dialect,
  table: TableLayout,
  aggregation: Aggregation,
  wide: WideColumns,
  raw: readonly RawRow[],
): AggregateRow[] {
  return raw.map((values) => {
    const row: Record<string, Value> = {};
    let index = 0;
    for (const grouping of aggregation.by) {
      if (typeof grouping === "string") row[grouping] = decode(table.column(grouping), values[index++]);
      else row[grouping.as] = decode({ type: "integer" }, values[index++]);
    }
    for (const [name, how] of Object.entries(aggregation.measures)) {
      const value = values[index++];
      if ("count" in how || "sum" in how) row[name] = exactInteger(value);
      else row[name] = boundValue(dialect, table, "min" in how ? how.min : how.max, wide, value);
    }
    return Object.freeze(row);
  });
}

function boundValue(dialect: Dialect, table: TableLayout, name: string, wide: WideColumns, raw: unknown): Value {
  const column = table.column(name);
  if (raw !== null && column.type === "text" && wide.has(wideName(table, column))) return dialect.codeUnits.decode(raw);
  return decode(column, raw);
}

/** What rows are grouped by. */
function groupSql(table: TableLayout, grouping: Grouping): string {
  if (typeof grouping === "string") return comparable(table.column(grouping)).sql;
  if ("names" in grouping) throw new TypeError("named groups are put together from the groups of their column");
  return nullableIntervalSql(summable(table, grouping.column).sql, requireBounds(grouping.bounds));
}

function summable(table: TableLayout, name: string): ColumnLayout {
  const column = table.column(name);
  if (column.type === "integer" || column.type === "timestamp") return column;
  throw new TypeError(`column ${name} holds no numbers`);
}

function measureSql(writing: Writing, how: Measure): string {
  if ("count" in how) return "COUNT(*)";
  const { dialect, table } = writing;
  if ("sum" in how) {
    const factors = [how.sum, ...(how.times === undefined ? [] : [how.times])].map((name) => summable(table, name).sql);
    return dialect.exactSum(factors.join(" * "));
  }
  const [bound, name] = "min" in how ? (["min", how.min] as const) : (["max", how.max] as const);
  const column = comparable(table.column(name));
  return column.type === "boolean" ? dialect.booleanBound(bound, column.sql) : `${bound.toUpperCase()}(${orderSql(writing, column)})`;
}

const newWriting = (dialect: Dialect, table: TableLayout, wide: WideColumns): Writing => ({
  dialect,
  table,
  wide,
  parameters: createParameters(dialect.placeholder),
  ordered: new Set(),
});

const wideName = (table: TableLayout, column: ColumnLayout): string => `${table.definition.name}.${column.name}`;

function comparable(column: ColumnLayout): ColumnLayout {
  if (column.type === "json") throw new TypeError(`column ${column.name} holds JSON and can't be compared`);
  return column;
}

/** One more than asked for, which tells whether there are more. */
const limitOf = ({ limit }: Query): number => requireLimit(limit) + 1;

function requireLimit(limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new TypeError("limit must be a whole number");
  return limit;
}

function whereClause(writing: Writing, { where, search, after, orderBy }: Partial<Query>): string {
  const conditions = Object.entries(where ?? {}).map(([name, condition]) => conditionSql(writing, writing.table.column(name), condition));
  if (search) conditions.push(searchSql(writing, search));
  if (after) conditions.push(afterSql(writing, totalOrder(writing.table.definition, orderBy), after));
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
}

const comparisons = { gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

function conditionSql(writing: Writing, column: ColumnLayout, condition: Condition): string {
  const { parameters, dialect } = writing;
  if (condition === null) return `${column.sql} IS NULL`;
  if (typeof condition !== "object") return `${column.sql} = ${parameters.add(encodeCondition(column, condition))}`;
  const given = condition as Readonly<Record<string, unknown>>;
  if (Array.isArray(given.in)) {
    const values = (given.in as Value[]).filter((value) => value !== null).map((value) => encodeCondition(column, value));
    const listed = values.length === 0 ? "1 = 0" : `${column.sql} IN (${dialect.list(parameters, column, values)})`;
    return given.in.includes(null) ? `(${listed} OR ${column.sql} IS NULL)` : listed;
  }
  if ("not" in given) {
    if (given.not === null) return `${column.sql} IS NOT NULL`;
    const differs = `${column.sql} <> ${parameters.add(encodeCondition(column, given.not))}`;
    return column.nullable ? `(${differs} OR ${column.sql} IS NULL)` : differs;
  }
  const bounds = Object.entries(given).filter(([, value]) => value !== undefined);
  if (bounds.length === 0) throw new TypeError(`the condition on ${column.name} says nothing`);
  return bounds
    .map(([name, value]) => {
      const comparison = comparisons[name as keyof typeof comparisons];
      if (!Object.hasOwn(comparisons, name)) throw new TypeError(`there is no condition ${name}`);
      return compareSql(writing, comparable(column), comparison, value);
    })
    .join(" AND ");
}

/** Compares by order. Text goes by code unit where the column, or the value, needs it. */
function compareSql(writing: Writing, column: ColumnLayout, comparison: string, value: unknown): string {
  const { parameters, dialect, table, wide, ordered } = writing;
  const bound = encodeCondition(column, value);
  if (column.type !== "text") return `${column.sql} ${comparison} ${parameters.add(bound)}`;
  ordered.add(wideName(table, column));
  if (!wide.has(wideName(table, column)) && !isWide(bound as string)) return `${column.sql} ${comparison} ${parameters.add(bound)}`;
  return `${dialect.codeUnits.ofColumn(column.sql)} ${comparison} ${dialect.codeUnits.ofValue(parameters, bound as string)}`;
}

function searchSql({ dialect, table, parameters }: Writing, { columns, text }: NonNullable<Query["search"]>): string {
  const wanted = String(text).toLowerCase();
  const matches = columns.map((name) => {
    const column = table.column(name);
    if (column.type !== "text") throw new TypeError(`column ${name} can't be searched`);
    return dialect.contains(dialect.folded(column.sql), parameters.add(wanted));
  });
  return `(${matches.join(" OR ") || "1 = 0"})`;
}

type Order = ReturnType<typeof totalOrder>;

function orderClause(writing: Writing, order: Order, alias = ""): string {
  return order
    .map(({ column: name, descending = false }) => {
      const column = comparable(writing.table.column(name));
      return `${orderSql(writing, column, alias)}${descending ? " DESC" : ""}${column.nullable ? writing.dialect.nulls(descending) : ""}`;
    })
    .join(", ");
}

function orderSql({ dialect, table, wide, ordered }: Writing, column: ColumnLayout, alias = ""): string {
  if (column.type === "text") ordered.add(wideName(table, column));
  return wide.has(wideName(table, column)) ? dialect.codeUnits.ofColumn(alias + column.sql) : alias + column.sql;
}

/** Rows behind a cursor: behind it in the first column, or level with it there and behind it in the rest. */
function afterSql(writing: Writing, order: Order, after: readonly Value[]): string {
  if (after.length !== order.length) throw new TypeError(`a cursor here has ${order.length} values, not ${after.length}`);
  const [first] = order;
  const column = writing.table.column(first?.column ?? "");
  if (column.nullable || column.type === "boolean" || order.length === 1) return behindSql(writing, order, after);
  // Says nothing new, but an index can begin there.
  const from = compareSql(writing, column, first?.descending ? "<=" : ">=", after[0]);
  return `${from} AND ${behindSql(writing, order, after)}`;
}

function behindSql(writing: Writing, [first, ...rest]: Order, [value, ...values]: readonly Value[]): string {
  if (!first) return "1 = 0";
  const column = comparable(writing.table.column(first.column));
  const strictly = strictlyBehind(writing, column, first.descending ?? false, value ?? null);
  if (rest.length === 0) return strictly;
  const level = conditionSql(writing, column, (value ?? null) as Value);
  return `(${strictly} OR (${level} AND ${behindSql(writing, rest, values)}))`;
}

function strictlyBehind(writing: Writing, column: ColumnLayout, descending: boolean, value: Value): string {
  if (value === null) return descending ? "1 = 0" : `${column.sql} IS NOT NULL`;
  const compared = compareSql(writing, column, descending ? "<" : ">", value);
  return descending && column.nullable ? `(${compared} OR ${column.sql} IS NULL)` : compared;
}

/** The rows with these keys. */
export function planKeys(dialect: Dialect, table: TableLayout, keys: readonly (readonly (string | number)[])[], suffix: string): Statement {
  const parameters = createParameters(dialect.placeholder);
  const checked = keys.map((key) => table.key.map((column, index) => encodeCondition(column, key[index])));
  const select = table.columns.map((column) => `t.${column.sql}`).join(", ");
  return { text: `SELECT ${select} FROM ${dialect.byKeys(parameters, table, checked, suffix)}`, values: parameters.values, prepared: true };
}
