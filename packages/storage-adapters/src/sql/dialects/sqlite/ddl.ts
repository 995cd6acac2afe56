import { committed } from "../committed";
import type { Dialect } from "../dialect";
import { beginSqlite, type SqliteDatabase } from "./session";

/** How tables are made in SQLite. Schemas are attached databases there, so there are none here. */
export const sqliteDdl: Dialect["ddl"] = {
  columnType({ sql, type }) {
    if (type === "text" || type === "json") return "TEXT";
    return type === "boolean" ? `INTEGER CHECK (${sql} IN (0, 1))` : "INTEGER";
  },
  // Rows stand in the order of their key, and hold what their columns say.
  tableOptions: () => " STRICT, WITHOUT ROWID",
  textType: "TEXT",
  indexed: ({ sql }) => sql,
  defaultOf: ({ type }) => (type === "text" ? "''" : type === "json" ? "'null'" : "0"),
  ifNotExists: "IF NOT EXISTS ",
  partialIndexes: true,

  async existing(session, _namespace, names) {
    const columns = new Map<string, Set<string>>();
    const indexes = new Set<string>();
    for (const name of names) {
      const rows = await session.run({ text: "SELECT name FROM pragma_table_info(?)", values: [name] });
      if (rows.length > 0) columns.set(name, new Set(rows.map(([column]) => String(column))));
      for (const [index] of await session.run({ text: "SELECT name FROM pragma_index_list(?)", values: [name] }))
        indexes.add(String(index));
    }
    return { columns, indexes };
  },

  async locked(session, { inside }, work) {
    if (inside) return work();
    beginSqlite(session.raw as SqliteDatabase);
    return committed(session, work);
  },
};
