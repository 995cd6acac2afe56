import { crc32 } from "node:zlib";
import { InventoryError, type Logger, type TableSet } from "@onhand/core";
import { checksumOf } from "./checksum";
import { corrupt } from "./failures";
import { type FileSystem, readFile } from "./file-system";
import { type Group, lineNumberAt, type Position, type Scan, scanGroups, startOf } from "./group";
import { type Layout, readHeader, type SegmentHeader } from "./header";
import { createLedger, type Ledger } from "./ledger";
import { joinPath, journalName, segmentOf } from "./names";
import { readIndex } from "./segment-index";
import { readSnapshot, snapshotNames } from "./snapshot";

/** A directory as it was read, before anything in it was changed. */
export interface Reading {
  readonly ledger: Ledger;
  /** Absent in a directory that holds no ledger yet. */
  readonly epoch: string | undefined;
  /** The number the next segment gets. */
  readonly next: number;
  /** Where segments end that no later segment has sealed yet. */
  readonly seals: readonly Position[];
  /**
   * The last group, when nothing proves that it is durable: it stands in the file, but the sync behind it may have
   * failed. It is written again into the next segment.
   */
  readonly carried: { readonly group: Group; readonly layout: Layout } | undefined;
  /** What a crash left behind the last whole group. */
  readonly torn: readonly { readonly segment: number; readonly from: number }[];
  /** Segments that a snapshot may only sum up once they have an index. */
  readonly unindexed: readonly Position[];
  /** How far the journal goes beyond the snapshot. */
  readonly replayedBytes: number;
  /** The newest snapshot's place. */
  readonly snapshot: Position | undefined;
  /** The segments an earlier writer might still write to, as they were read. */
  readonly watched: readonly { readonly segment: number; readonly size: number; readonly checksum: number }[];
}

interface Sources {
  readonly files: FileSystem;
  readonly directory: string;
  readonly logger: Logger;
  /** How many bytes of history are compared with their checksums at opening; the newest first. */
  readonly verifyBytes: number;
}

const headerBytes = 64 * 1024;

/**
 * Reads a directory into a ledger, changing nothing. Throws `STORAGE_CORRUPT` or `UNSUPPORTED`.
 *
 * @param before - segments from this number on are left out: the reader's own claim.
 */
export async function readDirectory(sources: Sources, set: TableSet, before = Number.POSITIVE_INFINITY): Promise<Reading> {
  const { files, directory, logger } = sources;
  const ledger = createLedger(set, files, directory);
  const segments = (await segmentsIn(sources)).filter((segment) => segment < before);
  const last = segments.at(-1) ?? 0;
  const headers = createHeaders(sources, last);
  for (const [index, segment] of segments.entries()) {
    if (segment !== index + 1) throw corrupt(journalName(index + 1), "the file is missing");
  }

  const snapshot = await newestSnapshot(sources, ledger, set, last);
  let epoch = snapshot?.epoch;
  let open: { readonly end: Position; readonly scan: Scan; readonly layout: Layout; readonly last: Group | undefined } | undefined;
  const aborted: number[] = [];
  const torn: { segment: number; from: number }[] = [];
  let replayedBytes = 0;
  const watched: { segment: number; size: number; checksum: number }[] = [];
  const ends: Position[] = [];

  for (let segment = 1; segment <= last; segment++) {
    const path = joinPath(directory, journalName(segment));
    if (snapshot && segment < snapshot.position.segment) {
      ends.push(await indexed(sources, ledger, headers, segment, undefined));
      continue;
    }
    const header = await headers.read(segment);
    if (!header) {
      if (snapshot?.position.segment === segment) throw corrupt(journalName(segment), "its header is damaged", 1);
      const file = await readFile(files, path);
      refuseDamage(
        file,
        segment,
        scanGroups(file, startOf(segment, 0), () => undefined),
        { sealed: false, synced: true },
      );
      if (file.length > 0) torn.push({ segment, from: 0 });
      aborted.push(segment);
      watched.push({ segment, size: file.length, checksum: crc32(file) });
      continue;
    }
    refuseForeign(header, segment, { epoch, version: set.version });
    epoch = header.epoch;
    ledger.history.setLayout(segment, header.layout);
    const covered = snapshot?.position.segment === segment ? snapshot.position : undefined;
    if (covered) ends.push(await indexed(sources, ledger, headers, segment, covered));
    const from = covered ?? header.end;
    if (from.seq < ledger.seq || (!covered && startSeq(header) !== ledger.seq)) {
      throw corrupt(journalName(segment), `it starts at ${startSeq(header)}, but the ledger before it ends at ${ledger.seq}`);
    }
    ledger.seq = from.seq;
    const seal = await headers.sealOf(segment);
    const file = (await readFile(files, path)).subarray(0, seal?.bytes);
    replayedBytes += file.length - from.bytes;
    let pending: Group | undefined;
    const scan = scanGroups(file, from, (group) => {
      if (pending) ledger.replay(pending, header.layout);
      pending = group;
    });
    refuseDamage(file, segment, scan, { sealed: seal !== undefined, synced: header.synced });
    if (scan.tail === "damaged") logger.warn({ file: path }, "groups were dropped that had not been synced when the machine stopped");
    if (seal) {
      if (scan.end.bytes !== seal.bytes || scan.end.checksum !== seal.checksum) {
        throw corrupt(journalName(segment), "its end is missing", lineNumberAt(file, scan.end.bytes));
      }
      if (pending) ledger.replay(pending, header.layout);
      ends.push(scan.end);
      continue;
    }
    open = { end: scan.end, scan, layout: header.layout, last: pending };
    if (scan.tail !== "none") torn.push({ segment, from: scan.end.bytes });
    watched.push({ segment, size: file.length, checksum: crc32(file) });
  }

  await compareWithChecksums(sources, ends);
  const seals = [...(open ? [open.last ? open.last.before : open.end] : []), ...aborted.map((segment) => startOf(segment, ledger.seq))];
  const sealed = await withoutSealed(seals, headers);
  return {
    ledger,
    epoch,
    next: last + 1,
    seals: sealed,
    carried: open?.last && { group: open.last, layout: open.layout },
    torn,
    unindexed: [...ends.filter(({ segment }) => segment >= (snapshot?.position.segment ?? 0)), ...sealed],
    replayedBytes,
    snapshot: snapshot?.position,
    watched,
  };
}

/** The numbers of a directory's segments, in order. */
export async function segmentsIn({ files, directory }: Pick<Sources, "files" | "directory">): Promise<readonly number[]> {
  return (await files.list(directory)).flatMap((name) => segmentOf(name) ?? []).sort((a, b) => a - b);
}

/** Whether the segments that an earlier writer might still have written to are as they were read. */
export async function isUnchanged({ files, directory }: Sources, { watched }: Reading): Promise<boolean> {
  for (const { segment, size, checksum } of watched) {
    const file = await readFile(files, joinPath(directory, journalName(segment)));
    if (file.length !== size || crc32(file) !== checksum) return false;
  }
  return true;
}

const startSeq = (header: SegmentHeader): number => header.end.seq;

async function withoutSealed(seals: readonly Position[], headers: ReturnType<typeof createHeaders>): Promise<Position[]> {
  const known = await Promise.all(seals.map(({ segment }) => headers.sealOf(segment)));
  return seals.filter((_, index) => known[index] === undefined);
}

async function newestSnapshot({ files, directory, logger }: Sources, ledger: Ledger, set: TableSet, last: number) {
  for (const name of await snapshotNames(files, directory)) {
    const found = await readSnapshot(files, directory, name, ledger);
    if (!found) {
      logger.warn({ file: joinPath(directory, name) }, "a snapshot is damaged; an older one and the journal are used instead");
      continue;
    }
    if (found.version > set.version) throw newer(found.version, set.version);
    if (found.position.segment > last) throw corrupt(journalName(found.position.segment), "the file is missing");
    return found;
  }
  return undefined;
}

const newer = (found: number, known: number) =>
  new InventoryError("UNSUPPORTED", { feature: `data of schema version ${found}; this version knows ${known}` });

function refuseForeign(
  header: SegmentHeader,
  segment: number,
  known: { readonly epoch: string | undefined; readonly version: number },
): void {
  if (header.version > known.version) throw newer(header.version, known.version);
  if (known.epoch !== undefined && header.epoch !== known.epoch) throw corrupt(journalName(segment), "it belongs to another ledger", 1);
}

/** Only the end of an open segment may be torn. Without syncs, later groups may outlive earlier ones in a power loss. */
export const isDamage = ({ tail }: Scan, { sealed, synced }: { readonly sealed: boolean; readonly synced: boolean }): boolean =>
  tail !== "none" && (sealed || (tail === "damaged" && synced));

function refuseDamage(file: Buffer, segment: number, scan: Scan, kind: { readonly sealed: boolean; readonly synced: boolean }): void {
  if (!isDamage(scan, kind)) return;
  throw corrupt(journalName(segment), "a line is not what was written", lineNumberAt(file, scan.badAt));
}

/** Headers of segments, read when asked for. */
export function createHeaders({ files, directory }: Pick<Sources, "files" | "directory">, last: number) {
  const known = new Map<number, SegmentHeader | undefined>();
  async function read(segment: number): Promise<SegmentHeader | undefined> {
    if (!known.has(segment)) {
      const name = journalName(segment);
      const path = joinPath(directory, name);
      known.set(segment, files.facts(path) && readHeader(await readFile(files, path, headerBytes), segment, name));
    }
    return known.get(segment);
  }
  return {
    read,
    /** Where a later segment says this one ends. */
    async sealOf(segment: number): Promise<Position | undefined> {
      for (let later = segment + 1; later <= last; later++) {
        const seal = (await read(later))?.seals.find((one) => one.segment === segment);
        if (seal) return seal;
      }
      return undefined;
    },
  };
}

/** Takes in where the rows of a segment stand that the snapshot already sums up. */
async function indexed(
  sources: Sources,
  ledger: Ledger,
  headers: ReturnType<typeof createHeaders>,
  segment: number,
  bound: Position | undefined,
): Promise<Position> {
  const { files, directory, logger } = sources;
  const name = journalName(segment);
  const known = await readIndex(files, directory, ledger, segment, bound);
  if (known) {
    ledger.seq = known.seq;
    return known;
  }
  logger.warn({ file: name }, "the segment's index is missing or damaged, so the segment is read in full");
  const end = bound ?? (await headers.sealOf(segment));
  const header = await headers.read(segment);
  if (!end) throw corrupt(name, "nothing says where it ends");
  if (end.bytes === 0) return end;
  if (!header) throw corrupt(name, "its header is damaged", 1);
  const file = (await readFile(files, joinPath(directory, name))).subarray(0, end.bytes);
  ledger.history.setLayout(segment, header.layout);
  const scan = scanGroups(file, header.end, (group) => ledger.remember(group, header.layout));
  if (scan.tail !== "none" || scan.end.bytes !== end.bytes) {
    throw corrupt(name, "a line is not what was written", lineNumberAt(file, scan.badAt));
  }
  return end;
}

/** Refuses segments whose bytes are not those that were written, the newest first, as far as `verifyBytes` goes. */
async function compareWithChecksums(sources: Sources, ends: readonly Position[]): Promise<void> {
  const { files, directory, verifyBytes } = sources;
  let budget = verifyBytes;
  for (const end of [...ends].reverse()) {
    const name = journalName(end.segment);
    const path = joinPath(directory, name);
    const size = files.facts(path)?.size ?? 0;
    budget -= end.bytes;
    if (size >= end.bytes && (budget < 0 || (await checksumOf(files, path, end.bytes)) === end.checksum)) continue;
    const file = (await readFile(files, path)).subarray(0, end.bytes);
    const scan = scanGroups(file, startOf(end.segment, 0), () => undefined);
    throw corrupt(name, size < end.bytes ? "its end is missing" : "a line is not what was written", lineNumberAt(file, scan.badAt));
  }
}
