import type { FileSystem } from "./file-system";
import type { Position } from "./group";
import type { Layout } from "./header";
import type { Block } from "./history";
import type { Ledger, LogKey } from "./ledger";
import { decodeText, encodeText, splitFields } from "./line";
import { indexName } from "./names";
import { readSealed, writeSealed } from "./sealed-file";

const version = "x1";

/** Lists what a segment holds up to a place, so that opening need not read it. */
export async function writeIndex(files: FileSystem, directory: string, ledger: Ledger, end: Position): Promise<void> {
  const blocks = ledger.history.blocks().filter((block) => block.segment === end.segment && block.offset < end.bytes);
  const keys = ledger.unindexed.get(end.segment) ?? [];
  const lines = indexLines(end, ledger.history.layout(end.segment), blocks, keys.slice());
  await writeSealed(files, directory, indexName(end.segment), lines);
}

function* indexLines(end: Position, layout: Layout, blocks: readonly Block[], keys: readonly LogKey[]): Iterable<string> {
  yield [version, ".end", end.segment, end.bytes, end.group, end.seq, end.checksum].join(",");
  for (const [table, columns] of layout) yield [version, ".table", table, ...columns].join(",");
  for (const { offset, bytes, fromSeq, toSeq, checksums } of blocks)
    yield [version, ".block", offset, bytes, fromSeq, toSeq, ...checksums].join(",");
  for (const { table, key, seq } of keys) yield `${version},${table},${seq},${encodeText(key)}`;
}

/**
 * Takes a segment's index into a ledger and answers where the segment ends. Undefined, and nothing done, when the index
 * is missing, damaged or ends elsewhere than `bound`, behind which the segment may go on: its index will be written anew.
 */
export async function readIndex(
  files: FileSystem,
  directory: string,
  ledger: Ledger,
  segment: number,
  bound: Position | undefined,
): Promise<Position | undefined> {
  const lines = await readSealed(files, directory, indexName(segment));
  if (!lines) return undefined;
  const layout = new Map<string, string[]>();
  let end: Position | undefined;
  for (const line of lines) {
    const afterTable = line.indexOf(",", version.length + 1);
    const table = line.slice(version.length + 1, afterTable);
    if (!table.startsWith(".")) {
      const afterSeq = line.indexOf(",", afterTable + 1);
      const field = line.slice(afterSeq + 1);
      const key = field.startsWith('"') ? (splitFields(field)[0] as string) : field;
      ledger.know({ table, key: decodeText(key), seq: Number(line.slice(afterTable + 1, afterSeq)) }, bound?.segment);
      continue;
    }
    const fields = splitFields(line.slice(afterTable + 1));
    if (table === ".table") layout.set(fields[0] as string, fields.slice(1));
    else if (table === ".end") {
      end = positionOf(fields.map(Number));
      if (bound && bound.bytes !== end.bytes) return undefined;
    } else if (table === ".block") ledger.history.addBlock(blockOf(segment, fields.map(Number)));
  }
  ledger.history.setLayout(segment, layout);
  return end;
}

const positionOf = (numbers: readonly number[]): Position => {
  const [segment, bytes, group, seq, checksum] = numbers as [number, number, number, number, number];
  return { segment, bytes, group, seq, checksum };
};

const blockOf = (segment: number, numbers: readonly number[]): Block => {
  const [offset, bytes, fromSeq, toSeq, before, after] = numbers as [number, number, number, number, number, number];
  return { segment, offset, bytes, fromSeq, toSeq, checksums: [before, after] };
};
