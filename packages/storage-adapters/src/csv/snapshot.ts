import type { FileSystem } from "./file-system";
import type { Position } from "./group";
import { type Ledger, stateTablesOf } from "./ledger";
import { encodeText, splitFields } from "./line";
import { createLineWriter } from "./line-writer";
import { joinPath, snapshotName, snapshotPlace } from "./names";
import { readSealed, writeSealed } from "./sealed-file";

const version = "s1";

/** Freezes what the state tables say now. Takes a moment per row, no input or output. */
export function captureState(ledger: Ledger, facts: { readonly epoch: string; readonly version: number; readonly position: Position }) {
  const tables = stateTablesOf(ledger).map((table) => ({ definition: table.definition, rows: [...table.all()] }));
  return { ...facts, tables, rows: tables.reduce((sum, table) => sum + table.rows.length, 0) };
}

/** Writes a snapshot and drops all but the two newest. */
export async function writeSnapshot(
  files: FileSystem,
  directory: string,
  image: ReturnType<typeof captureState>,
  ledger: Ledger,
): Promise<void> {
  await writeSealed(files, directory, snapshotName(image.position), snapshotLines(image, ledger));
  const names = await snapshotNames(files, directory);
  for (const name of names.slice(2)) await files.remove(joinPath(directory, name));
}

function* snapshotLines({ epoch, version: schema, position, tables }: ReturnType<typeof captureState>, ledger: Ledger): Iterable<string> {
  const { segment, bytes, group, seq, checksum } = position;
  yield [version, ".at", encodeText(epoch), schema, segment, bytes, group, seq, checksum].join(",");
  for (const { definition } of tables) yield [version, ".table", definition.name, ...Object.keys(definition.columns)].join(",");
  for (const { definition, rows } of tables) {
    const codec = ledger.codec(definition.name);
    const out = createLineWriter();
    for (const row of rows) {
      out.clear();
      codec.write(row, out);
      yield `${version},${definition.name},${row.seq}${out.bytes().toString()}`;
    }
  }
}

/** Snapshots of a directory, the newest first. */
export async function snapshotNames(files: FileSystem, directory: string): Promise<readonly string[]> {
  const found = (await files.list(directory)).flatMap((name) => {
    const place = snapshotPlace(name);
    return place ? [{ name, place }] : [];
  });
  return found.sort((a, b) => b.place.segment - a.place.segment || b.place.seq - a.place.seq).map(({ name }) => name);
}

/** Fills an empty ledger from a snapshot; undefined, and nothing done, when it is missing or damaged. */
export async function readSnapshot(
  files: FileSystem,
  directory: string,
  name: string,
  ledger: Ledger,
): Promise<{ readonly epoch: string; readonly version: number; readonly position: Position } | undefined> {
  const lines = await readSealed(files, directory, name);
  if (!lines) return undefined;
  let found: { epoch: string; version: number; position: Position } | undefined;
  const readers = new Map<string, (line: string, from: number) => void>();
  for (const line of lines) {
    const afterTable = line.indexOf(",", version.length + 1);
    const table = line.slice(version.length + 1, afterTable);
    const read = readers.get(table);
    if (read) read(line, afterTable + 1);
    else if (table === ".at") {
      const [epoch, ...numbers] = splitFields(line.slice(afterTable + 1));
      const [schema, segment, bytes, group, seq, checksum] = numbers.map(Number) as [number, number, number, number, number, number];
      found = { epoch: epoch as string, version: schema, position: { segment, bytes, group, seq, checksum } };
    } else if (table === ".table") {
      const [own, ...columns] = splitFields(line.slice(afterTable + 1));
      if (own !== undefined && ledger.knows(own)) readers.set(own, rowReader(ledger, own, columns));
    }
  }
  return found;
}

function rowReader(ledger: Ledger, table: string, columns: readonly string[]): (line: string, from: number) => void {
  const decode = ledger.codec(table).decoder(columns);
  const { write } = ledger.state(table);
  return (line, from) => {
    const afterSeq = line.indexOf(",", from);
    write(decode(Number(line.slice(from, afterSeq)), splitFields(line.slice(afterSeq + 1)), 0));
  };
}
