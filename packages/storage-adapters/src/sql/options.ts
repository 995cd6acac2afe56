import type { Logger } from "@onhand/core";
import type { Knex } from "knex";
import type { Namespace } from "./layout";
import { requireIdentifier } from "./names";
import type { Chance } from "./retry";

/** Where the tables are and how the database is used. */
export interface SqlStorageOptions {
  /** The host's own knex, for better-sqlite3, pg or mysql2. It stays the host's: closing the storage does not end it. */
  readonly knex: Knex;
  /** PostgreSQL: the schema of the tables, made if it is missing. MySQL: the database. SQLite has none. Default: the connection's own. */
  readonly schema?: string;
  /** What the tables' names begin with. Default `onhand_`. With `schema` it is the namespace: a tenant is a namespace. */
  readonly tablePrefix?: string;
  /** Copies of the same database that answer reads which may be a little old. */
  readonly replicas?: readonly Knex[];
  /** False where this process may not create tables: opening then refuses what is missing. Default true. */
  readonly createTables?: boolean;
  /** How often the head is asked for while somebody watches, in milliseconds. Default 250; 2,000 on PostgreSQL, which also tells by itself. */
  readonly pollMs?: number;
  /** How long a connection of the pool is waited for, in milliseconds. Default 10,000. */
  readonly acquireTimeoutMs?: number;
  /** How long one statement may go unanswered before its connection is given up, in milliseconds. Default 15,000. */
  readonly statementTimeoutMs?: number;
  /** How long the head row is waited for before the whole group is tried again, in milliseconds. Default 2,000. */
  readonly lockTimeoutMs?: number;
  /** Hears of settings that promise less than they could and of a link that comes and goes. Default: the console. */
  readonly logger?: Logger;
  /** Time and chance; for tests. */
  readonly chance?: Chance;
}

/** Checks what is written into statements. */
export function namespaceOf({ schema, tablePrefix = "onhand_" }: Pick<SqlStorageOptions, "schema" | "tablePrefix">): Namespace {
  return {
    schema: schema === undefined ? undefined : requireIdentifier("schema", schema),
    tablePrefix: tablePrefix === "" ? "" : requireIdentifier("tablePrefix", tablePrefix),
  };
}

/** Refuses a time that is none. */
export function requireMs(name: string, value: number): number {
  if (!Number.isFinite(value) || value <= 0) throw new TypeError(`${name} must be more than 0 milliseconds`);
  return Math.ceil(value);
}
