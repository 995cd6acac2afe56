import { randomUUID } from "node:crypto";
import { dirname, resolve } from "node:path";
import { InventoryError } from "@onhand/core";
import { type CsvProblem, examineJournal, type SegmentFinding } from "./examination";
import { storageFailure } from "./failures";
import { type FileSystem, withFile } from "./file-system";
import type { Group, LineToWrite, Position } from "./group";
import { headerLines, type SegmentHeader } from "./header";
import { beginJournal, claimSegment, type Journal } from "./journal";
import { joinPath } from "./names";
import { nodeFileSystem } from "./node-file-system";

/** What to salvage, and where to. */
export interface CsvSalvageOptions {
  /** The damaged directory. It is only read. */
  readonly directory: string;
  /** The new directory. It must not exist. */
  readonly into: string;
  /** The file system to use instead of the machine's; for tests. */
  readonly fileSystem?: FileSystem;
}

/** What was salvaged. */
export interface CsvSalvage {
  /** The last command that the new directory holds. */
  readonly seq: number;
  /** Where the salvaging stopped; absent when the journal was whole. */
  readonly damage?: CsvProblem;
}

/**
 * Writes a new directory that holds every whole group of a journal before its first damage, and nothing behind it:
 * what follows can't be proved to be all that followed. The damaged directory stays as it is.
 *
 * The new directory is a ledger of its own, with a new epoch: clients of the old one start over, since the numbers behind
 * the damage are given to other commands now. It appears under its name when it is whole and durable;
 * until then, and when salvaging was cut short, it is called `….unfinished`.
 *
 * @throws {@link InventoryError} `ALREADY_EXISTS` when `into` exists, `STORAGE_CORRUPT` when nothing can be salvaged,
 * `STORAGE_FULL` and `STORAGE_UNAVAILABLE` as the file systems say, `UNSUPPORTED` when a newer version wrote the directory.
 * @example
 * const { seq, damage } = await salvageCsv({ directory: "./data", into: "./data-salvaged" });
 * console.log(`everything up to command ${seq} is there`, damage);
 * @see docs/guides/csv-directory.md
 */
export async function salvageCsv(options: CsvSalvageOptions): Promise<CsvSalvage> {
  const { fileSystem: files = nodeFileSystem } = options;
  const into = resolve(options.into);
  const unfinished = `${into}.unfinished`;
  for (const path of [into, unfinished]) {
    if (files.facts(path)) throw new InventoryError("ALREADY_EXISTS", { entity: "directory", key: path });
  }
  try {
    const writer = createSalvage(files, unfinished);
    let damage: CsvProblem | undefined;
    for await (const finding of examineJournal(files, resolve(options.directory))) {
      await writer.take(finding);
      damage = finding.damage;
      if (damage) break;
    }
    const seq = await writer.finish(damage);
    await files.rename({ from: unfinished, to: into });
    await files.syncDirectory(dirname(into));
    return { seq, ...(damage && { damage }) };
  } catch (error) {
    throw storageFailure(error, into);
  }
}

/** Writes groups as a new ledger, a segment for each that they stood in. */
function createSalvage(files: FileSystem, directory: string) {
  const epoch = randomUUID();
  let journal: Journal | undefined;

  async function begin(header: SegmentHeader): Promise<Journal> {
    const lines = (seals: readonly Position[]) => headerLines({ ...header, epoch, seals }, header.end.seq);
    if (journal) {
      await journal.rotate((sealed) => lines([sealed]));
      return journal;
    }
    await files.makeDirectory(directory);
    const claim = await claimSegment(files, directory, 1);
    return beginJournal({ files, directory, synced: false }, claim, lines([]), header.end.seq);
  }

  return {
    async take({ header, groups }: SegmentFinding): Promise<void> {
      if (!header || (groups.length === 0 && journal)) return;
      journal = await begin(header);
      for (const group of groups) await journal.append(linesOf(group), group.after.seq);
    },

    /** Makes it durable and answers where it ends. */
    async finish(damage: CsvProblem | undefined): Promise<number> {
      if (!journal) throw new InventoryError("STORAGE_CORRUPT", damage ?? { reason: "there is no journal" });
      const { seq } = journal.position;
      await journal.close();
      for (const name of await files.list(directory)) {
        await withFile(files, joinPath(directory, name), "update", (handle) => handle.sync());
      }
      await files.syncDirectory(directory);
      return seq;
    },
  };
}

const linesOf = ({ lines }: Group): LineToWrite[] => lines.map(({ table, seq, fields }) => ({ table, seq, columns: `,${fields}` }));
