import { commitFailure, isSqlFailure, sqlFailure } from "../../failures";
import { committed } from "../committed";
import type { Dialect, Session } from "../dialect";
import { undo } from "../undo";
import { lockName, mysqlDdl } from "./ddl";
import { classifyMysql } from "./failures";
import { leftOpen, mysqlSession } from "./session";
import { jsonTableType } from "./types";
import { waitSeconds, writeCompound, writeMysql } from "./write";

/** Sessions with a savepoint of ours, in a host's transaction. */
const undoable = new WeakSet<Session>();

/** MySQL 8 and MariaDB 10.6 or newer, through mysql2. */
export const mysql = (mariadb: boolean): Dialect => ({
  name: "mysql",
  quote: (identifier) => `\`${identifier}\``,
  placeholder: () => "?",
  classify: classifyMysql,
  session: mysqlSession,
  ddl: mysqlDdl(mariadb),

  list: (parameters, column, values) =>
    `SELECT j.v FROM JSON_TABLE(${parameters.add(JSON.stringify(values))}, '$[*]' COLUMNS (v ${jsonTableType(column, mariadb)} PATH '$')) j`,
  byKeys(parameters, table, keys, suffix) {
    const row = `(${table.key.map(() => "?").join(", ")})`;
    // Filled up with the last key to a power of two: the server keeps every text it was once given, and has room for so many.
    const length = 2 ** Math.ceil(Math.log2(keys.length));
    const padded = Array.from({ length }, (_, index) => keys[Math.min(index, keys.length - 1)] ?? []);
    for (const key of padded) for (const value of key) parameters.add(value);
    return `${table.sql} t WHERE (${table.key.map((column) => column.sql).join(", ")}) IN (${padded.map(() => row).join(", ")})${suffix}`;
  },
  codeUnits: {
    ofColumn: (sql) => ordered(sql),
    ofValue: (parameters, value) => ordered(parameters.add(value)),
    decode: (raw) =>
      Buffer.from(raw as Uint8Array)
        .swap16()
        .toString("utf16le"),
  },
  // A binary collation has no cases; the words of another one do.
  folded: (sql) =>
    `LOWER(CONVERT(${sql} USING utf8mb4) COLLATE ${mariadb ? "utf8mb4_unicode_520_ci" : "utf8mb4_0900_ai_ci"}) COLLATE utf8mb4_bin`,
  contains: (haystack, needle) => `LOCATE(${needle} COLLATE utf8mb4_bin, ${haystack}) > 0`,
  exactSum: (sql) => `CAST(COALESCE(SUM(${sql}), 0) AS CHAR)`,
  booleanBound: (how, sql) => `${how}(${sql})`,
  nulls: () => "",

  async begin(session) {
    // READ COMMITTED for this one transaction, so that nothing is read from a snapshot older than the lock on the head.
    await session.run({ text: "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", values: [] });
    await session.run({ text: "START TRANSACTION", values: [] });
  },
  async commit(session) {
    try {
      await session.run({ text: "COMMIT", values: [] });
    } catch (error) {
      throw commitFailure(error);
    }
  },
  async rollback(session) {
    await session.run({ text: "ROLLBACK", values: [] });
  },
  async lockHead(session, { head, limits }, columns) {
    const wait = mariadb ? ` WAIT ${waitSeconds(limits)}` : "";
    return (await session.run({ text: `SELECT ${columns} FROM ${head} h WHERE h.id = 1 FOR UPDATE${wait}`, values: [] }))[0];
  },
  turns: {
    async begin(session, { namespace, channel, limits }) {
      // A process that stops loses its connection, and with it the turn.
      await session.run({ text: "SET SESSION wait_timeout = 1", values: [] });
      const text = `SELECT GET_LOCK(${lockName}, ${waitSeconds(limits)})`;
      const [held] = await session.run({ text, values: [namespace.schema ?? null, turnsOf(channel)] });
      if (Number(held?.[0]) !== 1) throw sqlFailure("conflict", new Error("another process has its turn for too long"));
    },
    async end(session, { namespace, channel }) {
      await session.run({ text: `SELECT RELEASE_LOCK(${lockName})`, values: [namespace.schema ?? null, turnsOf(channel)] });
    },
  },
  currentRead: " LOCK IN SHARE MODE",
  hostBelief: "without reads",
  async write(session, plan, group) {
    const written = mariadb && undoable.has(session) ? await writeCompound(session, plan, group, "inside") : undefined;
    return written ?? writeMysql(session, plan, group, { mariadb, patiently: true });
  },
  async writeAlone(session, plan, group) {
    if (mariadb) {
      try {
        const written = await writeCompound(session, plan, group, "alone");
        if (written !== undefined) return written;
      } catch (error) {
        // A statement that is killed leaves its transaction open, handler or not.
        await undo(session);
        throw commitFailure(error);
      }
    }
    await session.run({ text: "START TRANSACTION", values: [] });
    try {
      if (!(await writeMysql(session, plan, group, { mariadb, patiently: false }))) {
        await session.run({ text: "ROLLBACK", values: [] });
        return false;
      }
    } catch (error) {
      // An error undoes one statement here, not the transaction.
      await undo(session);
      throw error;
    }
    await this.commit(session);
    return true;
  },
  async snapshot(session, read) {
    await session.run({ text: "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", values: [] });
    await session.run({ text: "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", values: [] });
    return committed(session, read);
  },

  async durability(session) {
    const wanted = [
      ["innodb_flush_log_at_trx_commit", "1"],
      ["innodb_doublewrite", "1"],
      ["sync_binlog", "1"],
    ] as const;
    const names = wanted.map(([name]) => `@@${name}`).join(", ");
    const [settings] = await session.run({ text: `SELECT ${names}, @@log_bin`, values: [] });
    const logged = Number(settings?.[wanted.length]) === 1;
    const weak = wanted
      .map(([name, value], index) => ({ name, value, set: String(settings?.[index]) }))
      .filter(({ name, value, set }) => (name !== "sync_binlog" || logged) && !(set === value || set === "ON"))
      .map(({ name, set }) => `${name} = ${set}`);
    return { durability: weak.length > 0 ? "process" : "power-loss", weak };
  },
  async requirements(session) {
    const [row] = await session.run({ text: "SELECT @@character_set_client, @@character_set_results", values: [] });
    if (row?.some((set) => set !== "utf8mb4")) return "a connection whose character set is not utf8mb4";
    try {
      await session.run({ text: "SELECT j.v FROM JSON_TABLE('[1]', '$[*]' COLUMNS (v bigint PATH '$')) j", values: [] });
    } catch (error) {
      if (!isSqlFailure(error) || error.kind !== "other") throw error;
      return "a server without JSON_TABLE: MariaDB before 10.6, MySQL before 8";
    }
    return undefined;
  },
  async inTransaction(session) {
    // A statement without rows: its answer says so.
    await session.run({ text: "DO 0", values: [] });
    return leftOpen(session.raw);
  },
  async atomically(session, work) {
    await session.run({ text: "SAVEPOINT onhand", values: [] });
    // A deadlock has ended it, and a host that caught the error goes on: what is written now would be committed at once.
    if (!leftOpen(session.raw)) throw sqlFailure("ended", new Error("the savepoint was made outside a transaction"));
    undoable.add(session);
    try {
      // The savepoint stays until the transaction ends, or the next of its name: letting go of it is a trip for nothing.
      return await work();
    } catch (error) {
      if (!session.broken) await session.run({ text: "ROLLBACK TO SAVEPOINT onhand", values: [] });
      throw error;
    }
  },
});

const turnsOf = (channel: string): string => `${channel} turns`;

/** UTF-16 with the high byte first, as bytes: see text-order.ts. */
const ordered = (sql: string): string => `CAST(CONVERT(${sql} USING utf16) AS BINARY)`;
