import { isInventoryError } from "@onhand/core";
import { storageFailure } from "./failures";
import { type FileSystem, readFile } from "./file-system";
import { type Group, lineNumberAt, scanGroups, startOf } from "./group";
import type { SegmentHeader } from "./header";
import { joinPath, journalName } from "./names";
import { createHeaders, isDamage, segmentsIn } from "./recovery";

/** Something in a file that is not as it was written. */
export interface CsvProblem {
  /** The file's name in its directory. */
  readonly file: string;
  /** The first bad line, from 1; absent where the file as a whole is missing or bad. */
  readonly line?: number;
  readonly reason: string;
}

/** What stands in one segment of a journal. */
export interface SegmentFinding {
  /** Absent in a segment whose opening never finished, and in one that can't be read at all. */
  readonly header: SegmentHeader | undefined;
  /** The whole groups before the first damage, without the header's. */
  readonly groups: readonly Group[];
  readonly damage?: CsvProblem;
  /** What a crash left unfinished; it was never acknowledged. */
  readonly torn?: CsvProblem;
}

/** Where the ledger stands behind a segment. */
interface Reached {
  readonly epoch: string;
  readonly seq: number;
}

/** Reads every segment of a directory from its first byte, in order. Goes on behind damage, and changes nothing. */
export async function* examineJournal(files: FileSystem, directory: string): AsyncIterable<SegmentFinding> {
  const segments = await segmentsIn({ files, directory });
  const last = segments.at(-1) ?? 0;
  const headers = createHeaders({ files, directory }, last);
  let ledger: Reached | undefined;
  let sound = true;
  for (let segment = 1; segment <= last; segment++) {
    const finding = await examineSegment(files, directory, segment, headers);
    const { header, groups, damage } = finding;
    const reason: string | undefined = sound && header && !damage ? misplacement(header, ledger) : undefined;
    yield reason === undefined ? finding : { header, groups: [], damage: { file: journalName(segment), line: 1, reason } };
    sound &&= damage === undefined && reason === undefined;
    if (header) ledger = { epoch: header.epoch, seq: groups.at(-1)?.after.seq ?? header.end.seq };
  }
}

function misplacement(header: SegmentHeader, ledger: Reached | undefined): string | undefined {
  if (ledger && header.epoch !== ledger.epoch) return "it belongs to another ledger";
  const seq = ledger?.seq ?? 0;
  return header.end.seq === seq ? undefined : `it starts at ${header.end.seq}, but the ledger before it ends at ${seq}`;
}

async function examineSegment(
  files: FileSystem,
  directory: string,
  segment: number,
  headers: ReturnType<typeof createHeaders>,
): Promise<SegmentFinding> {
  const name = journalName(segment);
  const path = joinPath(directory, name);
  if (!files.facts(path)) return { header: undefined, groups: [], damage: { file: name, reason: "the file is missing" } };
  try {
    const [header, seal] = [await headers.read(segment), await headers.sealOf(segment)];
    const whole = await readFile(files, path);
    const file = whole.subarray(0, seal?.bytes);
    const groups: Group[] = [];
    const scan = scanGroups(file, startOf(segment, 0), (group) => groups.push(group));
    const bad = (reason: string, at = scan.badAt): CsvProblem => ({ file: name, line: lineNumberAt(file, at), reason });
    const found = { header, groups: groups.slice(1) };
    const sealed = seal !== undefined && (header !== undefined || seal.bytes > 0);
    if (isDamage(scan, { sealed, synced: header?.synced ?? true })) return { ...found, damage: bad("a line is not what was written") };
    const ends = seal === undefined || (scan.end.bytes === seal.bytes && scan.end.checksum === seal.checksum);
    if (!ends) return { ...found, damage: bad("its end is missing", scan.end.bytes) };
    if (scan.tail === "none") return found;
    return { ...found, torn: bad("a crash left an unfinished group, which was never acknowledged", scan.end.bytes) };
  } catch (error) {
    if (!isInventoryError(error, "STORAGE_CORRUPT")) throw storageFailure(error, path);
    const { line, reason } = error.details;
    return { header: undefined, groups: [], damage: { file: name, reason, ...(line !== undefined && { line }) } };
  }
}
