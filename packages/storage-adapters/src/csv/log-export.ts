import { crc32 } from "node:zlib";
import type { Row } from "@onhand/core";
import { checksumOf } from "./checksum";
import { type ExportPlace, type ExportRecord, keepAside, printOf, readRecord, writeRecord } from "./export-record";
import { exportHeader, exportRows } from "./export-rows";
import { type FileHandle, readBytes, withFile, writeAll } from "./file-system";
import { parseChecksum } from "./line";
import type { LogTable } from "./log-table";
import { joinPath } from "./names";

/** How far a log's export goes. */
interface Extent {
  readonly bytes: number;
  readonly checksum: number;
  /** Every row up to here is in it. */
  readonly seq: number;
  /** More was being written behind it; a crash may have left some of that. */
  readonly growing: boolean;
}

const nothing: Extent = { bytes: 0, checksum: 0, seq: 0, growing: false };
const rowsAtATime = 2_000;

/**
 * Writes a log's new rows behind those that its export holds: what was exported is compared with its checksum, never
 * made again. Only an export that is missing, was edited, or knows
 * more than the ledger starts anew.
 *
 * @param bounds.known - what an earlier export can have known; further on it is about rows that were lost.
 */
export async function extendExport(
  place: ExportPlace,
  log: LogTable,
  bounds: { readonly known: number; readonly upTo: number },
): Promise<void> {
  const name = `${log.definition.name}.csv`;
  const record = await readRecord(place);
  const known = parseExtent(record.get(name));
  const header = Buffer.from(exportHeader(log.definition));
  const start = await startingPoint(place, name, header, known, bounds.known);
  const first = await rowsBehind(log, start.seq, bounds.upTo);
  if (start.bytes > 0 && first.length === 0 && !start.growing) return;
  await remember(place, record, name, { ...start, growing: true });
  const path = joinPath(place.directory, name);
  const end = await withFile(place.files, path, start.bytes === 0 ? "replace" : "update", async (handle) => {
    if (start.bytes > 0) await handle.truncate(start.bytes);
    return append(handle, log, start, start.bytes === 0 ? header : undefined, first, bounds.upTo);
  });
  await place.files.syncDirectory(place.directory);
  await remember(place, record, name, end);
}

/** Where to go on, after what is no export of ours has been put out of the way. */
async function startingPoint(place: ExportPlace, name: string, header: Buffer, known: Extent | undefined, limit: number) {
  const path = joinPath(place.directory, name);
  const size = place.files.facts(path)?.size;
  if (size === undefined) return nothing;
  const ours = known && (known.growing ? size >= known.bytes : size === known.bytes);
  if (!ours || (await checksumOf(place.files, path, known.bytes)) !== known.checksum) {
    await keepAside(place, name);
    return nothing;
  }
  const begins = await withFile(place.files, path, "read", (handle) => readBytes(handle, 0, header.length));
  // A ledger that lost its unsynced end goes on differently; a table that got a column looks different.
  return known.seq <= limit && begins.equals(header) ? known : nothing;
}

async function append(
  handle: FileHandle,
  log: LogTable,
  start: Extent,
  header: Buffer | undefined,
  first: readonly Row[],
  upTo: number,
): Promise<Extent> {
  let { bytes, checksum } = start;
  async function write(chunk: Buffer): Promise<void> {
    await writeAll(handle, chunk, bytes);
    bytes += chunk.length;
    checksum = crc32(chunk, checksum);
  }
  if (header) await write(header);
  for (let rows = first; rows.length > 0; rows = await rowsBehind(log, (rows.at(-1) as Row).seq, upTo)) {
    for (const text of exportRows(log.definition, rows)) await write(Buffer.from(text));
  }
  await handle.sync();
  return { bytes, checksum, seq: upTo, growing: false };
}

/** The next rows, all of a seq or none of it. */
async function rowsBehind(log: LogTable, seq: number, upTo: number): Promise<readonly Row[]> {
  const rows = await log.since(seq, rowsAtATime);
  return (rows.at(-1)?.seq ?? 0) <= upTo ? rows : rows.filter((row) => row.seq <= upTo);
}

async function remember(place: ExportPlace, record: ExportRecord, name: string, extent: Extent): Promise<void> {
  record.set(name, [printOf(extent.bytes, extent.checksum), String(extent.seq), ...(extent.growing ? ["growing"] : [])]);
  await writeRecord(place, record);
}

function parseExtent(facts: readonly string[] | undefined): Extent | undefined {
  if (!facts) return undefined;
  const [print = "", seq, growing] = facts;
  const [bytes, checksum] = print.split(":");
  return { bytes: Number(bytes), checksum: parseChecksum(checksum) ?? 0, seq: Number(seq), growing: growing === "growing" };
}
