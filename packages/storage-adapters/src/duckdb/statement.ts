import type { AggregateRow, Aggregation, Column, Condition, Grouping, Measure, TableDefinition, Value } from "@onhand/core";
import { nullableIntervalSql, requireBounds } from "../shared/intervals";
import type { Dictionary } from "./dictionary";

/** SQL and what is bound to it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (string | boolean)[];
}

/** A question as DuckDB is asked it, and what its answer means. */
export interface AggregateStatement extends Statement {
  /** Rows of what it gave, column by column. */
  rows(columns: readonly (readonly unknown[])[]): AggregateRow[];
}

const columnTypes = { text: "VARCHAR", integer: "BIGINT", timestamp: "BIGINT", boolean: "BOOLEAN", json: "VARCHAR" } as const;

/** How DuckDB keeps a column. Text that recurs is kept as its number in the dictionary: grouping and joining by those takes a third of the time. */
export const columnType = (column: Column): string => (column.recurring ? "INTEGER" : columnTypes[column.type]);

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const typeOf = ({ columns }: TableDefinition, name: string) => columns[name]?.type ?? "integer";

/** Whether the order of text matters, which DuckDB has by code point and a storage by code unit. */
export function ordersText(table: TableDefinition, { where = {}, measures }: Aggregation): boolean {
  const bounded = Object.entries(where).filter(
    ([, condition]) =>
      typeof condition === "object" && condition !== null && ["gt", "gte", "lt", "lte"].some((bound) => Object.hasOwn(condition, bound)),
  );
  const extremes = Object.values(measures).flatMap((how) => ("min" in how ? [how.min] : "max" in how ? [how.max] : []));
  return [...bounded.map(([column]) => column), ...extremes].some((column) => typeOf(table, column) === "text");
}

interface Writing {
  readonly table: TableDefinition;
  readonly dictionary: Dictionary;
  readonly values: (string | boolean)[];
  readonly joins: string[];
}

/** One column of an answer. Rows are grouped by what it is; a number is handed over as a float, which costs least on the way. */
interface Answered {
  readonly name: string;
  readonly sql: string;
  readonly isNumber?: boolean;
  readonly meaning?: (value: number) => string;
}

/** Groups and sums in one statement. */
export function aggregateStatement(
  table: TableDefinition,
  { where = {}, by, measures, limit }: Aggregation,
  dictionary: Dictionary,
): AggregateStatement {
  const writing: Writing = { table, dictionary, values: [], joins: [] };
  const groups = by.map((grouping) => groupOf(writing, grouping));
  const answered = [...groups, ...Object.entries(measures).map(([name, how]) => measureOf(table, name, how))];
  const conditions = Object.entries(where).map(([column, condition]) => conditionSql(writing, column, condition));
  const inner = [
    `SELECT ${[...answered.map(({ sql }, index) => `${sql} AS c${index}`), "COUNT(*) AS n"].join(", ")}`,
    `FROM ${quoted(table.name)}`,
    ...writing.joins,
    ...(conditions.length > 0 ? [`WHERE ${conditions.join(" AND ")}`] : []),
    ...(groups.length > 0 ? [`GROUP BY ${groups.map((_, index) => index + 1).join(", ")}`] : []),
    "HAVING COUNT(*) > 0",
    ...(limit === undefined ? [] : [`LIMIT ${integer(limit)}`]),
  ].join(" ");
  const outer = [...answered.map(({ isNumber }, index) => `c${index}${isNumber ? "::DOUBLE" : ""}`), "n::DOUBLE"].join(", ");
  return { text: `SELECT ${outer} FROM (${inner})`, values: writing.values, rows: (columns) => answerRows(answered, columns) };
}

function answerRows(answered: readonly Answered[], columns: readonly (readonly unknown[])[]): AggregateRow[] {
  const length = columns[0]?.length ?? 0;
  return Array.from({ length }, (_, place) => {
    const row: Record<string, Value> = {};
    for (const [index, { name, meaning }] of answered.entries()) {
      const value = exact(name, columns[index]?.[place] as Value);
      row[name] = meaning && value !== null ? meaning(value as number) : value;
    }
    return row;
  });
}

/** Numbers come as floats: what is not exact among them is no safe integer. */
function exact(name: string, value: Value): Value {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new RangeError(`${name} passes what a number holds exactly`);
  return value;
}

function groupOf(writing: Writing, grouping: Grouping): Answered {
  const { table, dictionary } = writing;
  if (typeof grouping !== "string") {
    if ("names" in grouping) return namedGroup(writing, grouping);
    return { name: grouping.as, sql: nullableIntervalSql(quoted(grouping.column), requireBounds(grouping.bounds)), isNumber: true };
  }
  const answered = { name: grouping, sql: quoted(grouping), isNumber: numeric(table, grouping) };
  return recurs(table, grouping) ? { ...answered, meaning: dictionary.textOf } : answered;
}

/** Names come as a table of their own: what is named, and the number of its name. */
function namedGroup(writing: Writing, { column, names, as }: Extract<Grouping, { readonly names: unknown }>): Answered {
  const { table, dictionary, joins } = writing;
  const named = [...names].filter(([, name]) => name !== null);
  const distinct = [...new Set(named.map(([, name]) => name as string))];
  const places = new Map(distinct.map((name, place) => [name, place]));
  const keys = named.map(([text]) => (recurs(table, column) ? dictionary.idOf(text) : text));
  const alias = `named_${joins.length}`;
  const list = (values: readonly unknown[], type: string) => `unnest(from_json(${bind(writing, JSON.stringify(values))}, '["${type}"]'))`;
  const key = list(keys, recurs(table, column) ? "INTEGER" : "VARCHAR");
  const place = list(
    named.map(([, name]) => places.get(name as string)),
    "INTEGER",
  );
  joins.push(`LEFT JOIN (SELECT ${key} AS of, ${place} AS place) AS ${alias} ON ${alias}.of = ${quoted(column)}`);
  return { name: as, sql: `${alias}.place`, meaning: (value) => distinct[value] as string };
}

function measureOf(table: TableDefinition, name: string, how: Measure): Answered {
  if ("count" in how) return { name, sql: "COUNT(*)", isNumber: true };
  if ("sum" in how) {
    const factors = how.times === undefined ? [how.sum] : [how.sum, how.times];
    return { name, sql: `COALESCE(SUM(${factors.map(quoted).join(" * ")}), 0)`, isNumber: true };
  }
  const [bound, column] = "min" in how ? (["MIN", how.min] as const) : (["MAX", how.max] as const);
  return { name, sql: `${bound}(${quoted(column)})`, isNumber: numeric(table, column) };
}

const recurs = ({ columns }: TableDefinition, name: string): boolean => columns[name]?.recurring === true;

const numeric = (table: TableDefinition, name: string): boolean => ["integer", "timestamp"].includes(typeOf(table, name));

const comparisons = { gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

function conditionSql(writing: Writing, name: string, condition: Condition): string {
  const column = quoted(name);
  const operand = (value: unknown): string => operandSql(writing, name, value);
  if (condition === null) return `${column} IS NULL`;
  if (typeof condition !== "object") return `${column} = ${operand(condition)}`;
  const given = condition as Readonly<Record<string, unknown>>;
  if (Array.isArray(given.in)) {
    const wanted = given.in as readonly Value[];
    const listed = wanted.filter((value) => value !== null).map(operand);
    const known = listed.length === 0 ? "FALSE" : `${column} IN (${listed.join(", ")})`;
    return wanted.includes(null) ? `(${known} OR ${column} IS NULL)` : known;
  }
  if (Object.hasOwn(given, "not")) return given.not === null ? `${column} IS NOT NULL` : `${column} IS DISTINCT FROM ${operand(given.not)}`;
  return Object.entries(comparisons)
    .filter(([bound]) => given[bound] !== undefined)
    .map(([bound, sign]) => `${column} ${sign} ${operand(given[bound])}`)
    .join(" AND ");
}

/** Text is bound; a number is written, as one that is bound would be a float and make a float of the column. */
function operandSql(writing: Writing, column: string, value: unknown): string {
  if (typeof value === "number") return integer(value);
  if (typeof value !== "string" && typeof value !== "boolean") throw new TypeError(`a condition can't be ${typeof value}`);
  if (recurs(writing.table, column)) return integer(writing.dictionary.idOf(String(value)));
  return bind(writing, value);
}

function bind({ values }: Writing, value: string | boolean): string {
  values.push(value);
  return `$${values.length}`;
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is no whole number`);
  return String(value);
}
