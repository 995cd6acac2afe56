import type { ColumnLayout } from "../../layout";
import type { Dialect } from "../dialect";
import { collationOf, jsonType } from "./types";

const maximumKeyText = 255;
// Four bytes a character, 3,072 bytes an index: two such columns and a number fit.
const indexedPrefix = 191;

/** How tables are made for one server; its kind decides the collation. */
export const mysqlDdl = (mariadb: boolean): Dialect["ddl"] => ({
  columnType({ type }, { key, unique }) {
    if (type === "integer" || type === "timestamp") return "bigint";
    if (type === "boolean") return "boolean";
    if (type === "json") return jsonType;
    return `${key || unique ? `varchar(${maximumKeyText})` : "longtext"} CHARACTER SET utf8mb4 COLLATE ${collationOf(mariadb)}`;
  },
  tableOptions: () => " ENGINE=InnoDB",
  textType: `longtext CHARACTER SET utf8mb4 COLLATE ${collationOf(mariadb)}`,
  indexed: ({ sql, type }: ColumnLayout, unique) => (type === "text" && !unique ? `${sql}(${indexedPrefix})` : sql),
  // Texts and JSON can't have a default everywhere, so they begin as the empty value the server gives.
  defaultOf: ({ type }) => (type === "text" ? "('')" : type === "json" ? "('null')" : "0"),
  ifNotExists: "",
  partialIndexes: false,

  async existing(session, { schema }, names) {
    const columns = new Map<string, Set<string>>();
    const listed = names.map(() => "?").join(", ");
    const where = `table_schema = COALESCE(?, DATABASE()) AND table_name IN (${listed})`;
    const values = [schema ?? null, ...names];
    for (const [table, column] of await session.run({
      text: `SELECT table_name, column_name FROM information_schema.columns WHERE ${where}`,
      values,
    })) {
      const known = columns.get(String(table)) ?? new Set();
      columns.set(String(table), known.add(String(column)));
    }
    const indexes = await session.run({ text: `SELECT index_name FROM information_schema.statistics WHERE ${where}`, values });
    return { columns, indexes: new Set(indexes.map(([name]) => String(name))) };
  },

  async locked(session, lock, work) {
    const [held] = await session.run({ text: `SELECT GET_LOCK(${lockName}, ${lockSeconds})`, values: [lock.schema ?? null, lock.name] });
    if (Number(held?.[0]) !== 1) throw new Error("another process is creating the same tables for too long");
    try {
      return await work();
    } finally {
      await session.run({ text: `SELECT RELEASE_LOCK(${lockName})`, values: [lock.schema ?? null, lock.name] });
    }
  },
});

const lockSeconds = 10;
/** The name of a lock from a schema and a text. It is the whole server's, and has 64 characters at most. */
export const lockName = "MD5(CONCAT(COALESCE(?, DATABASE(), ''), ' ', ?))";
