import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import {
  type Column,
  InventoryError,
  type Row,
  type RowChange,
  type Stop,
  type TableDefinition,
  type TableSet,
  type Value,
} from "@onhand/core";
import { appendColumns } from "./append";
import { createDictionary, type Dictionary, openDictionary } from "./dictionary";
import { columnType, quoted, type Statement } from "./statement";
import { guarded, inTransaction } from "./transaction";

/** The database a mirror is kept in: tables, and the command they stand at. */
export interface MirrorFile {
  /** The command it stands at. */
  seq(): number;
  /** What the numbers in its columns of recurring text stand for. */
  readonly dictionary: Dictionary;
  /** Adds rows and moves to a command, both or neither. */
  append(changes: readonly RowChange[], seq: number): Promise<void>;
  /** Empties the tables and begins anew. */
  reset(): Promise<void>;
  /** Answers, column by column, from one snapshot; stops when it is told to. */
  read(statement: Statement, signal?: AbortSignal): Promise<DuckDBValue[][]>;
  close(): void;
}

const positionTable = "onhand_mirror";
/** Grows when tables are kept in another way than before: older files are begun anew. */
const layoutVersion = 2;

/** Opens the database of a mirror. What is there of another ledger, or in another shape, is left out and begun anew. */
export async function openMirrorFile(path: string, epoch: string, set: TableSet, options: Record<string, string>): Promise<MirrorFile> {
  const instance = await DuckDBInstance.create(path, options).catch((error: Error) => {
    throw openFailure(path, error);
  });
  const writer = await instance.connect();
  const shape = JSON.stringify([layoutVersion, set]);
  let seq = await guarded(() => begin(writer, epoch, shape, set));
  const dictionary = await guarded(() => openDictionary(writer));

  return {
    seq: () => seq,
    dictionary,
    async append(changes, to) {
      const parts = set.tables.map((table) => ({
        table,
        rows: changes.filter((change) => change.table === table.name).map(({ row }) => row),
      }));
      // Committed before any row that has their numbers: texts without rows harm nobody.
      await dictionary.learn(recurringTexts(parts));
      await inTransaction(writer, async () => {
        for (const { table, rows } of parts) await appendRows(writer, table, rows, dictionary);
        await writer.run(`UPDATE ${positionTable} SET seq = ${to}`);
      });
      seq = to;
    },
    async reset() {
      await inTransaction(writer, () => emptyTables(writer, set));
      seq = 0;
    },
    async read({ text, values }, signal) {
      try {
        return await guarded(async () => {
          const connection = await instance.connect();
          const stop = interrupting(connection, signal);
          try {
            return (await connection.runAndReadAll(text, [...values])).getColumns();
          } finally {
            stop();
            connection.closeSync();
          }
        });
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
    close() {
      writer.closeSync();
      instance.closeSync();
    },
  };
}

const interruptEveryMs = 10;

/** Interrupts what a connection works on once it is told to. Before a statement has begun that is lost on it, so it is done again and again. */
function interrupting(connection: DuckDBConnection, signal: AbortSignal | undefined): Stop {
  let again: ReturnType<typeof setTimeout> | undefined;
  function interrupt(): void {
    connection.interrupt();
    again = setTimeout(interrupt, interruptEveryMs);
  }
  if (signal?.aborted) interrupt();
  else signal?.addEventListener("abort", interrupt);
  return () => {
    signal?.removeEventListener("abort", interrupt);
    clearTimeout(again);
  };
}

async function begin(writer: DuckDBConnection, epoch: string, shape: string, set: TableSet): Promise<number> {
  await writer.run(`CREATE TABLE IF NOT EXISTS ${positionTable} (epoch VARCHAR, shape VARCHAR, seq BIGINT)`);
  const found = await writer.runAndReadAll(`SELECT epoch, shape, seq FROM ${positionTable}`);
  const [position] = found.getRows();
  if (position?.[0] === epoch && position[1] === shape) return Number(position[2]);
  await inTransaction(writer, () => startOver(writer, epoch, shape, set));
  return 0;
}

async function startOver(writer: DuckDBConnection, epoch: string, shape: string, set: TableSet): Promise<void> {
  for (const table of set.tables) {
    const columns = [seqColumn, ...Object.entries(table.columns)].map(([name, column]) => `${quoted(name)} ${columnType(column)}`);
    await writer.run(`CREATE OR REPLACE TABLE ${quoted(table.name)} (${columns.join(", ")})`);
  }
  await writer.run(createDictionary);
  await writer.run(`DELETE FROM ${positionTable}`);
  await writer.run(`INSERT INTO ${positionTable} VALUES ($1, $2, 0)`, [epoch, shape]);
}

const seqColumn: readonly [string, Column] = ["seq", { type: "integer" }];

/** The dictionary stays: questions that are under way have its numbers in them. */
async function emptyTables(writer: DuckDBConnection, set: TableSet): Promise<void> {
  for (const table of set.tables) await writer.run(`DELETE FROM ${quoted(table.name)}`);
  await writer.run(`UPDATE ${positionTable} SET seq = 0`);
}

interface TableRows {
  readonly table: TableDefinition;
  readonly rows: readonly Row[];
}

function recurringTexts(parts: readonly TableRows[]): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const { table, rows } of parts) {
    const names = Object.keys(table.columns).filter((name) => table.columns[name]?.recurring);
    for (const row of rows) for (const name of names) if (typeof row[name] === "string") texts.add(row[name]);
  }
  return texts;
}

const appendRows = (writer: DuckDBConnection, table: TableDefinition, rows: readonly Row[], dictionary: Dictionary): Promise<void> =>
  appendColumns(
    writer,
    table.name,
    [seqColumn, ...Object.entries(table.columns)].map(([name, column]) => rows.map((row) => cellOf(column, row[name] ?? null, dictionary))),
  );

function cellOf({ type, recurring }: Column, value: Value, dictionary: Dictionary): DuckDBValue {
  if (typeof value === "number") return BigInt(value);
  if (recurring && typeof value === "string") return dictionary.idOf(value);
  return type === "json" && value !== null ? JSON.stringify(value) : (value as string | boolean | null);
}

const openFailure = (path: string, error: Error): InventoryError =>
  error.message.includes("lock on file")
    ? new InventoryError("STORAGE_LOCKED", { holder: "another process" }, { cause: error })
    : new InventoryError("STORAGE_UNAVAILABLE", { reason: `${path}: ${error.message}` }, { cause: error });
