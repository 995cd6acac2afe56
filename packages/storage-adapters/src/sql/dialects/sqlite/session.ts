import { InventoryError, isInventoryError } from "@onhand/core";
import { sqlFailure } from "../../failures";
import type { Bound, RawRow, Scalar } from "../../rows";
import { byCodePoint } from "../../text-order";
import type { Session } from "../dialect";
import { classifySqlite } from "./failures";

/** The part of better-sqlite3's Database that is used. */
export interface SqliteDatabase {
  readonly inTransaction: boolean;
  readonly readonly: boolean;
  prepare(text: string): SqliteStatement;
  pragma(text: string, options?: { readonly simple?: boolean }): unknown;
  function(name: string, options: { readonly deterministic: boolean }, body: (text: unknown) => unknown): unknown;
}

interface SqliteStatement {
  readonly reader: boolean;
  safeIntegers(on: boolean): SqliteStatement;
  raw(on: boolean): SqliteStatement;
  all(values: readonly unknown[]): unknown[];
  /** Takes values as they are, or a list of them: that is bound more slowly. */
  run(...values: readonly unknown[]): { readonly changes: number };
}

const extended = new WeakSet<SqliteDatabase>();
const configured = new WeakSet<SqliteDatabase>();
const statements = new WeakMap<SqliteDatabase, Map<string, SqliteStatement>>();
const keptStatements = 200;

/** Runs one statement at once. Its preparation is kept with the connection. */
export function runSqlite(database: SqliteDatabase, text: string, values: readonly Bound[] = [], exact = false): readonly RawRow[] {
  return inSqliteTerms(() => {
    const statement = statementOf(database, text, exact);
    if (statement.reader) return statement.all(values) as RawRow[];
    return [[statement.run(values).changes]];
  });
}

/** Which rows, and how many of them a statement takes. */
interface Extent {
  readonly from: number;
  readonly to: number;
  readonly together: number;
}

/** Runs one statement for every `together` rows, at once, with what `columns` have for them. */
export function runSqliteRows(
  database: SqliteDatabase,
  text: string,
  columns: readonly (readonly Scalar[])[],
  { from, to, together }: Extent,
): void {
  // Nothing is prepared that most groups have too few rows for.
  if (from === to) return;
  inSqliteTerms(() => {
    const statement = statementOf(database, text, false);
    const bound = new Array<Scalar>(columns.length * together);
    for (let first = from; first < to; first += together) {
      let place = 0;
      for (let row = first; row < first + together; row++) for (const values of columns) bound[place++] = values[row] as Scalar;
      if (statement.run(...bound).changes !== together) throw sqlFailure("other", new Error("a row was not written"));
    }
  });
}

function inSqliteTerms<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw classifySqlite(error);
  }
}

function statementOf(database: SqliteDatabase, text: string, exact: boolean): SqliteStatement {
  let kept = statements.get(database);
  if (!kept) {
    kept = new Map();
    statements.set(database, kept);
  }
  const name = exact ? `exact ${text}` : text;
  const known = kept.get(name);
  if (known) return known;
  if (kept.size >= keptStatements) kept.clear();
  // A host may have asked for other integers on its connections.
  const statement = database.prepare(text).safeIntegers(exact);
  if (statement.reader) statement.raw(true);
  kept.set(name, statement);
  return statement;
}

/** Settings and functions that belong to a connection, made once for each; settings can't be changed in a transaction. */
export function prepareSqlite(database: SqliteDatabase): void {
  try {
    if (!extended.has(database)) extend(database);
    if (configured.has(database) || database.inTransaction) return;
    if (!database.readonly) withoutWaiting(database, () => database.pragma("journal_mode = WAL"));
    database.pragma("foreign_keys = ON");
    // better-sqlite3 is built with NORMAL for WAL, which may lose commits with the power.
    database.pragma("synchronous = FULL");
    // 16 MB. Groups write the same pages over and over, and what stands in the log several times is brought to the database once.
    database.pragma("wal_autocheckpoint = 4000");
    configured.add(database);
  } catch (error) {
    throw isInventoryError(error) ? error : classifySqlite(error);
  }
}

/** Search and the order of text are functions of ours. */
function extend(database: SqliteDatabase): void {
  try {
    database.function("onhand_fold", { deterministic: true }, (text) => (typeof text === "string" ? text.toLowerCase() : text));
    database.function("onhand_order", { deterministic: true }, (text) => (typeof text === "string" ? byCodePoint(text) : text));
  } catch (error) {
    if ((error as Error).message !== "not implemented") throw error;
    throw new InventoryError(
      "UNSUPPORTED",
      { feature: "a SQLite driver that takes no functions of the host's, as libsql's" },
      { cause: error },
    );
  }
  extended.add(database);
}

/** Speaks through a better-sqlite3 database. */
export function sqliteSession(raw: unknown): Session {
  const database = raw as SqliteDatabase;
  let broken = false;
  return {
    raw,
    get broken() {
      return broken;
    },
    async run({ text, values, exact }) {
      prepareSqlite(database);
      return runSqlite(database, text, values, exact);
    },
    destroy() {
      broken = true;
      if (database.inTransaction) database.prepare("ROLLBACK").run([]);
    },
  };
}

/** Waiting for another process would stop this one: whoever waits comes back later instead. */
export function withoutWaiting<T>(on: SqliteDatabase, work: () => T): T {
  const before = Number(on.pragma("busy_timeout", { simple: true }));
  if (before !== 0) on.pragma("busy_timeout = 0");
  try {
    return work();
  } finally {
    if (before !== 0) on.pragma(`busy_timeout = ${before}`);
  }
}

/** Begins a transaction that may write, or fails at once when somebody else is in one. */
export function beginSqlite(on: SqliteDatabase): void {
  prepareSqlite(on);
  withoutWaiting(on, () => runSqlite(on, "BEGIN IMMEDIATE"));
}
