import type { Logger } from "@onhand/core";
import type { FileSystem } from "./file-system";
import type { Position } from "./group";
import type { Ledger } from "./ledger";
import { extendExport } from "./log-export";
import { writeIndex } from "./segment-index";
import { captureState, writeSnapshot } from "./snapshot";
import { writeExports } from "./tables-export";

/** Sums up the journal, so that opening need not replay it. */
export interface Checkpoints {
  /** Says that a segment ended here and is not listed yet. */
  sealed(end: Position): void;
  /**
   * Sums up everything before a position that nothing may be written behind in its segment. Captures the state before
   * it returns control; the writing goes on beside later transactions.
   */
  take(position: Position): Promise<void>;
}

/** What is kept for people to look at: everything, only what changes in place, or nothing. */
export type Exports = boolean | "state";

interface Context {
  readonly files: FileSystem;
  readonly directory: string;
  readonly logger: Logger;
  readonly ledger: Ledger;
  readonly epoch: string;
  readonly version: number;
  readonly exports: Exports;
}

export function createCheckpoints(context: Context): Checkpoints {
  const { files, directory, logger, ledger } = context;
  const unlisted = new Map<number, Position>();
  const exportedUpTo = new Map<string, number>();
  const toldInOrder = ledger.definitions.filter(({ kind, key }) => kind === "log" && key[0] === "seq");
  let knownSeq = ledger.seq;

  /** Tables with rows newer than their export. Making one costs more than all else in a checkpoint. */
  async function exportChanged(tables: ReturnType<typeof captureState>["tables"]): Promise<void> {
    const changed = tables.flatMap(({ definition, rows }) => {
      const newest = rows.reduce((seq, row) => Math.max(seq, row.seq), 0);
      return newest > (exportedUpTo.get(definition.name) ?? -1) ? [{ definition, rows, newest }] : [];
    });
    await writeExports({ files, directory, logger }, changed);
    for (const { definition, newest } of changed) exportedUpTo.set(definition.name, newest);
  }

  async function extendLogs(upTo: number): Promise<void> {
    for (const { name } of toldInOrder) await extendExport({ files, directory, logger }, ledger.log(name), { known: knownSeq, upTo });
    knownSeq = upTo;
  }

  return {
    sealed(end) {
      unlisted.set(end.segment, end);
    },

    async take(position) {
      const image = captureState(ledger, { epoch: context.epoch, version: context.version, position });
      unlisted.set(position.segment, position);
      const listed = [...unlisted.values()];
      try {
        for (const end of listed) await writeIndex(files, directory, ledger, end);
        await writeSnapshot(files, directory, image, ledger);
        for (const { segment } of listed) {
          unlisted.delete(segment);
          ledger.unindexed.delete(segment);
        }
        if (context.exports) await exportChanged(image.tables);
        if (context.exports === true) await extendLogs(position.seq);
      } catch (error) {
        // The journal holds everything; a checkpoint only makes the next opening faster.
        logger.error({ error, directory }, "a checkpoint could not be written; the journal is not affected");
      }
    },
  };
}
