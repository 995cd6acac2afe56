/** A value a storage keeps. Quantities and times are safe integers; `json` columns hold plain JSON. */
export type Value = string | number | boolean | null | Json;

/** Plain JSON, as it goes into a `json` column. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One row of a table. Every row has `seq`, the number of the command that last wrote it. Rows are never changed in place. */
export interface Row {
  readonly seq: number;
  readonly [column: string]: Value;
}

/** A row's key: the values of the table's key columns, in their order. */
export type Key = readonly (string | number)[];

/**
 * A column. `text` is Unicode compared by code unit, `integer` a safe integer, `timestamp` epoch milliseconds as a
 * safe integer, `json` plain JSON. Columns are required unless `nullable`; a nullable column without a value holds null.
 */
export interface Column {
  readonly type: "text" | "integer" | "boolean" | "timestamp" | "json";
  readonly nullable?: true;
  /** No integer here is ever less. A storage that can refuse such a row, does, whoever writes it. */
  readonly minimum?: number;
  /** The column of the same row that says by how many decimals this integer is scaled. For whoever shows rows to people. */
  readonly scaledBy?: string;
  /** Text of a catalogue rather than anybody's own: few of them, each in many rows. A storage may keep each once. */
  readonly recurring?: true;
}

/**
 * A table, described as data. An adapter keeps tables; it knows no products.
 *
 * `state` rows are written by key and replace the row before them. `log` rows are appended once and never change.
 * No row is ever deleted.
 */
export interface TableDefinition {
  readonly name: string;
  readonly kind: "state" | "log";
  readonly key: readonly string[];
  /** Without `seq`, which every table has, as `integer`. */
  readonly columns: Readonly<Record<string, Column>>;
  /** Column lists that queries filter by. */
  readonly indexes: readonly (readonly string[])[];
  /** Column lists, beside the key, that no two rows share. Rows where one of them is null don't count. */
  readonly unique?: readonly (readonly string[])[];
  /**
   * Tables that get a row with this table's key columns and the same seq whenever a row here changes. Through them a
   * storage finds what changed since a seq, and is spared an index on `seq` that each update would have to maintain.
   */
  readonly tracedBy?: readonly string[];
}

/** Every table of an inventory, and the version of their shape. A storage refuses data of a newer version. */
export interface TableSet {
  readonly version: number;
  readonly tables: readonly TableDefinition[];
}

/** A row to be written: put by key in a `state` table, appended in a `log` table. */
export interface Write {
  readonly table: string;
  readonly row: Row;
  /** The row's key as one text, where whoever writes it has it at hand: making one costs more than looking it up. */
  readonly key?: string;
}

/** The key of a row, by its table's definition. */
export const keyOf = (table: TableDefinition, row: Row): Key => table.key.map((column) => row[column] as string | number);

/** One string per key, for maps. Distinct keys give distinct strings: keys hold no control characters. */
export const keyText = (key: Key): string =>
  key.length === 1 ? String(key[0]) : key.length === 2 ? `${key[0]}\u0000${key[1]}` : key.join("\u0000");

/** The same string straight from a row: maps of rows are filled with it. */
export function rowKeyText(table: TableDefinition, row: Row): string {
  const [first, second] = table.key;
  if (table.key.length > 2 || first === undefined) return keyText(keyOf(table, row));
  return second === undefined ? String(row[first]) : `${row[first]}\u0000${row[second]}`;
}
