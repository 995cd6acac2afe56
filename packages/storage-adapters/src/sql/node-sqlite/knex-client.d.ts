declare module "knex/lib/dialects/better-sqlite3/index.js" {
  import type { Knex } from "knex";

  /** Knex's client for better-sqlite3, which asks `_driver` for the class of its databases. */
  class BetterSqlite extends (Knex.Client as typeof Knex.Client) {
    _driver(): unknown;
  }
  export = BetterSqlite;
}
