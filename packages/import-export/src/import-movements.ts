import type { StockLine } from "@onhand/core";
import { type MovementEntry, readMovement, type TransferLeg } from "./map/movement";
import type { Findings } from "./map/problem";
import { refusalText } from "./map/problem";
import type { FileRecord } from "./map/record";
import { type ImportOptions, itemsOf, type Job, type Run, runImport, type Target } from "./run/job";
import type { ImportReport, Reporter } from "./run/report";
import { isRefusal } from "./run/settle";
import { importReference, type StoreAt, stockImport } from "./run/stock-import";
import type { Unit } from "./run/stock-job";
import type { StoreOptions } from "./run/stores";
import type { Source } from "./source/source";

/** How movements are imported. */
export interface ImportMovementsOptions extends ImportOptions, StoreOptions {
  /** The ISO 4217 code of unit costs in a file that names none. */
  readonly currency?: string;
}

interface Read {
  readonly line: number;
  readonly entry: Exclude<MovementEntry, { readonly nothing: string }>;
  readonly findings: Findings;
}

/**
 * Imports a ledger, or a list of things that happened, from a CSV or XLSX file: each line is booked as what it was, in the order of
 * the file, with its own time, reason and reference. A transfer is one line with both stores, or two lines one after the other.
 *
 * Counts are booked as counts, of what was on hand after them. Who did it is whoever imports: `actor`, not what the file says.
 * Repeating an import of the same file with the same options applies no line twice, also when it was cut short. What
 * `onError: "refuse"` means for large files is said at {@link importLevels}.
 *
 * @throws {@link InventoryError} as {@link importProducts}.
 * @example
 * await importMovements(inventory, () => createReadStream("ledger.csv"), { onError: "refuse" });
 * @see docs/guides/import-export.md
 */
export function importMovements(inventory: Target, source: Source, options: ImportMovementsOptions): Promise<ImportReport> {
  const settings = [options.currency, options.storeId, options.stores];
  return runImport("movements", source, options, settings, (run) => movementJob(inventory, run, options));
}

function movementJob(inventory: Target, run: Run, options: ImportMovementsOptions): Job<Unit> {
  const reading = { currency: options.currency, decimal: options.decimal ?? run.file.preset.decimal, storeId: options.storeId };
  const reference = importReference(run);

  async function placed(line: StockLine, storeAt: StoreAt): Promise<StockLine> {
    const caused = { ...line, reference: line.reference ?? reference };
    return line.type === "transfer"
      ? ({ ...caused, from: await storeAt(line.from), to: await storeAt(line.to) } as StockLine)
      : ({ ...caused, storeId: await storeAt(line.storeId) } as StockLine);
  }

  async function unitOf(
    line: number,
    weight: number,
    findings: Findings,
    booked: StockLine,
    reporter: Reporter,
    storeAt: StoreAt,
  ): Promise<Unit | undefined> {
    try {
      const lines = [await placed(booked, storeAt)];
      return { line, weight, size: 1, findings, reference: booked.reference, lines: async () => lines };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      findings.error(undefined, refusalText(error), error.code);
      reporter.tell(line, "refused", findings.problems, undefined, weight);
      return undefined;
    }
  }

  async function* unitsOf(records: AsyncIterable<FileRecord>, reporter: Reporter, storeAt: StoreAt): AsyncGenerator<Unit> {
    const read = itemsOf<Omit<Read, "findings">>(records, reporter, (record, findings) => {
      const entry = readMovement(record, reading, findings);
      return entry && ("nothing" in entry ? entry : { line: record.line, entry });
    });
    let out: Read | undefined;
    for await (const item of read) {
      if (out && isOtherLeg(out.entry as TransferLeg, item.entry)) {
        const unit = await unitOf(
          out.line,
          2,
          out.findings,
          transferOf(out.entry as TransferLeg, item.entry as TransferLeg),
          reporter,
          storeAt,
        );
        out = undefined;
        if (unit) yield unit;
        continue;
      }
      if (out) tellAlone(out, reporter);
      out = undefined;
      if ("leg" in item.entry) {
        if (item.entry.leg === "out") out = item;
        else tellAlone(item, reporter);
        continue;
      }
      const unit = await unitOf(item.line, 1, item.findings, item.entry.line, reporter, storeAt);
      if (unit) yield unit;
    }
    if (out) tellAlone(out, reporter);
  }

  return stockImport(inventory, run, { options, dependent: false, unitsOf });
}

const isOtherLeg = (out: TransferLeg, entry: Read["entry"]): boolean =>
  "leg" in entry && entry.leg === "in" && entry.sku === out.sku && entry.quantity === out.quantity && entry.storeId !== out.storeId;

const transferOf = (out: TransferLeg, { storeId: to }: TransferLeg): StockLine => ({
  type: "transfer",
  sku: out.sku,
  from: out.storeId,
  to,
  quantity: out.quantity,
  ...out.facts,
});

function tellAlone({ line, entry, findings }: Read, reporter: Reporter): void {
  const isOut = "leg" in entry && entry.leg === "out";
  findings.error(
    undefined,
    isOut
      ? "goods leave, and the next line does not say where they arrive"
      : "goods arrive, and the line before does not say where they left",
  );
  reporter.tell(line, "refused", findings.problems);
}
