import { InventoryError, type Json, type Row, type Value } from "@onhand/core";
import { blankRow } from "../shared/blank-row";
import type { ColumnLayout, TableLayout } from "./layout";

/** A row as a driver gives it: values in the order of the statement's columns. */
export type RawRow = readonly unknown[];

/** A value as it is bound. */
export type Scalar = string | number | null;

/** What is bound to a statement. */
export type Bound = Scalar | readonly Scalar[];

/** One column of rows that are written together. */
export interface EncodedColumn {
  readonly values: readonly Scalar[];
  /** Whether any of them is a text with characters beyond the basic plane. */
  readonly wide: boolean;
}

/** A column of rows as it is bound. */
export function encodeColumn(column: ColumnLayout, rows: readonly Row[]): EncodedColumn {
  const { name, type } = column;
  const values = rows.map((row) => encode(column, row[name]));
  // Nearly every text is plain: all of them are looked at as one, and one by one only where that finds something.
  if (type !== "text" || !/[\0\uD800-\uDFFF]/.test(values.join(""))) return { values, wide: false };
  for (const value of values) if (value !== null) requireStorable(column, value as string);
  return { values, wide: true };
}

/**
 * A value as it is bound: booleans are 0 or 1, JSON is its text. Anything that is not of the column's type is a programming
 * mistake: an object bound as it is might be more to a driver than a value.
 */
function encode(column: ColumnLayout, value: Value | undefined): Scalar {
  if (value === null || value === undefined) {
    if (!column.nullable) throw new TypeError(`column ${column.name} needs a value`);
    return null;
  }
  switch (column.type) {
    case "text":
      if (typeof value === "string") return value;
      break;
    case "integer":
    case "timestamp":
      if (typeof value === "number" && Number.isSafeInteger(value)) return value;
      break;
    case "boolean":
      if (typeof value === "boolean") return value ? 1 : 0;
      break;
    case "json":
      return JSON.stringify(value);
  }
  throw new TypeError(`column ${column.name} holds ${column.type} values, not ${typeof value}`);
}

/** The same for a condition, where null stands for no value whatever the column says. */
export function encodeCondition(column: ColumnLayout, value: unknown): string | number {
  if (column.type === "json") throw new TypeError(`column ${column.name} holds JSON and can't be compared`);
  const bound = encode({ ...column, nullable: false }, value as Value) as string | number;
  return typeof bound === "string" ? requireStorable(column, bound) : bound;
}

// A database would cut a text at NUL or put another character for half a pair: kept is what was given, or nothing.
const halfPair = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

function requireStorable(column: ColumnLayout, text: string): string {
  if (text.includes("\0") || halfPair.test(text))
    throw new InventoryError("INVALID_INPUT", { issues: [{ path: column.name, message: "holds NUL or half a character" }] });
  return text;
}

/** Makes rows of what a driver gives for all columns of a table, from `offset` on. Rows are frozen, deeply. */
export function rowDecoder({ columns }: TableLayout): (raw: RawRow, offset?: number) => Row {
  const blank = blankRow(columns.map(({ name }) => name));
  return (raw, offset = 0) => {
    const row: Record<string, Value> = { ...blank };
    for (const column of columns) row[column.name] = decode(column, raw[offset + column.index]);
    return Object.freeze(row) as Row;
  };
}

/** A value as a column of this type holds it, from whatever form a driver gives it in. */
export function decode({ type }: Pick<ColumnLayout, "type">, raw: unknown): Value {
  if (raw === null || raw === undefined) return null;
  switch (type) {
    case "text":
      return typeof raw === "string" ? raw : String(raw);
    case "integer":
    case "timestamp":
      return exactInteger(raw);
    case "boolean":
      return raw === true || raw === "t" || Number(raw) === 1;
    case "json":
      return deepFreeze(typeof raw === "string" ? (JSON.parse(raw) as Json) : (raw as Json));
  }
}

/**
 * A whole number, exactly.
 *
 * @throws RangeError when it is beyond what a number holds exactly.
 */
export function exactInteger(raw: unknown): number {
  const value = typeof raw === "number" ? raw : Number(raw);
  if (!Number.isSafeInteger(value)) throw new RangeError("a number in the database passes what is held exactly");
  return value;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const inner of Object.values(Object.freeze(value))) deepFreeze(inner);
  return value;
}
