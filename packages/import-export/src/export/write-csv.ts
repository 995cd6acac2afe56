import { stringify } from "csv-stringify/sync";
import type { Cell, Table } from "./table";

interface CsvOptions {
  readonly delimiter: string;
  readonly quotes: boolean;
  readonly bom: boolean;
}

const rowsAtOnce = 500;

/** A table as UTF-8 text, some rows at a time. */
export async function* writeCsv({ header, rows }: Table, { delimiter, quotes, bom }: CsvOptions): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const textOf = (batch: readonly (readonly string[])[]): string =>
    quotes
      ? stringify(batch as string[][], { delimiter, quoted_match: /[\r\n]/ })
      : batch.map((cells) => unquoted(cells, delimiter)).join("");
  yield encoder.encode((bom ? "\ufeff" : "") + textOf([header.map(guarded)]));
  let batch: string[][] = [];
  for await (const row of rows) {
    batch.push(row.map(guarded));
    if (batch.length < rowsAtOnce) continue;
    yield encoder.encode(textOf(batch));
    batch = [];
  }
  if (batch.length > 0) yield encoder.encode(textOf(batch));
}

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe in front, and so does text that has one there already: an
 * import takes exactly one away again.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const guarded = (cell: Cell): string => {
  if (typeof cell !== "string") return cell === undefined ? "" : plainNumber(cell);
  return /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(cell) ? `'${cell}` : cell;
};

/** Without an exponent: quantities have at most six decimals. */
const plainNumber = (value: number): string => {
  const text = String(value);
  return text.includes("e") ? value.toFixed(6).replace(/\.?0+$/, "") : text;
};

/** A format without quotes can't carry its own separators. */
const unquoted = (cells: readonly string[], delimiter: string): string =>
  `${cells.map((cell) => cell.replace(/[\r\n]+/g, " ").replaceAll(delimiter, " ")).join(delimiter)}\n`;
