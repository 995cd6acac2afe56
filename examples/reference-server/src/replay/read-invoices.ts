import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { CsvError, parse } from "csv-parse";

/** One line of an invoice, as it stands in the file. */
export interface InvoiceLine {
  /** Its place among the lines, from 1. */
  readonly position: number;
  readonly invoice: string;
  readonly stockCode: string;
  readonly description: string;
  /** NaN when it is no whole number. */
  readonly quantity: number;
  /** Epoch milliseconds, reading the file's local time as UTC; NaN when it is no date. */
  readonly occurredAt: number;
  /** NaN when it is no number. */
  readonly price: number;
  readonly customer: string;
  readonly country: string;
}

export interface InvoiceFile {
  /** Names the content, whatever the file is called and however it is packed. */
  readonly identity: string;
  readonly lines: readonly InvoiceLine[];
}

const header = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"] as const;

/**
 * Reads a file in the format of UCI Online Retail, CSV or gzipped CSV, in one pass.
 *
 * @throws Error that names the file, and the line where a row is malformed.
 */
export async function readInvoices(file: string): Promise<InvoiceFile> {
  const hash = createHash("sha256");
  const lines: InvoiceLine[] = [];
  const keep = interner();

  async function* hashed(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  }
  async function collect(rows: AsyncIterable<string[]>): Promise<void> {
    let position = 0;
    for await (const row of rows) {
      if (position === 0) requireHeader(row);
      else lines.push(toLine(position, row.map(keep)));
      position++;
    }
    if (position === 0) throw new Error(`it is empty; expected the columns ${header.join(",")}`);
  }

  try {
    const bytes = createReadStream(file);
    const rows = parse({ bom: true, skipEmptyLines: true });
    if (file.endsWith(".gz")) await pipeline(bytes, createGunzip(), hashed, rows, collect);
    else await pipeline(bytes, hashed, rows, collect);
  } catch (error) {
    throw new Error(`${file}: ${reasonFor(error)}`, { cause: error });
  }
  return { identity: hash.digest("hex").slice(0, 16), lines };
}

function requireHeader(row: readonly string[]): void {
  if (row.length === header.length && header.every((name, index) => row[index]?.trim() === name)) return;
  throw new Error(`line 1 must name the columns ${header.join(",")}, not ${row.join(",").slice(0, 200)}`);
}

function toLine(position: number, [invoice, stockCode, description, quantity, date, price, customer, country]: string[]): InvoiceLine {
  return {
    position,
    invoice: (invoice as string).trim(),
    stockCode: (stockCode as string).trim().normalize("NFC"),
    description: tidy(description as string),
    quantity: /^-?\d{1,12}$/.test(quantity as string) ? Number(quantity) : Number.NaN,
    occurredAt: parseDate(date as string),
    price: /^-?\d+(\.\d+)?$/.test(price as string) ? Number(price) : Number.NaN,
    customer: (customer as string).trim(),
    country: tidy(country as string),
  };
}

/** Text on one line, without control characters and needless spaces. */
const tidy = (text: string): string =>
  text
    .normalize("NFC")
    .replace(/[\p{C}\s]+/gu, " ")
    .trim();

/** `2010-12-01 08:26:00`, or `12/1/2010 8:26` as the original spreadsheet saves it. */
function parseDate(text: string): number {
  const iso = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  if (iso) return dateOf(iso.slice(1).map((part) => Number(part ?? 0)));
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d)$/.exec(text);
  if (!american) return Number.NaN;
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = american.slice(1).map(Number);
  return dateOf([year, month, day, hour, minute]);
}

function dateOf([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]): number {
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(time);
  // A date that rolls over, such as 31 February, is none.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60 ? time : Number.NaN;
}

/** Equal texts become one string: a file repeats its few codes and descriptions hundreds of thousands of times. */
function interner(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const same = known.get(text);
    if (same !== undefined) return same;
    known.set(text, text);
    return text;
  };
}

function reasonFor(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "no such file";
  if (code === "EISDIR") return "is a directory, not a file";
  if (code === "Z_DATA_ERROR" || code === "Z_BUF_ERROR") return `is not a whole gzip file (${message})`;
  return error instanceof CsvError ? `malformed: ${message}` : message;
}
