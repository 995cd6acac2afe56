import type { Logger } from "@onhand/core";
import type { FileSystem } from "./file-system";
import { checksumText } from "./line";
import { joinPath } from "./names";
import { readSealed, writeSealed } from "./sealed-file";

/** Where exported tables go. */
export interface ExportPlace {
  readonly files: FileSystem;
  readonly directory: string;
  readonly logger: Logger;
}

/** What is remembered of every exported file, by its name: what it contained, as a {@link printOf} or more. */
export type ExportRecord = Map<string, readonly string[]>;

const recordName = "exported.csv";

/** Stands for a content, or for the beginning of one. */
export const printOf = (size: number, checksum: number): string => `${size}:${checksumText(checksum)}`;

export async function readRecord({ files, directory }: ExportPlace): Promise<ExportRecord> {
  const lines = (await readSealed(files, directory, recordName)) ?? [];
  return new Map(
    [...lines].map((line) => {
      const [name, ...facts] = line.split(",");
      return [name as string, facts];
    }),
  );
}

export async function writeRecord({ files, directory }: ExportPlace, record: ExportRecord): Promise<void> {
  await writeSealed(
    files,
    directory,
    recordName,
    [...record].map(([name, facts]) => [name, ...facts].join(",")),
  );
}

/** Puts a file that somebody edited aside, so that it can be written anew. */
export async function keepAside({ files, directory, logger }: ExportPlace, name: string): Promise<void> {
  const stem = name.replace(/\.csv$/, "");
  let count = 1;
  while (files.facts(joinPath(directory, `${stem}.edited-${count}.csv`))) count++;
  const path = joinPath(directory, name);
  const kept = joinPath(directory, `${stem}.edited-${count}.csv`);
  await files.rename({ from: path, to: kept });
  logger.warn({ file: path, keptAs: kept }, "an exported file was edited; edits there change nothing, so they were kept aside");
}
