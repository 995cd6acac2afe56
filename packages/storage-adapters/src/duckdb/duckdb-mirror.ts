import {
  type AggregateRow,
  type Aggregation,
  type Analytics,
  InventoryError,
  type Mirrored,
  type ReadOptions,
  type TableSet,
} from "@onhand/core";
import { Mutex } from "async-mutex";
import { aggregatedColumns, requireColumns } from "../shared/query";
import { type MirrorFile, openMirrorFile } from "./mirror-file";
import { aggregateStatement, ordersText } from "./statement";

/** Where a mirror is kept, and how much it may take. */
export interface DuckDbMirrorOptions {
  /** A file; kept in memory, and so made anew by each process, unless given. */
  readonly path?: string;
  /** How much memory DuckDB may take, such as `1GB`; most of the machine's unless given. */
  readonly memoryLimit?: string;
  /** How many threads it may use; one for each core unless given. */
  readonly threads?: number;
  /** Rows copied in one transaction: 1 to 100,000; 20,000 unless given. */
  readonly pageRows?: number;
}

/** What comparing a mirror with its storage found. */
export interface MirrorVerification {
  /** Whether every part of the mirror is that of the storage. */
  readonly ok: boolean;
  /** The command up to which both were compared. */
  readonly seq: number;
  /** Rows in the mirror. */
  readonly rows: number;
  /** Commands from `from` up to `to` among which there are rows that are not alike. */
  readonly differing: readonly { readonly from: number; readonly to: number }[];
}

/** A columnar copy of the ledger. */
export interface DuckDbMirror extends Analytics {
  /** Compares the mirror with the storage: counts, sums and bounds of every number, in up to 1,000 parts. */
  verify(): Promise<MirrorVerification>;
}

/**
 * Keeps a copy of the ledger in DuckDB, by columns, for reports over millions of movements.
 *
 * It copies what is new in pages, rows and position in one transaction, so it goes on where it stopped, also after a crash, and begins anew for
 * another ledger. Each question catches up first and is answered with everything committed before it; with `eventual` it is answered as the
 * mirror stands, which is as stale as the last {@link Analytics.catchUp} is old. One process at a time can have a file open.
 *
 * @throws {@link InventoryError} when it is opened: `STORAGE_LOCKED` when another process has the file, `STORAGE_UNAVAILABLE` when it can't be opened.
 * @example
 * const inventory = await createInventory({ storage, analytics: duckDbMirror({ path: "./analytics.duckdb" }) });
 * const { rows } = await inventory.reports.salesByCategory({ by: ["category", "month"] });
 * @see docs/guides/reports.md
 */
export function duckDbMirror({ path = ":memory:", memoryLimit, threads, pageRows = 20_000 }: DuckDbMirrorOptions = {}): DuckDbMirror {
  if (!Number.isSafeInteger(pageRows) || pageRows < 1 || pageRows > 100_000)
    throw new InventoryError("INVALID_INPUT", { issues: [{ path: "pageRows", message: "must be a whole number, 1 to 100,000" }] });
  const copying = new Mutex();
  let opened: { readonly file: MirrorFile; readonly source: Mirrored; readonly tables: TableSet } | undefined;

  function mirror() {
    if (!opened) throw new InventoryError("STORAGE_CLOSED", {});
    return opened;
  }

  const catchUp = () =>
    copying.runExclusive(async () => {
      const { file, source, tables } = mirror();
      const names = tables.tables.map(({ name }) => name);
      for (;;) {
        const page = await source.changes(file.seq(), { limit: pageRows, tables: names });
        // The storage was put back to an earlier state: what came after it never was.
        if (page.head < file.seq()) {
          await file.reset();
          continue;
        }
        const to = page.more ? (page.items.at(-1)?.row.seq ?? page.head) : page.head;
        if (to > file.seq()) await file.append(page.items, to);
        if (!page.more) return to;
      }
    });

  /** Catches up as far as a question needs it. */
  async function current({ consistency = "strong", minSeq }: ReadOptions): Promise<void> {
    const { file } = mirror();
    if (minSeq === undefined ? consistency === "strong" : file.seq() < minSeq) await catchUp();
  }

  async function aggregate(name: string, aggregation: Aggregation, options: ReadOptions = {}): Promise<readonly AggregateRow[]> {
    const { file, source, tables } = mirror();
    const table = tables.tables.find((each) => each.name === name);
    if (!table || ordersText(table, aggregation)) return source.aggregate(name, aggregation, options);
    requireColumns(table, aggregatedColumns(aggregation));
    await current(options);
    const statement = aggregateStatement(table, aggregation, file.dictionary);
    return statement.rows(await file.read(statement, options.signal));
  }

  return {
    async open(source, epoch, tables) {
      if (tables.tables.some(({ kind }) => kind !== "log"))
        throw new TypeError("a mirror holds tables of kind log: others are asked of the storage");
      const options = {
        ...(memoryLimit !== undefined && { memory_limit: memoryLimit }),
        ...(threads !== undefined && { threads: String(threads) }),
      };
      opened = { file: await openMirrorFile(path, epoch, tables, options), source, tables };
    },
    find: (table, query, options) => mirror().source.find(table, query, options),
    aggregate,
    catchUp,

    async verify() {
      const seq = await catchUp();
      const { source, tables } = mirror();
      const found = await Promise.all(
        tables.tables.map(async (table) => {
          const bounds = partsOf(seq);
          const question = comparison(table, bounds, seq);
          const [ours, theirs] = [await aggregate(table.name, question, { minSeq: seq }), await source.aggregate(table.name, question)];
          const unlike = bounds.flatMap((bound, index) =>
            partText(ours, index + 1) === partText(theirs, index + 1) ? [] : [{ from: bound, to: (bounds[index + 1] ?? seq + 1) - 1 }],
          );
          return { rows: ours.reduce((sum, row) => sum + (row.rows as number), 0), unlike };
        }),
      );
      const differing = found.flatMap(({ unlike }) => unlike);
      return { ok: differing.length === 0, seq, rows: found.reduce((sum, { rows }) => sum + rows, 0), differing };
    },

    async close() {
      await copying.runExclusive(async () => {
        opened?.file.close();
        opened = undefined;
      });
    },
  };
}

const maximumParts = 1_000;

/** Where each part of the commands up to `seq` begins. */
function partsOf(seq: number): readonly number[] {
  const size = Math.max(1, Math.ceil(seq / maximumParts));
  return Array.from({ length: Math.max(1, Math.ceil(seq / size)) }, (_, index) => 1 + index * size);
}

/** Counts, sums and bounds of every number of a table, in parts. */
function comparison(table: TableSet["tables"][number], bounds: readonly number[], seq: number): Aggregation {
  const measures: Record<string, Aggregation["measures"][string]> = { rows: { count: true }, "seq:sum": { sum: "seq" } };
  for (const [name, { type }] of Object.entries(table.columns)) {
    if (type === "integer") measures[`${name}:sum`] = { sum: name };
    if (type !== "integer" && type !== "timestamp") continue;
    measures[`${name}:min`] = { min: name };
    measures[`${name}:max`] = { max: name };
  }
  return { where: { seq: { lte: seq } }, by: [{ column: "seq", bounds, as: "part" }], measures };
}

const partText = (rows: readonly AggregateRow[], part: number): string => {
  const row = rows.find((each) => each.part === part);
  return row ? JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))) : "";
};
