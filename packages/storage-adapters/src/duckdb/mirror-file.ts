import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { InventoryError, type Row, type RowChange, type TableDefinition, type TableSet } from "@onhand/core";
import { columnTypes, quoted, type Statement } from "./statement";

/** The database a mirror is kept in: tables, and the command they stand at. */
export interface MirrorFile {
  /** The command it stands at. */
  seq(): number;
  /** Adds rows and moves to a command, both or neither. */
  append(changes: readonly RowChange[], seq: number): Promise<void>;
  /** Empties the tables and begins anew. */
  reset(): Promise<void>;
  /** Answers, column by column, from one snapshot. */
  read(statement: Statement): Promise<DuckDBValue[][]>;
  close(): void;
}

const positionTable = "onhand_mirror";
/** How many rows DuckDB takes at once. */
const chunkRows = 2_048;

/** Opens the database of a mirror. What is there of another ledger, or in another shape, is left out and begun anew. */
export async function openMirrorFile(path: string, epoch: string, set: TableSet, options: Record<string, string>): Promise<MirrorFile> {
  const instance = await DuckDBInstance.create(path, options).catch((error: Error) => {
    throw openFailure(path, error);
  });
  const writer = await instance.connect();
  const shape = JSON.stringify(set);
  let seq = await guarded(() => begin(writer, epoch, shape, set));

  return {
    seq: () => seq,
    append: (changes, to) =>
      inTransaction(writer, async () => {
        for (const table of set.tables) {
          const rows = changes.filter((change) => change.table === table.name).map(({ row }) => row);
          await appendRows(writer, table, rows);
        }
        await writer.run(`UPDATE ${positionTable} SET seq = ${to}`);
      }).then(() => {
        seq = to;
      }),
    async reset() {
      await inTransaction(writer, () => startOver(writer, epoch, shape, set));
      seq = 0;
    },
    read: ({ text, values }) =>
      guarded(async () => {
        const connection = await instance.connect();
        try {
          return (await connection.runAndReadAll(text, [...values])).getColumns();
        } finally {
          connection.closeSync();
        }
      }),
    close() {
      writer.closeSync();
      instance.closeSync();
    },
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
    const columns = [["seq", "BIGINT"], ...Object.entries(table.columns).map(([name, { type }]) => [name, columnTypes[type]])];
    await writer.run(
      `CREATE OR REPLACE TABLE ${quoted(table.name)} (${columns.map(([name, type]) => `${quoted(name as string)} ${type}`).join(", ")})`,
    );
  }
  await writer.run(`DELETE FROM ${positionTable}`);
  await writer.run(`INSERT INTO ${positionTable} VALUES ($1, $2, 0)`, [epoch, shape]);
}

async function appendRows(writer: DuckDBConnection, table: TableDefinition, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const appender: DuckDBAppender = await writer.createAppender(table.name);
  const names = ["seq", ...Object.keys(table.columns)];
  const types = names.map((_, index) => appender.columnType(index));
  for (let start = 0; start < rows.length; start += chunkRows) {
    const some = rows.slice(start, start + chunkRows);
    const chunk = DuckDBDataChunk.create(types, some.length);
    chunk.setColumns(names.map((name) => some.map((row) => cellOf(table, name, row))));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function cellOf(table: TableDefinition, name: string, row: Row): DuckDBValue {
  const value = row[name] ?? null;
  if (typeof value === "number") return BigInt(value);
  return table.columns[name]?.type === "json" && value !== null ? JSON.stringify(value) : (value as string | boolean | null);
}

const inTransaction = (writer: DuckDBConnection, work: () => Promise<void>): Promise<void> =>
  guarded(async () => {
    await writer.run("BEGIN");
    try {
      await work();
      await writer.run("COMMIT");
    } catch (error) {
      await writer.run("ROLLBACK");
      throw error;
    }
  });

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof InventoryError || error instanceof TypeError) throw error;
    if (error.message.startsWith("Out of Range Error")) throw new RangeError(error.message, { cause: error });
    throw new InventoryError("STORAGE_UNAVAILABLE", { reason: error.message }, { cause: error });
  }
}

const openFailure = (path: string, error: Error): InventoryError =>
  error.message.includes("lock on file")
    ? new InventoryError("STORAGE_LOCKED", { holder: "another process" }, { cause: error })
    : new InventoryError("STORAGE_UNAVAILABLE", { reason: `${path}: ${error.message}` }, { cause: error });
