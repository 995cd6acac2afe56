import { crc32 } from "node:zlib";
import type { Row } from "@onhand/core";
import { checksumLength, checksumText, isSealed, parseChecksum, type RowCodec } from "./line";
import { createLineWriter, type LineWriter } from "./line-writer";

/** The version every line of a journal starts with. */
export const journalVersion = "j1";
const commitMark = ".commit";

/** A place between two groups of the journal. */
export interface Position {
  readonly segment: number;
  /** Of the segment's file, up to here. */
  readonly bytes: number;
  /** The last group before here; -1 at the start of a segment. */
  readonly group: number;
  /** The head of the ledger here. */
  readonly seq: number;
  /** Of all bytes of the segment up to here. */
  readonly checksum: number;
}

export const startOf = (segment: number, seq: number): Position => ({ segment, bytes: 0, group: -1, seq, checksum: 0 });

/** A line of a group, taken apart as far as every line is alike. `fields` are its columns, still one text. */
export interface GroupLine {
  readonly table: string;
  readonly seq: number;
  readonly fields: string;
}

/** A whole group and the places before and after it. */
export interface Group {
  readonly before: Position;
  readonly after: Position;
  readonly lines: readonly GroupLine[];
}

/** A line to be written: a row of a table, or a line of the journal's own with its fields as text, each behind a comma. */
export type LineToWrite =
  | { readonly table: string; readonly row: Row; readonly codec: RowCodec }
  | { readonly table: string; readonly seq: number; readonly columns: string };

/** Puts one group together: a line a row and a last line that commits them. Answers its bytes, which are valid until the next one. */
export type GroupEncoder = (
  before: Position,
  lines: readonly LineToWrite[],
  seq: number,
) => { readonly bytes: Buffer; readonly after: Position };

/** Groups in the same memory, one after the other: fresh memory for each costs about a fifth of all. */
export function createGroupEncoder(): GroupEncoder {
  const out = createLineWriter();
  return (before, lines, seq) => {
    out.clear();
    return encodeGroup(out, before, lines, seq);
  };
}

function encodeGroup(out: LineWriter, before: Position, lines: readonly LineToWrite[], seq: number): ReturnType<GroupEncoder> {
  const start = `${journalVersion},${before.segment},${before.group + 1}`;
  for (let place = 0; place < lines.length; place++) {
    const line = lines[place] as LineToWrite;
    beginLine(out, start, "row" in line ? line.row.seq : line.seq, place, line.table);
    if ("row" in line) line.codec.write(line.row, out);
    else out.text(line.columns);
    out.seal();
  }
  const rows = out.bytes();
  const checksum = crc32(rows, before.checksum);
  beginLine(out, start, seq, lines.length, commitMark);
  out.field(checksumText(checksum));
  out.seal();
  const bytes = out.bytes();
  const after = positionBehind(before, bytes.length, seq, crc32(bytes.subarray(rows.length), checksum));
  return { bytes, after };
}

function beginLine(out: LineWriter, start: string, seq: number, place: number, table: string): void {
  out.ascii(start);
  out.integer(seq);
  out.integer(place);
  out.field(table);
}

const positionBehind = (before: Position, bytes: number, seq: number, checksum: number): Position => ({
  segment: before.segment,
  bytes: before.bytes + bytes,
  group: before.group + 1,
  seq,
  checksum,
});

/** Where whole groups end in a segment, and what comes behind: nothing, a torn tail, or damage before a later group. */
export interface Scan {
  readonly end: Position;
  readonly tail: "none" | "torn" | "damaged";
  /** Where the first bad line starts. */
  readonly badAt: number;
}

/**
 * Reads whole groups of a segment's bytes, from a position on.
 *
 * A group is started only after the one before it was durable. So a sound line of a later group proves that what is bad
 * before it was durable once and was damaged since; without one, it is a tail that a crash tore.
 */
export function scanGroups(file: Buffer, from: Position, onGroup: (group: Group) => void): Scan {
  let end = from;
  while (end.bytes < file.length) {
    const group = readGroup(file, end);
    if (typeof group === "number") return { end, ...examineTail(file, end, group) };
    onGroup(group);
    end = group.after;
  }
  return { end, tail: "none", badAt: end.bytes };
}

/** The group that starts at a position, or where its first bad line starts. */
function readGroup(file: Buffer, before: Position): Group | number {
  const prefix = `${journalVersion},${before.segment},${before.group + 1},`;
  const lines: GroupLine[] = [];
  for (let at = before.bytes; ; ) {
    const end = file.indexOf(10, at);
    if (end - at <= prefix.length + checksumLength) return at;
    const text = file.toString("utf8", at, end - 1 - checksumLength);
    if (!text.startsWith(prefix)) return at;
    const afterSeq = text.indexOf(",", prefix.length);
    const afterPlace = text.indexOf(",", afterSeq + 1);
    if (Number(text.slice(afterSeq + 1, afterPlace)) !== lines.length) return at;
    const afterTable = text.indexOf(",", afterPlace + 1);
    const table = text.slice(afterPlace + 1, afterTable);
    const seq = Number(text.slice(prefix.length, afterSeq));
    const fields = text.slice(afterTable + 1);
    if (table === commitMark) {
      const whole = parseChecksum(fields) === crc32(file.subarray(before.bytes, at), before.checksum);
      if (!whole || !isSealed(file.subarray(at, end + 1))) return firstUnsealed(file, before.bytes, end + 1);
      const checksum = crc32(file.subarray(before.bytes, end + 1), before.checksum);
      return { before, after: positionBehind(before, end + 1 - before.bytes, seq, checksum), lines };
    }
    lines.push({ table, seq, fields });
    at = end + 1;
  }
}

function firstUnsealed(file: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const end = file.indexOf(10, at) + 1;
    if (!isSealed(file.subarray(at, end))) return at;
    at = end;
  }
  // Every line is sound, so lines of something else stand among them.
  return from;
}

function examineTail(file: Buffer, end: Position, badAt: number): Pick<Scan, "tail" | "badAt"> {
  const own = new RegExp(`^${journalVersion},${end.segment},(\\d+),`);
  for (let at = end.bytes; at < file.length; ) {
    const newline = file.indexOf(10, at);
    if (newline < 0) break;
    const line = file.subarray(at, newline + 1);
    const group = own.exec(line.toString("latin1", 0, 60))?.[1];
    if (group !== undefined && Number(group) > end.group + 1 && isSealed(line)) {
      return { tail: "damaged", badAt: Math.min(badAt, firstUnsealed(file, end.bytes, newline + 1), at) };
    }
    at = newline + 1;
  }
  return { tail: "torn", badAt };
}

/** The number of the line that starts at a byte, from 1. */
export function lineNumberAt(file: Buffer, at: number): number {
  let lines = 1;
  for (let newline = file.indexOf(10); newline >= 0 && newline < at; newline = file.indexOf(10, newline + 1)) lines++;
  return lines;
}
