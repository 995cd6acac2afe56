import { crc32 } from "node:zlib";
import type { Row, TableDefinition } from "@onhand/core";
import { checksumOf } from "./checksum";
import { type ExportPlace, type ExportRecord, keepAside, printOf, readRecord, writeRecord } from "./export-record";
import { exportHeader, exportRows } from "./export-rows";
import { joinPath } from "./names";
import { replaceFile } from "./sealed-file";

/** Rewrites a spreadsheet-friendly file per table. They are for people: nothing here is ever read back as truth. */
export async function writeExports(
  place: ExportPlace,
  tables: readonly { readonly definition: TableDefinition; readonly rows: readonly Row[] }[],
): Promise<void> {
  const record = await readRecord(place);
  for (const { definition, rows } of tables) {
    const name = `${definition.name}.csv`;
    if (await isEdited(place, name, record)) await keepAside(place, name);
    await writeTable(place, name, tableText(definition, rows), record);
  }
}

function* tableText(definition: TableDefinition, rows: readonly Row[]): Iterable<string> {
  yield exportHeader(definition);
  yield* exportRows(definition, rows);
}

async function writeTable(place: ExportPlace, name: string, chunks: Iterable<string>, record: ExportRecord): Promise<void> {
  await replaceFile(place.files, place.directory, name, async (write) => {
    let checksum = 0;
    let size = 0;
    for (const chunk of chunks) {
      const bytes = Buffer.from(chunk);
      checksum = crc32(bytes, checksum);
      size += bytes.length;
      await write(bytes);
    }
    // Both the old and the new content are known while the files change places, so a crash between looks like no edit.
    record.set(name, [printOf(size, checksum), ...(record.get(name) ?? []).slice(0, 1)]);
    await writeRecord(place, record);
  });
}

/** A file that is not what was written last was edited by somebody. */
async function isEdited({ files, directory }: ExportPlace, name: string, record: ExportRecord): Promise<boolean> {
  const path = joinPath(directory, name);
  const size = files.facts(path)?.size;
  return size !== undefined && !record.get(name)?.includes(printOf(size, await checksumOf(files, path, size)));
}
