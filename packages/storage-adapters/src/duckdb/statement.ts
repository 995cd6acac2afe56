import type { AggregateRow, Aggregation, Condition, Grouping, Measure, TableDefinition, Value } from "@onhand/core";
import { nullableIntervalSql, requireBounds } from "../shared/intervals";

/** SQL and what is bound to it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (string | boolean)[];
}

/** How DuckDB keeps each type of column. */
export const columnTypes = { text: "VARCHAR", integer: "BIGINT", timestamp: "BIGINT", boolean: "BOOLEAN", json: "VARCHAR" } as const;

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

/** Groups and sums in one statement. */
export function aggregateStatement(table: TableDefinition, { where = {}, by, measures, limit }: Aggregation): Statement {
  const values: (string | boolean)[] = [];
  const joins: string[] = [];
  const groups = by.map((grouping) => (isNamed(grouping) ? nameSql(grouping, joins, values) : groupSql(table, grouping)));
  const conditions = Object.entries(where).map(([column, condition]) => conditionSql(quoted(column), condition, values));
  const text = [
    `SELECT ${[...groups, ...Object.values(measures).map((how) => measureSql(table, how)), "COUNT(*)::DOUBLE"].join(", ")}`,
    `FROM ${quoted(table.name)}`,
    ...joins,
    ...(conditions.length > 0 ? [`WHERE ${conditions.join(" AND ")}`] : []),
    ...(groups.length > 0 ? [`GROUP BY ${groups.map((_, index) => index + 1).join(", ")}`] : []),
    "HAVING COUNT(*) > 0",
    ...(limit === undefined ? [] : [`LIMIT ${integer(limit)}`]),
  ].join(" ");
  return { text, values };
}

/** Rows of what such a statement gave, column by column. */
export function aggregateRows({ by, measures }: Aggregation, columns: readonly (readonly unknown[])[]): AggregateRow[] {
  const names = [...by.map((grouping) => (typeof grouping === "string" ? grouping : grouping.as)), ...Object.keys(measures)];
  const length = columns[0]?.length ?? 0;
  return Array.from({ length }, (_, place) => {
    const row: Record<string, Value> = {};
    for (const [index, name] of names.entries()) row[name] = exact(name, columns[index]?.[place] as Value);
    return row;
  });
}

/** Numbers come as floats: what is not exact among them is no safe integer. */
function exact(name: string, value: Value): Value {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new RangeError(`${name} passes what a number holds exactly`);
  return value;
}

type Named = Extract<Grouping, { readonly names: unknown }>;
type Unnamed = Exclude<Grouping, Named>;

const isNamed = (grouping: Grouping): grouping is Named => typeof grouping !== "string" && "names" in grouping;

/** Names come as a table of their own, from one text each for what is named and for how. */
function nameSql({ column, names }: Named, joins: string[], values: (string | boolean)[]): string {
  const alias = `named_${joins.length}`;
  const list = (texts: Iterable<string | null>): string => {
    values.push(JSON.stringify([...texts]));
    return `unnest(from_json($${values.length}, '["VARCHAR"]'))`;
  };
  joins.push(
    `LEFT JOIN (SELECT ${list(names.keys())} AS of, ${list(names.values())} AS name) AS ${alias} ON ${alias}.of = ${quoted(column)}`,
  );
  return `${alias}.name`;
}

function groupSql(table: TableDefinition, grouping: Unnamed): string {
  if (typeof grouping !== "string") return `${nullableIntervalSql(quoted(grouping.column), requireBounds(grouping.bounds))}::DOUBLE`;
  return numeric(table, grouping) ? `${quoted(grouping)}::DOUBLE` : quoted(grouping);
}

function measureSql(table: TableDefinition, how: Measure): string {
  if ("count" in how) return "COUNT(*)::DOUBLE";
  if ("sum" in how) {
    const factors = how.times === undefined ? [how.sum] : [how.sum, how.times];
    return `COALESCE(SUM(${factors.map(quoted).join(" * ")}), 0)::DOUBLE`;
  }
  const [bound, name] = "min" in how ? (["MIN", how.min] as const) : (["MAX", how.max] as const);
  return `${bound}(${quoted(name)})${numeric(table, name) ? "::DOUBLE" : ""}`;
}

const numeric = (table: TableDefinition, name: string): boolean => ["integer", "timestamp"].includes(typeOf(table, name));

const comparisons = { gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

function conditionSql(column: string, condition: Condition, values: (string | boolean)[]): string {
  if (condition === null) return `${column} IS NULL`;
  if (typeof condition !== "object") return `${column} = ${operand(condition, values)}`;
  const given = condition as Readonly<Record<string, unknown>>;
  if (Array.isArray(given.in)) {
    const wanted = given.in as readonly Value[];
    const listed = wanted.filter((value) => value !== null).map((value) => operand(value, values));
    const known = listed.length === 0 ? "FALSE" : `${column} IN (${listed.join(", ")})`;
    return wanted.includes(null) ? `(${known} OR ${column} IS NULL)` : known;
  }
  if (Object.hasOwn(given, "not"))
    return given.not === null ? `${column} IS NOT NULL` : `${column} IS DISTINCT FROM ${operand(given.not, values)}`;
  return Object.entries(comparisons)
    .filter(([name]) => given[name] !== undefined)
    .map(([name, sign]) => `${column} ${sign} ${operand(given[name], values)}`)
    .join(" AND ");
}

/** Text is bound; a number is written, as one that is bound would be a float and make a float of the column. */
function operand(value: unknown, values: (string | boolean)[]): string {
  if (typeof value === "number") return integer(value);
  if (typeof value !== "string" && typeof value !== "boolean") throw new TypeError(`a condition can't be ${typeof value}`);
  values.push(value);
  return `$${values.length}`;
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is no whole number`);
  return String(value);
}
