import { resolve } from "node:path";
import { type CsvProblem, examineJournal } from "./examination";
import { storageFailure } from "./failures";
import type { FileSystem } from "./file-system";
import { indexOf, snapshotPlace } from "./names";
import { nodeFileSystem } from "./node-file-system";
import { readSealed } from "./sealed-file";

/** Which directory to read. */
export interface CsvVerificationOptions {
  readonly directory: string;
  /** The file system to use instead of the machine's; for tests. */
  readonly fileSystem?: FileSystem;
}

/** What a CSV directory holds and what is wrong with it. */
export interface CsvVerification {
  /**
   * Whether nothing is damaged. Damage to the very last group after a crash can't be told from a group that the crash
   * left unfinished; it stands under `harmless`.
   */
  readonly ok: boolean;
  /** Every command up to this number stands whole before the first damage; the head where there is none. */
  readonly seq: number;
  /** Damage to the journal, in its order. The first is what `STORAGE_CORRUPT` names. */
  readonly damage: readonly CsvProblem[];
  /** What is not as it should be but loses nothing: unfinished ends that a crash left, and sums that are made again from the journal. */
  readonly harmless: readonly CsvProblem[];
}

/**
 * Reads everything in a CSV directory and tells what is sound and what is not. Changes nothing and takes no lock, so run
 * it while nobody has the directory open, or a group that is just being written looks unfinished.
 *
 * @throws {@link InventoryError} `UNSUPPORTED` when a newer version wrote the directory, `STORAGE_UNAVAILABLE` when it can't be read.
 * @example
 * const { ok, seq, damage } = await verifyCsv({ directory: "./data" });
 * if (!ok) console.error(`whole up to command ${seq}`, damage);
 * @see docs/guides/csv-directory.md
 */
export async function verifyCsv(options: CsvVerificationOptions): Promise<CsvVerification> {
  const { fileSystem: files = nodeFileSystem } = options;
  const directory = resolve(options.directory);
  const damage: CsvProblem[] = [];
  const harmless: CsvProblem[] = [];
  let seq = 0;
  try {
    for await (const finding of examineJournal(files, directory)) {
      if (damage.length === 0) seq = finding.groups.at(-1)?.after.seq ?? seq;
      if (finding.damage) damage.push(finding.damage);
      if (finding.torn) harmless.push(finding.torn);
    }
    for (const file of [...(await files.list(directory))].sort()) {
      const sums = snapshotPlace(file) !== undefined || indexOf(file) !== undefined;
      if (sums && !(await readSealed(files, directory, file)))
        harmless.push({ file, reason: "it is damaged; the journal makes up for it" });
    }
  } catch (error) {
    throw storageFailure(error, directory);
  }
  return { ok: damage.length === 0, seq, damage, harmless };
}
