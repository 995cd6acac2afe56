import { setImmediate } from "node:timers/promises";
import { crc32 } from "node:zlib";
import type { Row } from "@onhand/core";
import { corrupt, storageFailure } from "./failures";
import { type FileSystem, readBytes, readFile, withFile } from "./file-system";
import type { Position } from "./group";
import type { Layout } from "./header";
import { isSealed, type RowCodec, splitFields } from "./line";
import { joinPath, journalName } from "./names";

/** Whole groups that stand next to each other in a segment. */
export interface Block {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
  /** The head before its first group. */
  readonly fromSeq: number;
  /** The head after its last group. */
  readonly toSeq: number;
  /** The segment's running checksum before and behind it. */
  readonly checksums: readonly [number, number];
}

/** Where in the journal everything stands, and rows read back from there. */
export interface History {
  /** All blocks in the order of the ledger. The list may be kept: it is replaced, never changed. */
  blocks(): readonly Block[];
  add(before: Position, after: Position): void;
  addBlock(block: Block): void;
  setLayout(segment: number, layout: Layout): void;
  layout(segment: number): Layout;
  /**
   * The rows of one table in a block, in seq order; at once where they are at hand. With a `needle`, only those of lines
   * that hold it. Whoever asks while a block is being read waits for that reading.
   */
  rows(block: Block, table: string, codec: RowCodec, needle?: Buffer): readonly Row[] | Promise<readonly Row[]>;
}

const blockBytes = 256 * 1024;
const cachedRawBytes = 16 * 1024 * 1024;
const cachedRows = 40_000;
const rowsAtATime = 500;

export function createHistory(files: FileSystem, directory: string): History {
  let blocks: Block[] = [];
  let shared = false;
  const layouts = new Map<number, Layout>();
  const raw = createCache<Buffer>(cachedRawBytes, (bytes) => bytes.length);
  const decoded = createCache<readonly Row[]>(cachedRows, (rows) => rows.length + 1);

  function own(): Block[] {
    if (shared) blocks = [...blocks];
    shared = false;
    return blocks;
  }

  async function bytesOf(block: Block): Promise<Buffer> {
    const name = journalName(block.segment);
    const path = joinPath(directory, name);
    const bytes = await withFile(files, path, "read", (handle) => readBytes(handle, block.offset, block.offset + block.bytes)).catch(
      (error) => {
        throw storageFailure(error, path);
      },
    );
    if (bytes.length === block.bytes && crc32(bytes, block.checksums[0]) === block.checksums[1]) return bytes;
    throw await damage(files, directory, block, bytes);
  }

  return {
    blocks() {
      shared = true;
      return blocks;
    },
    add(before, after) {
      const list = own();
      const last = list.at(-1);
      const joins = last && last.segment === before.segment && last.offset + last.bytes === before.bytes && last.bytes < blockBytes;
      const start = joins ? last : { segment: before.segment, offset: before.bytes, fromSeq: before.seq, checksums: [before.checksum] };
      const block: Block = {
        segment: start.segment,
        offset: start.offset,
        bytes: after.bytes - start.offset,
        fromSeq: start.fromSeq,
        toSeq: after.seq,
        checksums: [start.checksums[0] as number, after.checksum],
      };
      if (joins) list[list.length - 1] = block;
      else list.push(block);
    },
    addBlock(block) {
      own().push(block);
    },
    setLayout(segment, layout) {
      layouts.set(segment, layout);
    },
    layout: (segment) => layouts.get(segment) ?? new Map(),

    rows(block, table, codec, needle) {
      const name = `${block.segment}:${block.offset}:${block.bytes}`;
      const known = decoded.get(`${name}:${table}`);
      if (known) return known;
      const columns = layouts.get(block.segment)?.get(table);
      if (!columns) return [];
      const decode = codec.decoder(columns);
      const read = async (mark: Buffer) => decodeLines(linesWith(await raw.getOrMake(name, () => bytesOf(block)), mark), table, decode);
      return needle ? read(needle) : decoded.getOrMake(`${name}:${table}`, () => read(Buffer.from(`,${table},`)));
    },
  };
}

function* linesWith(bytes: Buffer, needle: Buffer): Iterable<string> {
  for (let hit = bytes.indexOf(needle); hit >= 0; ) {
    const start = bytes.lastIndexOf(10, hit) + 1;
    const end = bytes.indexOf(10, hit);
    yield bytes.toString("utf8", start, end - 1);
    hit = bytes.indexOf(needle, end);
  }
}

/**
 * Lines start with version, segment, group, seq, place and table; their last field is the checksum. A checkpoint reads
 * very many, beside commands that must not wait for all of them.
 */
async function decodeLines(lines: Iterable<string>, table: string, decode: ReturnType<RowCodec["decoder"]>): Promise<Row[]> {
  const rows: Row[] = [];
  const named = `,${table},`;
  for (const line of lines) {
    let at = -1;
    for (let comma = 0; comma < 3; comma++) at = line.indexOf(",", at + 1);
    const afterSeq = line.indexOf(",", at + 1);
    const afterPlace = line.indexOf(",", afterSeq + 1);
    if (!line.startsWith(named, afterPlace)) continue;
    rows.push(decode(Number(line.slice(at + 1, afterSeq)), splitFields(line.slice(afterPlace + named.length)), 0));
    if (rows.length % rowsAtATime === 0) await setImmediate();
  }
  return rows;
}

/** Says which line of a block that was once durable is no longer what was written. */
async function damage(files: FileSystem, directory: string, block: Block, bytes: Buffer) {
  const name = journalName(block.segment);
  const file = await readFile(files, joinPath(directory, name), block.offset);
  let line = 1;
  for (let at = file.indexOf(10); at >= 0; at = file.indexOf(10, at + 1)) line++;
  for (let at = 0; at < bytes.length; line++) {
    const end = bytes.indexOf(10, at) + 1;
    if (end === 0 || !isSealed(bytes.subarray(at, end))) break;
    at = end;
  }
  return corrupt(name, "a line is not what was written", line);
}

/** Keeps what was used last, up to a total weight. */
function createCache<T>(capacity: number, weightOf: (value: T) => number) {
  const entries = new Map<string, T>();
  const making = new Map<string, Promise<T>>();
  let weight = 0;
  function get(name: string): T | undefined {
    const value = entries.get(name);
    if (value === undefined) return undefined;
    entries.delete(name);
    entries.set(name, value);
    return value;
  }
  function set(name: string, value: T): void {
    const before = entries.get(name);
    if (before !== undefined) weight -= weightOf(before);
    entries.delete(name);
    entries.set(name, value);
    weight += weightOf(value);
    for (const [oldest, held] of entries) {
      if (weight <= capacity || entries.size === 1) break;
      entries.delete(oldest);
      weight -= weightOf(held);
    }
  }
  return {
    get,
    /** Whoever asks for what is just being made waits for that, so that a thousand readers of one block read it once. */
    getOrMake(name: string, make: () => Promise<T>): T | Promise<T> {
      const known = get(name) ?? making.get(name);
      if (known !== undefined) return known;
      const made = make()
        .then((value) => {
          set(name, value);
          return value;
        })
        .finally(() => making.delete(name));
      making.set(name, made);
      return made;
    },
  };
}
