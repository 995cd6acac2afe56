import { crc32 } from "node:zlib";
import type { Logger, Row, TableDefinition, Value } from "@onhand/core";
import { stringify } from "csv-stringify/sync";
import { type FileSystem, readFile } from "./file-system";
import { checksumText } from "./line";
import { joinPath } from "./names";
import { readSealed, replaceFile, writeSealed } from "./sealed-file";

interface Place {
  readonly files: FileSystem;
  readonly directory: string;
  readonly logger: Logger;
}

const recordName = "exported.csv";
const rowsAtATime = 500;

/** Rewrites a spreadsheet-friendly file per table. They are for people: nothing here is ever read back as truth. */
export async function writeExports(
  place: Place,
  tables: readonly { readonly definition: TableDefinition; readonly rows: readonly Row[] }[],
): Promise<void> {
  const known = await readRecord(place);
  for (const { definition, rows } of tables) {
    const name = `${definition.name}.csv`;
    await keepEdits(place, name, known);
    await writeTable(place, name, exportChunks(definition, rows), known);
  }
}

async function writeTable(
  { files, directory }: Place,
  name: string,
  chunks: Iterable<string>,
  known: Map<string, readonly string[]>,
): Promise<void> {
  await replaceFile(files, directory, name, async (write) => {
    let checksum = 0;
    let size = 0;
    for (const chunk of chunks) {
      const bytes = Buffer.from(chunk);
      checksum = crc32(bytes, checksum);
      size += bytes.length;
      await write(bytes);
    }
    // Both the old and the new content are known while the files change places, so a crash between looks like no edit.
    known.set(name, [`${size}:${checksumText(checksum)}`, ...(known.get(name) ?? []).slice(0, 1)]);
    await writeSealed(
      files,
      directory,
      recordName,
      [...known].map(([file, prints]) => [file, ...prints].join(",")),
    );
  });
}

async function readRecord({ files, directory }: Place): Promise<Map<string, readonly string[]>> {
  const lines = (await readSealed(files, directory, recordName)) ?? [];
  return new Map(
    [...lines].map((line) => {
      const [name, ...prints] = line.split(",");
      return [name as string, prints];
    }),
  );
}

/** A file that is not what was written last was edited by somebody: it is put aside, not overwritten. */
async function keepEdits({ files, directory, logger }: Place, name: string, known: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const path = joinPath(directory, name);
  if (!files.facts(path)) return;
  const content = await readFile(files, path);
  if (known.get(name)?.includes(`${content.length}:${checksumText(crc32(content))}`)) return;
  const stem = name.replace(/\.csv$/, "");
  let count = 1;
  while (files.facts(joinPath(directory, `${stem}.edited-${count}.csv`))) count++;
  const kept = joinPath(directory, `${stem}.edited-${count}.csv`);
  await files.rename({ from: path, to: kept });
  logger.warn({ file: path, keptAs: kept }, "an exported file was edited; edits there change nothing, so they were kept aside");
}

function* exportChunks(definition: TableDefinition, rows: readonly Row[]): Iterable<string> {
  const columns = Object.keys(definition.columns);
  yield stringify([[...columns, "seq"]], { record_delimiter: "windows" });
  for (let at = 0; at < rows.length; at += rowsAtATime) {
    const records = rows.slice(at, at + rowsAtATime).map((row) => [...columns.map((column) => cell(definition, column, row)), row.seq]);
    yield stringify(records, { record_delimiter: "windows" });
  }
}

function cell(definition: TableDefinition, column: string, row: Row): string | number {
  const value = row[column] as Value;
  if (value === null || value === undefined) return "";
  const type = definition.columns[column]?.type;
  if (type === "timestamp") return new Date(value as number).toISOString();
  if (type === "json") return JSON.stringify(value);
  return typeof value === "string" ? harmlessText(value) : typeof value === "number" ? value : String(value);
}

/** Text a spreadsheet would run as a formula gets an apostrophe in front; numbers stay plain. */
export const harmlessText = (text: string): string => (/^[=+\-@\t\r\0]/.test(text) ? `'${text}` : text);
