import type { Knex } from "knex";
import BetterSqlite from "knex/lib/dialects/better-sqlite3/index.js";
import { type DatabaseClass, databaseClass, type NodeDatabaseClass } from "./database";

/**
 * A client for knex on the SQLite that is built into Node: nothing to compile and nothing to install. It needs Node 22.16 or newer.
 *
 * Give it to knex as `client`, then use that knex like any other. It answers as knex's better-sqlite3 client does.
 *
 * @throws TypeError where this Node has no `node:sqlite`, or one that is too old.
 * @example
 * const knex = createKnex({ client: nodeSqliteClient(), connection: { filename: "stock.db" }, useNullAsDefault: true });
 * const inventory = await createInventory({ storage: sqlStorage({ knex }) });
 * @see docs/guides/sql.md
 */
export function nodeSqliteClient(): typeof Knex.Client {
  const Database = databaseClass(builtIn());
  return class NodeSqlite extends BetterSqlite {
    override _driver(): DatabaseClass {
      return Database;
    }
  };
}

/** Asked for only when it is used: older versions of Node don't have it, and bundlers don't know it. */
function builtIn(): NodeDatabaseClass {
  const { DatabaseSync } = (process.getBuiltinModule?.("node:sqlite") ?? {}) as { readonly DatabaseSync?: NodeDatabaseClass };
  if (!DatabaseSync) throw new TypeError(`Node ${process.versions.node} has no node:sqlite: use 22.16 or newer, or better-sqlite3`);
  const statement = new DatabaseSync(":memory:").prepare("SELECT 1");
  if ("columns" in statement && "setReturnArrays" in statement) return DatabaseSync;
  throw new TypeError(`node:sqlite of Node ${process.versions.node} is too old: use 22.16 or newer, or better-sqlite3`);
}
