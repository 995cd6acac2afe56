import { InventoryError } from "@onhand/core";
import type { Problem } from "../map/problem";

/**
 * What became of a line: `applied` now; `replayed`, since an earlier run of the same file applied it; `unchanged`, the inventory
 * says so already; `ignored`, it is no stock; `refused`, it is wrong.
 */
export type Fate = "applied" | "replayed" | "unchanged" | "ignored" | "refused";

/** One line's part of the report. */
export interface LineReport {
  readonly line: number;
  readonly fate: Fate;
  /** Why it was ignored. */
  readonly because?: string;
  readonly problems: readonly Problem[];
}

/** What an import did, or in a dry run would have done. The five fates add up to `lines`. */
export interface ImportReport {
  /** The format the file was read as. */
  readonly preset: string;
  /** Names this import; its movements carry it as `reference.id` where the file names no reference. */
  readonly importId: string;
  readonly dryRun: boolean;
  /** Records below the header. */
  readonly lines: number;
  readonly applied: number;
  readonly replayed: number;
  readonly unchanged: number;
  readonly ignored: number;
  readonly refused: number;
  /** How many lines were ignored, by the reason. */
  readonly ignoredBecause: Readonly<Record<string, number>>;
  /** The first 1,000 errors and warnings; `onLine` hears of all. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

/** How far an import is. */
export interface Progress {
  readonly phase: "checking" | "applying";
  /** Records done in this phase. */
  readonly lines: number;
  /** Records of the file, where they were counted. */
  readonly of?: number;
}

/** Who hears how an import is going. */
export interface ReportOptions {
  /** Hears the fate of every line, in about the file's order. What it throws ends the import. */
  readonly onLine?: (line: LineReport) => void;
  /** Hears how far it is, every hundred lines and at the end of each phase. */
  readonly onProgress?: (progress: Progress) => void;
}

const maximumProblems = 1_000;
const maximumIssues = 100;
const progressEvery = 100;

/** Counts fates and keeps the first problems. */
export interface Reporter {
  /** Tells the fate of a record. `weight` records that add up share one fate. */
  tell(line: number, fate: Fate, problems?: readonly Problem[], because?: string, weight?: number): void;
  readonly refused: number;
  readonly lines: number;
  report(facts: Pick<ImportReport, "preset" | "importId" | "dryRun">): ImportReport;
  /** The error that names every refused line, as far as it may be long. */
  refusal(): InventoryError;
}

export function createReporter(phase: Progress["phase"], { onLine, onProgress }: ReportOptions, of?: number): Reporter {
  const fates: Record<Fate, number> = { applied: 0, replayed: 0, unchanged: 0, ignored: 0, refused: 0 };
  const ignoredBecause: Record<string, number> = {};
  const problems: Problem[] = [];
  // A currency that is missing is missing on every line.
  const saidOnce = new Set<string>();
  let problemCount = 0;
  let lines = 0;

  const isNew = ({ code, column }: Problem): boolean => {
    if (code !== "CURRENCY_MISSING") return true;
    const key = `${code} ${column}`;
    return !saidOnce.has(key) && saidOnce.add(key) !== undefined;
  };

  return {
    tell(line, fate, found = [], because, weight = 1) {
      const before = lines;
      lines += weight;
      fates[fate] += weight;
      if (because !== undefined) ignoredBecause[because] = (ignoredBecause[because] ?? 0) + weight;
      const news = found.filter(isNew);
      problemCount += news.length;
      problems.push(...news.slice(0, maximumProblems - problems.length));
      onLine?.({ line, fate, ...(because !== undefined && { because }), problems: news });
      if (onProgress && Math.floor(before / progressEvery) < Math.floor(lines / progressEvery))
        onProgress({ phase, lines, ...(of !== undefined && { of }) });
    },
    get refused() {
      return fates.refused;
    },
    get lines() {
      return lines;
    },
    report(facts) {
      onProgress?.({ phase, lines, of: lines });
      return { ...facts, lines, ...fates, ignoredBecause, problems: problems.sort((a, b) => a.line - b.line), problemCount };
    },
    refusal() {
      const errors = problems.filter(({ severity }) => severity === "error").sort((a, b) => a.line - b.line);
      const issues = errors
        .slice(0, maximumIssues)
        .map(({ line, column, message }) => ({ path: column === undefined ? `line ${line}` : `line ${line}, ${column}`, message }));
      const more = fates.refused - issues.length;
      return new InventoryError("INVALID_INPUT", {
        issues: more > 0 ? [...issues, { path: "file", message: `${more} more lines are refused; a dry run names them` }] : issues,
      });
    },
  };
}
