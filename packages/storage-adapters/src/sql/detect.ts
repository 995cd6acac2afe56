import type { Knex } from "knex";
import { clientOf, createConnections } from "./connections";
import type { Dialect, SessionLimits } from "./dialects/dialect";
import { classifyMysql } from "./dialects/mysql/failures";
import { mysql } from "./dialects/mysql/mysql";
import { mysqlSession } from "./dialects/mysql/session";
import { postgres } from "./dialects/postgres/postgres";
import { sqlite } from "./dialects/sqlite/sqlite";
import { familyOf } from "./host";

/**
 * How the database of a knex is spoken to. MySQL and MariaDB are told apart by asking.
 *
 * @throws TypeError when it is of another kind.
 */
export async function dialectOf(knex: Knex, limits: SessionLimits & { acquireMs: number }): Promise<Dialect> {
  switch (requireFamily(knex)) {
    case "sqlite":
      return sqlite;
    case "postgres":
      return postgres;
    case "mysql": {
      const unknown = createConnections(knex, { session: mysqlSession, classify: classifyMysql }, limits);
      const [row] = await unknown.use((session) => session.run({ text: "SELECT VERSION()", values: [] }));
      return mysql(/mariadb/i.test(String(row?.[0])));
    }
  }
}

/** The kind of database of a knex, or a refusal. */
export function requireFamily(knex: Knex): Dialect["name"] {
  const family = typeof knex === "function" && "client" in knex ? familyOf(clientOf(knex).driverName) : undefined;
  if (!family) throw new TypeError("sqlStorage takes a knex with better-sqlite3, pg or mysql2");
  return family;
}
