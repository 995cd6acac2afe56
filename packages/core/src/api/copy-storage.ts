import { keyOf, type Row, type TableDefinition, type TableSet } from "../domain/shared/rows";
import { inventoryTables } from "../domain/tables";
import { InventoryError } from "../errors";
import type { RowChange, StorageAdapter, StorageTransaction } from "../ports/storage";
import { compareStorages, type RowMismatch } from "./compare-storages";

/** What is copied, and where to. */
export interface CopyOptions {
  /** Read, never changed. It may be in use. */
  readonly from: StorageAdapter;
  /** Empty, or where an earlier copy of the same storage stopped. Nothing else may write to it meanwhile. */
  readonly to: StorageAdapter;
  /** What the rows look like; those of an inventory unless given. */
  readonly tables?: TableSet;
  /** Rows in one transaction, 1 to 100,000; a command's rows are never divided. Default 2,000. */
  readonly pageRows?: number;
  /** Hears how far it is: often, so it should be quick. */
  readonly onProgress?: (progress: CopyProgress) => void;
  /** Stops between two transactions with `ABORTED`; called again, the copy goes on from there. */
  readonly signal?: AbortSignal;
}

/** How far a copy is: `seq` of `head` is done of this phase. */
export interface CopyProgress {
  /** `checking` what an earlier copy left, `copying`, then `verifying` all of it. */
  readonly phase: "checking" | "copying" | "verifying";
  readonly seq: number;
  readonly head: number;
}

/** What a copy did and what comparing every row found. */
export interface CopyReport {
  /** Whether every row of the copy is that of the original. */
  readonly ok: boolean;
  /** The copy is the original as it was after this command. */
  readonly seq: number;
  /** Where the target stood before: 0, or how far an earlier copy had come. */
  readonly resumedFrom: number;
  /** How many rows this call wrote. */
  readonly copied: number;
  /** How many rows are alike in both, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** False when the original has gone on since `seq`: copying again catches up. */
  readonly current: boolean;
  /** Rows that are not alike; at most 1,000. */
  readonly mismatches: readonly RowMismatch[];
}

/**
 * Copies a ledger from one storage to another, row by row and numbers included, and proves that nothing is missing.
 *
 * The copy is the original as it was at one moment, after command `seq`, also when the original is written to meanwhile;
 * then `current` is false and calling again catches up. To move for good, stop writing, call it once more, and go on with the
 * copy. An interrupted copy is resumed by calling it again: each transaction holds whole commands, and what is there
 * already is compared first. Both storages are opened; closing them is the caller's. The copy has an epoch of its own, so
 * that clients which followed the original start over instead of mixing the two.
 *
 * @returns what was copied, after every row of both was read and compared.
 * @throws {@link InventoryError} `INVALID_STATE` when the target holds something else, or is written to meanwhile.
 * @throws {@link InventoryError} `INVALID_INPUT` when both are one storage, or `pageRows` is out of bounds.
 * @throws {@link InventoryError} `ABORTED` when `signal` says so.
 * @example
 * const from = csvStorage({ directory: "./data" });
 * const to = memoryStorage();
 * const { ok, seq } = await copyStorage({ from, to });
 * @see docs/guides/copy.md
 */
export async function copyStorage(options: CopyOptions): Promise<CopyReport> {
  const { from, to, tables = inventoryTables, pageRows = 2_000, onProgress, signal } = options;
  if (!Number.isSafeInteger(pageRows) || pageRows < 1 || pageRows > 100_000)
    throw invalid("pageRows", "must be a whole number, 1 to 100,000");
  if (from === to) throw invalid("to", "is the storage that is copied");
  const source = await from.open(tables);
  const target = await to.open(tables);
  if (source.epoch === target.epoch) throw invalid("to", "is the storage that is copied");

  function tell(phase: CopyProgress["phase"], head: number) {
    return (seq: number) => {
      if (signal?.aborted) throw new InventoryError("ABORTED", {}, { cause: signal.reason });
      onProgress?.({ phase, seq, head });
    };
  }

  const compare = (phase: CopyProgress["phase"], seq: number) =>
    compareStorages({ original: from, copy: to, tables, seq, pageRows, onSeq: tell(phase, seq) });

  const resumedFrom = target.seq;
  if (!(await isEmpty(to, tables))) {
    const { mismatches } = await compare("checking", resumedFrom);
    if (resumedFrom > source.seq || mismatches.length > 0) throw occupied(to);
  }
  const { seq, copied } = await copyRows({ from, to, tables, pageRows, onSeq: (seq, head) => tell("copying", head)(seq) }, resumedFrom);
  const { mismatches, rows, current } = await compare("verifying", seq);
  return { ok: mismatches.length === 0, seq, resumedFrom, copied, rows, current, mismatches };
}

async function isEmpty(storage: StorageAdapter, tables: TableSet): Promise<boolean> {
  const { items, head } = await storage.changes(-1, { limit: 1, tables: tables.tables.map(({ name }) => name) });
  return head === 0 && items.length === 0;
}

interface Copying {
  readonly from: StorageAdapter;
  readonly to: StorageAdapter;
  readonly tables: TableSet;
  readonly pageRows: number;
  readonly onSeq: (seq: number, head: number) => void;
}

/** Writes what the target lacks, until a page ends where the source stands: then the target is the source of that moment. */
async function copyRows({ from, to, tables, pageRows, onSeq }: Copying, start: number): Promise<{ seq: number; copied: number }> {
  const names = tables.tables.map(({ name }) => name);
  let late = await from.changes(start - 1, { limit: 1, tables: names });
  let seq = start;
  let copied = 0;
  for (;;) {
    const page = await from.changes(seq, { limit: pageRows, tables: names });
    const end = page.more ? (page.items.at(-1)?.row.seq ?? seq) : page.head;
    // Refusals are kept under the number they were decided on: some may have come under the last one since it was copied.
    const refusals = late.items.filter(({ row }) => row.seq === start);
    copied += await write(to, tables, { refusals, items: page.items, from: seq, to: end });
    late = { ...late, items: [] };
    seq = end;
    onSeq(seq, page.head);
    if (!page.more) return { seq, copied };
  }
}

interface Batch {
  /** Rows under `from` itself, of which the target may have some. */
  readonly refusals: readonly RowChange[];
  readonly items: readonly RowChange[];
  readonly from: number;
  readonly to: number;
}

const write = (storage: StorageAdapter, tables: TableSet, batch: Batch): Promise<number> =>
  storage.transaction(async (tx) => {
    if ((await tx.head()).seq !== batch.from) throw occupied(storage);
    let written = 0;
    for (const table of tables.tables) {
      const of = (changes: readonly RowChange[]) => changes.filter((change) => change.table === table.name).map(({ row }) => row);
      const rows = [...(await unknown(tx, table, of(batch.refusals))), ...of(batch.items)];
      if (rows.length > 0) await (table.kind === "state" ? tx.put(table.name, rows) : tx.append(table.name, rows));
      written += rows.length;
    }
    if (batch.to > batch.from) await tx.advance(batch.to);
    return written;
  });

/** The rows of a log that the target does not have. */
async function unknown(tx: StorageTransaction, table: TableDefinition, rows: readonly Row[]): Promise<readonly Row[]> {
  if (table.kind === "state" || rows.length === 0) return [];
  const known = await tx.get(
    table.name,
    rows.map((row) => keyOf(table, row)),
  );
  return rows.filter((_, index) => known[index] === undefined);
}

const invalid = (path: string, message: string) => new InventoryError("INVALID_INPUT", { issues: [{ path, message }] });

const occupied = ({ name }: StorageAdapter) =>
  new InventoryError("INVALID_STATE", { entity: "storage", key: name, state: "holds something else than the beginning of what is copied" });
