import { crc32 } from "node:zlib";
import type { Json, Row, TableDefinition, Value } from "@onhand/core";
import { blankRow } from "../shared/blank-row";
import type { LineWriter } from "./line-writer";

/** Ends every line. No field holds one: control characters are escaped. */
export const lineEnd = "\r\n";
/** How many bytes a checksum takes at the end of a line, its comma included. */
export const checksumLength = ",c00000000".length;

// Escaped: what CSV quotes, what would break a line, lone surrogates, and what a spreadsheet takes for a formula.
const special = /^[=+\-@]|["\\,\p{Cc}\p{Cs}\u2028\u2029]/u;
const unsafe = /[\p{Cc}\p{Cs}\u2028\u2029]/gu;

/** A text as a field. An empty text is `\e`, so that an empty field can be null. */
export function encodeText(value: string): string {
  if (value === "") return "\\e";
  return special.test(value) ? encodeSpecial(value) : value;
}

function encodeSpecial(value: string): string {
  const escaped = value
    .replaceAll("\\", "\\\\")
    .replace(/^[=+\-@]/, "\\$&")
    .replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return /[",]/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}

/** The text of a field, after its quotes are gone. */
export function decodeText(field: string): string {
  if (!field.includes("\\")) return field;
  return field.replace(/\\(u[0-9a-f]{4}|.)/gu, (_, code: string) =>
    code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : code === "e" ? "" : code,
  );
}

/** The fields of a line without its end. */
export function splitFields(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  for (let at = 0; at <= line.length; ) {
    if (line[at] !== '"') {
      const end = line.indexOf(",", at);
      fields.push(line.slice(at, end < 0 ? line.length : end));
      at = end < 0 ? line.length + 1 : end + 1;
      continue;
    }
    let end = at + 1;
    while (end < line.length && !(line[end] === '"' && line[end + 1] !== '"')) end += line[end] === '"' ? 2 : 1;
    fields.push(line.slice(at + 1, end).replaceAll('""', '"'));
    at = end + 2;
  }
  return fields;
}

/** How the rows of one table become fields and rows again. Columns stand in the table's order, `seq` stands before them. */
export interface RowCodec {
  readonly columns: readonly string[];
  /** Writes `,field,field…` behind what comes before it. */
  write(row: Row, out: LineWriter): void;
  /** Reads what another codec's columns wrote; columns that did not exist then are null. */
  decoder(columns: readonly string[]): (seq: number, fields: readonly string[], from: number) => Row;
}

type ColumnType = TableDefinition["columns"][string]["type"];

export function createRowCodec(table: TableDefinition): RowCodec {
  const columns = Object.keys(table.columns);
  const isJson = columns.map((column) => table.columns[column]?.type === "json");
  const blank = blankRow(["seq", ...columns]);

  function write(row: Row, out: LineWriter): void {
    for (let index = 0; index < columns.length; index++) {
      const value = row[columns[index] as string] as Value | undefined;
      if (value === null || value === undefined) out.empty();
      else if (typeof value === "number" && !isJson[index]) out.integer(value);
      else out.field(isJson[index] ? JSON.stringify(value) : String(value));
    }
  }

  function decoder(written: readonly string[]) {
    const known = written.map((column) => {
      const type = table.columns[column]?.type;
      return type && ([column, decoders[type]] as const);
    });
    return (seq: number, fields: readonly string[], from: number): Row => {
      const row: Record<string, Value> = { ...blank, seq };
      for (let index = 0; index < known.length; index++) {
        const entry = known[index];
        const field = fields[from + index] as string;
        if (entry && field !== "") row[entry[0]] = entry[1](field);
      }
      return Object.freeze(row) as Row;
    };
  }

  return { columns, write, decoder };
}

const decoders = {
  text: decodeText,
  integer: Number,
  timestamp: Number,
  boolean: (field: string) => field === "true",
  json: (field: string) => deepFreeze(JSON.parse(decodeText(field)) as Json),
} as const satisfies Record<ColumnType, (field: string) => Value>;

function deepFreeze(value: Json): Json {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part as Json);
    Object.freeze(value);
  }
  return value;
}

const hexadecimal = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

/** A checksum as it stands in a file. The letter keeps spreadsheets from taking it for a number. */
export const checksumText = (checksum: number): string =>
  `c${hexadecimal[checksum >>> 24]}${hexadecimal[(checksum >>> 16) & 255]}${hexadecimal[(checksum >>> 8) & 255]}${hexadecimal[checksum & 255]}`;

/** The number behind {@link checksumText}; undefined when the text is none. */
export const parseChecksum = (text: string | undefined): number | undefined =>
  text !== undefined && /^c[0-9a-f]{8}$/.test(text) ? Number.parseInt(text.slice(1), 16) : undefined;

/** Whether the bytes of a line, its end included, carry their own checksum. */
export function isSealed(line: Uint8Array): boolean {
  const covered = line.length - lineEnd.length - checksumLength;
  if (covered <= 0 || line[line.length - 1] !== 10 || line[line.length - 2] !== 13) return false;
  const checksum = Buffer.from(line.buffer, line.byteOffset + covered, checksumLength).toString("latin1");
  return checksum === `,${checksumText(crc32(line.subarray(0, covered)))}`;
}
