import type { Row, TableDefinition, Value } from "@onhand/core";
import { stringify } from "csv-stringify/sync";

const rowsAtATime = 500;
// Left to itself it has only the line end that it writes in quotes, and readers take any for one.
const format = { record_delimiter: "windows", quoted_match: /[\r\n]/ } as const;

/** The first line of an exported table. */
export const exportHeader = ({ columns }: TableDefinition): string => stringify([[...Object.keys(columns), "seq"]], format);

/** Rows as a spreadsheet shows them: quantities in the product's unit, times in ISO 8601, text that runs as no formula. */
export function* exportRows(definition: TableDefinition, rows: readonly Row[]): Iterable<string> {
  const cells = Object.keys(definition.columns).map((column) => cellOf(definition, column));
  for (let at = 0; at < rows.length; at += rowsAtATime) {
    const records = rows.slice(at, at + rowsAtATime).map((row) => [...cells.map((cell) => cell(row)), row.seq]);
    yield stringify(records, format);
  }
}

type Cell = string | number;

function cellOf(definition: TableDefinition, column: string): (row: Row) => Cell {
  const described = definition.columns[column];
  const decimals = described?.scaledBy;
  const show = decimals === undefined ? shows[described?.type ?? "text"]() : (value: Value, row: Row) => unscaled(value, row[decimals]);
  return (row) => {
    const value = row[column];
    return value === null || value === undefined ? "" : show(value, row);
  };
}

const unscaled = (value: Value, decimals: Value | undefined): Cell =>
  (value as number) / 10 ** ((decimals as number | null | undefined) ?? 0);

const shows = {
  text: () => (value) => harmlessText(String(value)),
  integer: () => (value) => value as number,
  boolean: () => String,
  timestamp: timestamps,
  json: () => (value) => JSON.stringify(value),
} as const satisfies Record<TableDefinition["columns"][string]["type"], () => (value: Value) => Cell>;

/** Rows that were written together share their times. */
function timestamps(): (value: Value) => Cell {
  let last: Value = null;
  let text = "";
  return (value) => {
    if (value !== last) text = new Date(value as number).toISOString();
    last = value;
    return text;
  };
}

/** Text a spreadsheet would run as a formula gets an apostrophe in front; numbers stay plain. */
const harmlessText = (text: string): string => (/^[=+\-@\t\r\0]/.test(text) ? `'${text}` : text);
