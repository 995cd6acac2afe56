import type { Writable } from "node:stream";
import { InventoryError } from "@onhand/core";
import { CsvError, type Options, parse } from "csv-parse";
import { parse as parseAll } from "csv-parse/sync";
import type { Encoding } from "./encoding";
import { concat, openSource, type Source } from "./source";

/** How a text file is cut into cells. */
export interface Dialect {
  readonly encoding: Encoding;
  /** One character between cells. */
  readonly delimiter: string;
  /** False where quotes mean nothing, as in the tab-separated reports of marketplaces. */
  readonly quotes: boolean;
}

/** One record of a file. */
export interface Line {
  /** Where it begins: the line of the file, or the row of the sheet, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why it can't be read, and nothing after it. */
  readonly broken?: string;
}

/** Longer than any product. A quote that is never closed would otherwise take the rest of the file for one cell. */
const maximumRecordLength = 1_048_576;

const parserOptions = ({ delimiter, quotes }: Pick<Dialect, "delimiter" | "quotes">) =>
  ({
    delimiter,
    quote: quotes ? '"' : null,
    // Inches: 5.9" x 4.7" in a cell without quotes around it.
    relax_quotes: true,
    relax_column_count: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    max_record_size: maximumRecordLength,
    raw: true,
  }) satisfies Options;

interface Raw {
  readonly record: readonly string[];
  readonly raw: string;
}

/** The records of a text file, empty lines left out, in bounded memory. One that is malformed is the last. */
export async function* readCsv(source: Source, dialect: Dialect, signal?: AbortSignal): AsyncGenerator<Line> {
  const ready: Raw[] = [];
  const parser = parse({
    ...parserOptions(dialect),
    on_record: (record: unknown) => {
      ready.push(record as Raw);
      return null;
    },
  });
  // Heard of through the callback of the write that failed.
  parser.on("error", () => undefined);
  const place = { line: 1 };
  const texts = decode(openSource(source, signal), dialect.encoding);
  for await (const text of texts) {
    const failure = await written(parser, text);
    yield* linesOf(ready.splice(0), place);
    if (failure) return yield malformed(failure, place.line);
  }
  const failure = await ended(parser);
  yield* linesOf(ready.splice(0), place);
  if (failure) yield malformed(failure, place.line);
}

const written = (parser: Writable, text: string): Promise<Error | undefined> =>
  new Promise((resolve) => parser.write(text, (error) => resolve(error ?? undefined)));

const ended = (parser: Writable): Promise<Error | undefined> =>
  new Promise((resolve) => {
    parser.once("error", resolve);
    parser.end(() => resolve(undefined));
  });

/** Records by the line they begin on; `place` is moved behind the last. */
function* linesOf(records: readonly Raw[], place: { line: number }): Generator<Line> {
  for (const { record, raw } of records) {
    const { line } = place;
    place.line += lineEnds(raw);
    if (record.some((cell) => cell.trim() !== "")) yield { line, cells: record };
  }
}

/** The records at the start of a file. The last may be cut off where the sample is. */
export function readSample(sample: Uint8Array, dialect: Dialect, whole: boolean): Line[] {
  const text = new TextDecoder(dialect.encoding).decode(sample, { stream: !whole });
  // What is cut off in the middle of a quoted cell is not malformed; whatever is, reading the file itself will tell.
  const records = parseAll(text, { ...parserOptions(dialect), skip_records_with_error: true } as Options) as unknown as Raw[];
  const lines = [...linesOf(records, { line: 1 })];
  if (!whole && lines.length > 1) lines.pop();
  return lines;
}

const lineEnds = (raw: string): number => raw.match(/\r\n|\n|\r/g)?.length ?? 0;

async function* decode(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  // A byte order mark at the start is dropped by the decoder.
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of chunks) {
      const text = decoder.decode(chunk, { stream: true });
      if (text !== "") yield text;
    }
    const rest = decoder.decode();
    if (rest !== "") yield rest;
  } catch (error) {
    if (!(error instanceof TypeError) || !/encod|decod/i.test(error.message)) throw error;
    throw new InventoryError("INVALID_INPUT", { issues: [{ path: "file", message: `is not ${encoding} throughout` }] }, { cause: error });
  }
}

const meanings: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened here and never closed",
  CSV_MAX_RECORD_SIZE: `it is longer than ${maximumRecordLength} characters; a quote may be missing`,
};

function malformed(error: Error, line: number): Line {
  if (!(error instanceof CsvError)) throw error;
  return { line, cells: [], broken: meanings[error.code] ?? "it is malformed" };
}

/** All bytes of a file that has to be held as a whole. */
export async function readWhole(source: Source, signal?: AbortSignal): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of openSource(source, signal)) parts.push(chunk);
  return concat(parts);
}
