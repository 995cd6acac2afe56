import { type Inventory, InventoryError } from "@onhand/core";
import { type FileOptions, type OpenFile, openFile, optionsPrint } from "../format/open-file";
import { type Findings, findingsOf, refusalText } from "../map/problem";
import { type FileRecord, recordReader } from "../map/record";
import type { Kind } from "../presets/preset";
import type { Source } from "../source/source";
import { createReporter, type Fate, type ImportReport, type Reporter, type ReportOptions } from "./report";
import { isRefusal } from "./settle";

/** Where an import goes: an inventory, or one inside a transaction of the host. */
export type Target = Pick<Inventory, "products" | "stores"> & { readonly stock: Omit<Inventory["stock"], "asOf"> };

/** Where what is ordered goes. */
export type PurchasingTarget = Target & Pick<Inventory, "suppliers" | "purchaseOrders">;

/** What every import takes. */
export interface ImportOptions extends FileOptions, ReportOptions {
  /**
   * `"refuse"` applies all lines or none: every line is checked first, and one bad line is `INVALID_INPUT` for the whole file.
   * `"skip"` leaves bad lines out and reports them. There is no default.
   */
  readonly onError: "refuse" | "skip";
  /** Checks every line and reports what would happen, and changes nothing. */
  readonly dryRun?: boolean;
  /** Between whole and part of numbers; as the preset says, or `.`. */
  readonly decimal?: "." | ",";
  /** Tells two imports of the same file apart, such as the same count on two days. Without it, a second import of a file applies nothing. */
  readonly name?: string;
  /** Who imports, as the host names them. */
  readonly actor?: string;
}

/** Something to be done for one or several records. */
export interface Item {
  readonly line: number;
  /** How many records stand behind it. */
  readonly weight: number;
  readonly findings: Findings;
}

/** The parts of an import that differ by what is imported. */
export interface Job<I extends Item> {
  /** What the file says, record by record; tells the fate of those that come to nothing. */
  items(records: AsyncIterable<FileRecord>, reporter: Reporter): AsyncIterable<I>;
  /** Foretells the fate of every item; throws nothing for a refused one but tells it. */
  check(items: AsyncIterable<I>, reporter: Reporter): Promise<void>;
  /** Applies every item. `stop` is thrown for the first refused one when lines may not be skipped. */
  apply(items: AsyncIterable<I>, reporter: Reporter): Promise<void>;
}

/** Everything a job is made from. */
export interface Run {
  readonly file: OpenFile;
  /** Begins every key. */
  readonly id: string;
}

/** Runs an import: knows the file, checks it where that is asked for, and applies it. */
export async function runImport<I extends Item>(
  kind: Kind,
  source: Source,
  options: ImportOptions,
  /** What else decides how a line is understood. */
  settings: unknown,
  jobOf: (run: Run) => Job<I>,
): Promise<ImportReport> {
  if (options.onError !== "refuse" && options.onError !== "skip") throw new TypeError('onError must be "refuse" or "skip"');
  const file = await openFile(source, kind, options);
  // A format of ours may learn new columns in a later version; the file stays the same import.
  const format = typeof options.preset === "object" ? file.preset : file.preset.name;
  const id = `import:${file.fingerprint}:${optionsPrint([kind, format, file.header, options.decimal, options.name, settings])}`;
  const job = jobOf({ file, id });
  const facts = { preset: file.preset.name, importId: id, dryRun: options.dryRun === true };
  let known: number | undefined;
  if (options.dryRun || options.onError === "refuse") {
    const reporter = createReporter("checking", options.dryRun ? options : without(options));
    await job.check(job.items(recordsOf(file, options.signal), reporter), reporter);
    if (options.dryRun) return reporter.report(facts);
    if (reporter.refused > 0) throw reporter.refusal();
    known = reporter.lines;
  }
  const reporter = createReporter("applying", options, known);
  await job.apply(job.items(recordsOf(file, options.signal), reporter), reporter);
  return reporter.report(facts);
}

/** A line is reported once; of the check before only the progress is. */
const without = ({ onProgress }: ReportOptions): ReportOptions => (onProgress ? { onProgress } : {});

async function* recordsOf(file: OpenFile, signal: AbortSignal | undefined): AsyncGenerator<FileRecord> {
  const read = recordReader(file);
  for await (const line of file.lines()) {
    signal?.throwIfAborted();
    yield read(line);
  }
}

/** Makes an item of each record, and tells the fate of those that are none. */
export async function* itemsOf<I>(
  records: AsyncIterable<FileRecord>,
  reporter: Reporter,
  read: (record: FileRecord, findings: Findings) => I | { readonly nothing: string } | undefined,
): AsyncGenerator<I & { readonly findings: Findings }> {
  for await (const record of records) {
    const findings = findingsOf(record.line);
    if (record.broken !== undefined) {
      findings.error(undefined, record.broken);
      reporter.tell(record.line, "refused", findings.problems);
      continue;
    }
    if (record.ignored !== undefined) {
      reporter.tell(record.line, "ignored", [], record.ignored);
      continue;
    }
    const item = read(record, findings);
    if (findings.failed || item === undefined) reporter.tell(record.line, "refused", findings.problems);
    else if (typeof item === "object" && item !== null && "nothing" in item)
      reporter.tell(record.line, "ignored", findings.problems, item.nothing as string);
    else yield { ...(item as I), findings };
  }
}

/** Tells an item's fate, or that it was refused. What is no refusal ends the import. */
export async function tellFate(
  item: Item,
  reporter: Reporter,
  work: () => Promise<Fate>,
  onRefusal?: (error: InventoryError) => void,
): Promise<void> {
  try {
    reporter.tell(item.line, await work(), item.findings.problems, undefined, item.weight);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    onRefusal?.(error);
    item.findings.error(undefined, refusalText(error), error.code);
    reporter.tell(item.line, "refused", item.findings.problems, undefined, item.weight);
  }
}

/** What is thrown when something changed between the check of a file and its application. */
export const stoppedAt =
  (line: number, id: string) =>
  (cause: InventoryError): never => {
    throw new InventoryError(
      "INVALID_STATE",
      { entity: "import", key: id, state: `stopped at line ${line}, the lines before it applied` },
      { cause },
    );
  };
