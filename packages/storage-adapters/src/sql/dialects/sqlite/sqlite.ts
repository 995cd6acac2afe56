import { commitFailure, sqlFailure } from "../../failures";
import type { TableLayout } from "../../layout";
import { byCodePoint, fromCodePoint } from "../../text-order";
import type { Dialect, Session } from "../dialect";
import { sqliteDdl } from "./ddl";
import { classifySqlite } from "./failures";
import { beginSqlite, prepareSqlite, runSqlite, type SqliteDatabase, sqliteSession, withoutWaiting } from "./session";
import { writeSqlite } from "./write";

const database = (of: Session): SqliteDatabase => {
  prepareSqlite(of.raw as SqliteDatabase);
  return of.raw as SqliteDatabase;
};

function rollback(on: SqliteDatabase): void {
  if (on.inTransaction) runSqlite(on, "ROLLBACK");
}

function commit(on: SqliteDatabase): void {
  try {
    runSqlite(on, "COMMIT");
  } catch (error) {
    throw commitFailure(error);
  }
}

/** SQLite through better-sqlite3: one writer at a time, and every call at once. */
export const sqlite: Dialect = {
  name: "sqlite",
  quote: (identifier) => `"${identifier}"`,
  placeholder: () => "?",
  classify: classifySqlite,
  session: sqliteSession,
  ddl: sqliteDdl,

  list: (parameters, _column, values) => `SELECT value FROM json_each(${parameters.add(JSON.stringify(values))})`,
  byKeys(parameters, table, keys) {
    const from = `${table.sql} t WHERE`;
    if (keys.length === 1)
      return `${from} ${table.key.map((column, index) => `${column.sql} = ${parameters.add(keys[0]?.[index] ?? null)}`).join(" AND ")}`;
    const listed = parameters.add(JSON.stringify(keys));
    if (table.key.length === 1) return `${from} ${keySql(table)} IN (SELECT value ->> 0 FROM json_each(${listed}))`;
    return `${from} (${keySql(table)}) IN (SELECT ${table.key.map((_, index) => `value ->> ${index}`).join(", ")} FROM json_each(${listed}))`;
  },
  codeUnits: {
    ofColumn: (sql) => `onhand_order(${sql})`,
    ofValue: (parameters, value) => parameters.add(byCodePoint(value)),
    decode: (raw) => fromCodePoint(String(raw)),
  },
  folded: (sql) => `onhand_fold(${sql})`,
  contains: (haystack, needle) => `instr(${haystack}, ${needle}) > 0`,
  // A product beyond 64 bits becomes a float without a word, and with it the sum: then it is made one that is refused.
  exactSum: (sql) => `CASE TYPEOF(SUM(${sql})) WHEN 'real' THEN 9e18 ELSE COALESCE(SUM(${sql}), 0) END`,
  booleanBound: (how, sql) => `${how}(${sql})`,
  nulls: () => "",

  async begin(of) {
    beginSqlite(database(of));
  },
  async commit(of) {
    commit(database(of));
  },
  async rollback(of) {
    rollback(database(of));
  },
  async lockHead(of, plan, columns) {
    const on = database(of);
    // Reading first would settle for a snapshot that may be too old to write on.
    withoutWaiting(on, () => runSqlite(on, `UPDATE ${plan.head} SET id = 1 WHERE id = 1`));
    return runSqlite(on, `SELECT ${columns} FROM ${plan.head} h WHERE h.id = 1`)[0];
  },
  currentRead: "",
  // Its calls cost no trip, and only `lockHead` is sure not to wait for another process.
  hostBelief: "never",
  async write(of, plan, group) {
    return writeSqlite(database(of), plan, group);
  },
  async writeAlone(of, plan, group) {
    const on = database(of);
    beginSqlite(on);
    try {
      if (!writeSqlite(on, plan, group)) {
        rollback(on);
        return false;
      }
      commit(on);
      return true;
    } catch (error) {
      rollback(on);
      throw error;
    }
  },
  async snapshot(of, read) {
    const on = database(of);
    runSqlite(on, "BEGIN");
    try {
      return await read();
    } finally {
      rollback(on);
    }
  },

  async durability(of) {
    const on = database(of);
    const mode = String(on.pragma("journal_mode", { simple: true }));
    const synchronous = Number(on.pragma("synchronous", { simple: true }));
    if (mode === "memory" || mode === "off") return { durability: "none", weak: [`journal_mode = ${mode}`] };
    return synchronous >= 2 ? { durability: "power-loss", weak: [] } : { durability: "process", weak: [`synchronous = ${synchronous}`] };
  },
  async requirements(of) {
    const encoding = String(database(of).pragma("encoding", { simple: true }));
    return encoding === "UTF-8" ? undefined : `a database in ${encoding}`;
  },
  async inTransaction(of) {
    return (of.raw as SqliteDatabase).inTransaction;
  },
  async atomically(of, work) {
    const on = database(of);
    // A full disk has ended it, and a host that caught the error goes on: what is written now would be committed at once.
    if (!on.inTransaction) throw sqlFailure("ended", new Error("the group was to be written outside a transaction"));
    runSqlite(on, "SAVEPOINT onhand");
    try {
      return await work();
    } catch (error) {
      // A full disk undoes all of a transaction, and its savepoints are gone with it.
      if (on.inTransaction) runSqlite(on, "ROLLBACK TO onhand");
      throw error;
    } finally {
      if (on.inTransaction) runSqlite(on, "RELEASE onhand");
    }
  },
};

const keySql = (table: TableLayout): string => table.key.map((column) => column.sql).join(", ");
