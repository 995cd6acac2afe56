import { type CopyProgress, type CopyReport, copyStorage, type StorageAdapter } from "@onhand/core";
import { createProgress, type Progress } from "../progress";

/** The last line a copy prints. */
export type CopySummary = Omit<CopyReport, "ok" | "rows" | "mismatches"> & {
  readonly verify: "ok" | "failed";
  readonly seconds: number;
  readonly mismatches: number;
};

export interface CopyRun {
  readonly from: StorageAdapter;
  readonly to: StorageAdapter;
  readonly pageRows?: number;
  readonly signal?: AbortSignal;
  /** Where progress is shown, and what was not alike. */
  readonly stream: NodeJS.WriteStream;
  readonly now: () => number;
}

/** How many rows that are not alike are told by name. */
const toldMismatches = 20;

/** Copies a ledger, showing how far it is, and sums up what the comparison found. */
export async function runCopy({ from, to, pageRows, signal, stream, now }: CopyRun): Promise<CopySummary> {
  const started = now();
  const phases = createPhases(stream, now);
  try {
    const report = await copyStorage({
      from,
      to,
      ...(pageRows !== undefined && { pageRows }),
      ...(signal && { signal }),
      onProgress: phases.update,
    });
    phases.stop();
    const { ok, rows, mismatches, ...counts } = report;
    for (const { table, key, problem } of mismatches.slice(0, toldMismatches)) stream.write(`${table} ${JSON.stringify(key)} ${problem}\n`);
    const seconds = Math.round(now() - started) / 1_000;
    return { ...counts, ...rows, verify: ok ? "ok" : "failed", mismatches: mismatches.length, seconds };
  } finally {
    phases.stop();
  }
}

/** One bar for each phase, one below the other. */
function createPhases(stream: NodeJS.WriteStream, now: () => number) {
  let phase: CopyProgress["phase"] | undefined;
  let progress: Progress | undefined;
  const stop = () => {
    progress?.stop();
    progress = undefined;
  };
  return {
    update(told: CopyProgress) {
      if (told.phase !== phase) {
        stop();
        phase = told.phase;
        progress = createProgress(stream, told.head, now, `commands, ${phase}`);
      }
      progress?.update(told.seq);
    },
    stop,
  };
}
