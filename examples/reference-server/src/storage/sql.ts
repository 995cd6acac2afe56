import type { StorageAdapter } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex, { type Knex } from "knex";
import type { SqlPlace } from "./storage-from-url";

const connectWithinMs = 10_000;
const pool = { min: 0, max: 10 };

/** A ledger in one SQLite file, which is made where there is none. */
export const sqliteStorage = (filename: string, place: SqlPlace): StorageAdapter =>
  // More than one connection, so that reading need not wait for a group that is being written.
  owning(createKnex({ client: "better-sqlite3", connection: { filename }, useNullAsDefault: true, pool: { min: 1, max: 4 } }), place);

/** A ledger in a PostgreSQL database; what may be a little old is read from its replicas. */
export const postgresStorage = (url: URL, place: SqlPlace, replicas: readonly URL[] = []): StorageAdapter =>
  owning(postgresKnex(url), place, replicas.map(postgresKnex));

const postgresKnex = (url: URL): Knex =>
  createKnex({ client: "pg", connection: { connectionString: url.href, connectionTimeoutMillis: connectWithinMs }, pool });

/** A ledger in a MariaDB or MySQL database. */
export const mysqlStorage = (url: URL, place: SqlPlace): StorageAdapter =>
  owning(
    createKnex({
      client: "mysql2",
      connection: {
        host: url.hostname,
        port: Number(url.port || 3306),
        user: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
        database: decodeURIComponent(url.pathname.slice(1)),
        connectTimeout: connectWithinMs,
        ...Object.fromEntries(url.searchParams),
      },
      pool,
    }),
    place,
  );

/** The storage leaves its host's knex open; here the knex is its own. */
function owning(knex: Knex, place: SqlPlace, replicas: readonly Knex[] = []): StorageAdapter {
  const storage = sqlStorage({ knex, replicas, ...place });
  return {
    ...storage,
    get capabilities() {
      return storage.capabilities;
    },
    async close() {
      await storage.close();
      await Promise.all([knex, ...replicas].map((each) => each.destroy()));
    },
  };
}
