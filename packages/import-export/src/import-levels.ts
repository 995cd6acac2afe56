import { InventoryError, type StockLine } from "@onhand/core";
import { skuKeyOf } from "@onhand/core/protocol";
import { type LevelEntry, readLevels } from "./map/level";
import { type Findings, findingsOf, refusalText } from "./map/problem";
import type { FileRecord } from "./map/record";
import { type ImportOptions, itemsOf, type Job, type Run, runImport, type Target } from "./run/job";
import type { ImportReport, Reporter } from "./run/report";
import { isRefusal } from "./run/settle";
import { importReference, type StoreAt, stockImport } from "./run/stock-import";
import type { Unit } from "./run/stock-job";
import type { StoreOptions } from "./run/stores";
import type { Source } from "./source/source";

/** How levels are imported. */
export interface ImportLevelsOptions extends ImportOptions, StoreOptions {
  /**
   * `"count"` books every figure as a stock count: what is on hand when the line is applied becomes what the file says. `"adjust"`
   * books the difference to what is on hand as an adjustment with `reason`. There is no default: a level is never just overwritten.
   */
  readonly mode: "count" | "adjust";
  /** Why levels are adjusted; `correction` unless said. */
  readonly reason?: string;
}

interface Read {
  readonly line: number;
  readonly entries: readonly LevelEntry[];
}

interface Placed extends LevelEntry {
  /** The store the file means. */
  readonly at: string;
}

const modes = ["count", "adjust"];

/**
 * Imports what is on hand from a CSV or XLSX file. Products must exist (most files that carry both can be given to
 * {@link importProducts} first); stores must too, unless `createStores` says otherwise.
 *
 * A line without a quantity is ignored. A second line for the same product and store is refused, unless the format has several
 * on purpose (lots, shelves), which are added up. Repeating an import of the same file with the same options applies no line
 * twice, also when it was cut short.
 *
 * With `onError: "refuse"`, up to 10,000 lines are one command: all or none, whatever others do meanwhile. Larger files are checked
 * as a whole and applied 10,000 at a time; inside a transaction of the host (`inventory.with(trx)`) they are all or none too.
 *
 * @throws {@link InventoryError} as {@link importProducts}, and `UNSUPPORTED` for a file of more than 1,000,000 levels.
 * @example
 * await importLevels(inventory, await openAsBlob("count.csv"), { mode: "count", storeId: "berlin", onError: "refuse" });
 * @see docs/guides/import-export.md
 */
export function importLevels(inventory: Target, source: Source, options: ImportLevelsOptions): Promise<ImportReport> {
  if (!modes.includes(options.mode)) throw new TypeError(`mode must be one of ${modes.join(", ")}`);
  const settings = [options.mode, options.reason, options.storeId, options.stores];
  return runImport("levels", source, options, settings, (run) => levelJob(inventory, run, options));
}

function levelJob(inventory: Target, run: Run, options: ImportLevelsOptions): Job<Unit> {
  const { preset } = run.file;
  const reading = { decimal: options.decimal ?? preset.decimal, storeId: options.storeId };
  const reference = importReference(run);

  async function lineOf({ sku, at, quantity }: Placed, projection: Parameters<Unit["lines"]>[0]): Promise<StockLine | undefined> {
    if (options.mode === "count") return { type: "count", sku, storeId: at, counted: quantity, reference };
    const { decimals } = await projection.product(sku);
    const difference = quantity - (await projection.onHand({ sku, storeId: at }));
    // A difference of two exact figures is exact when it is rounded to as many decimals; finer figures are refused as they are.
    const rounded = Math.round(difference * 10 ** decimals) / 10 ** decimals;
    const delta = Math.abs(rounded - difference) < 10 ** -decimals / 1e3 ? rounded : difference;
    return delta === 0 ? undefined : { type: "adjust", sku, storeId: at, delta, reason: options.reason ?? "correction", reference };
  }

  const unitOf = (line: number, weight: number, findings: Findings, entries: readonly Placed[]): Unit => ({
    line,
    weight,
    size: entries.length,
    findings,
    async lines(projection) {
      const lines: StockLine[] = [];
      for (const entry of entries) {
        const booked = await lineOf(entry, projection);
        if (booked) lines.push(booked);
      }
      return lines;
    },
  });

  async function* unitsOf(records: AsyncIterable<FileRecord>, reporter: Reporter, storeAt: StoreAt): AsyncGenerator<Unit> {
    const levels = createLevelSet();
    const read = itemsOf<Read>(records, reporter, (record, findings) => {
      const entries = readLevels(record, preset, reading, findings);
      return entries.length === 0 ? { nothing: "no quantity" } : { line: record.line, entries };
    });
    for await (const { line, entries, findings } of read) {
      try {
        const placed: Placed[] = [];
        for (const entry of entries) placed.push({ ...entry, at: await storeAt(entry.storeId) });
        const second = preset.addUp ? undefined : levels.firstSeen(placed, line);
        if (second !== undefined)
          findings.error(second.entry.column, `${second.entry.sku} at ${second.entry.at} is on line ${second.line} already`);
        else if (preset.addUp) levels.add(placed, line);
        else yield unitOf(line, 1, findings, placed);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        findings.error(undefined, refusalText(error), error.code);
      }
      if (findings.failed) reporter.tell(line, "refused", findings.problems);
    }
    for (const { entry, line, weight } of levels.sums()) yield unitOf(line, weight, findingsOf(line), [entry]);
  }

  return stockImport(inventory, run, { options, dependent: options.mode === "adjust", unitsOf });
}

const maximumLevels = 1_000_000;

interface Sum {
  entry: Placed;
  readonly line: number;
  weight: number;
}

/** Levels a file has named so far, to refuse a second figure or to add it to the first. */
function createLevelSet() {
  const lines = new Map<string, number>();
  const sums = new Map<string, Sum>();
  const keyOf = ({ sku, at }: Placed) => `${skuKeyOf(sku)}\u0000${at}`;
  const requireRoom = (size: number) => {
    if (size >= maximumLevels)
      throw new InventoryError("UNSUPPORTED", { feature: `a file of more than ${maximumLevels} levels; split it by store` });
  };
  return {
    /** The line that named one of these levels before; otherwise they are named now. */
    firstSeen(entries: readonly Placed[], line: number): { readonly entry: Placed; readonly line: number } | undefined {
      for (const entry of entries) {
        const before = lines.get(keyOf(entry));
        if (before !== undefined) return { entry, line: before };
      }
      requireRoom(lines.size);
      for (const entry of entries) lines.set(keyOf(entry), line);
      return undefined;
    },
    add(entries: readonly Placed[], line: number): void {
      for (const entry of entries) {
        const sum = sums.get(keyOf(entry));
        requireRoom(sum ? 0 : sums.size);
        if (!sum) sums.set(keyOf(entry), { entry, line, weight: 1 });
        else {
          sum.entry = { ...sum.entry, quantity: addExactly(sum.entry.quantity, entry.quantity) };
          sum.weight++;
        }
      }
    },
    sums: () => sums.values(),
  };
}

/** Quantities have at most six decimals; binary fractions would add more. */
const addExactly = (a: number, b: number): number => Math.round((a + b) * 1e6) / 1e6;
