import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SqlStorageOptions } from "@onhand/storage-adapters/sql";
import createKnex, { type Knex } from "knex";
import { mysqlServer, postgresServer } from "../../../../tests/servers";

/** A place of its own in one database: a schema, a database or a file. */
export interface Place {
  /** A new pool on it, as another process would have one. */
  connect(pool?: Knex.PoolConfig, connection?: Readonly<Record<string, unknown>>): Knex;
  /** What `sqlStorage` is told beside the knex. */
  readonly where: Pick<SqlStorageOptions, "schema" | "tablePrefix">;
  /** The tables' names as SQL writes them. */
  table(name: string): string;
  destroy(): Promise<void>;
}

/** One database engine to test on. */
export interface Engine {
  readonly name: "SQLite" | "PostgreSQL" | "MariaDB";
  place(): Promise<Place>;
  /** A place in a database of its own, which no connection to the others reaches. */
  elsewhere(): Promise<Place>;
}

const newName = (): string => `onhand_t${randomBytes(6).toString("hex")}`;

/** Pools made in one place, ended together. */
function createPools(make: (pool: Knex.PoolConfig, connection: Readonly<Record<string, unknown>>) => Knex) {
  const pools: Knex[] = [];
  return {
    connect(pool: Knex.PoolConfig = { min: 0, max: 5 }, connection: Readonly<Record<string, unknown>> = {}) {
      const knex = make(pool, connection);
      pools.push(knex);
      return knex;
    },
    end: () => Promise.all(pools.map((pool) => pool.destroy())),
  };
}

/** SQLite through one of its drivers; a place is a file. */
export function sqliteFiles(client: string | typeof Knex.Client): Engine {
  async function place(): Promise<Place> {
    const directory = await mkdtemp(join(tmpdir(), "onhand-sql-"));
    const filename = join(directory, "stock.db");
    const pools = createPools((pool, connection) =>
      createKnex({ client, connection: { filename, ...connection } as never, useNullAsDefault: true, pool }),
    );
    return {
      connect: pools.connect,
      where: {},
      table: (name) => `"onhand_${name}"`,
      async destroy() {
        await pools.end();
        await rm(directory, { recursive: true, force: true });
      },
    };
  }
  return { name: "SQLite", place, elsewhere: place };
}

const postgres: Engine = {
  name: "PostgreSQL",
  async elsewhere() {
    const database = newName();
    const server = await postgresServer();
    const admin = createKnex({ client: "pg", connection: server, pool: { min: 0, max: 1 } });
    await admin.raw(`CREATE DATABASE "${database}"`);
    const pools = createPools((pool) => {
      const url = new URL(server);
      url.pathname = `/${database}`;
      return createKnex({ client: "pg", connection: url.href, pool });
    });
    return {
      connect: pools.connect,
      where: {},
      table: (name) => `"onhand_${name}"`,
      async destroy() {
        await pools.end();
        await admin.raw(`DROP DATABASE "${database}"`);
        await admin.destroy();
      },
    };
  },
  async place() {
    const schema = newName();
    const server = await postgresServer();
    const pools = createPools((pool, connection) =>
      createKnex({ client: "pg", connection: { connectionString: server, ...connection }, searchPath: [schema], pool }),
    );
    return {
      connect: pools.connect,
      where: { schema },
      table: (name) => `"${schema}"."onhand_${name}"`,
      async destroy() {
        const admin = pools.connect({ min: 0, max: 1 });
        await admin.raw(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
        await pools.end();
      },
    };
  },
};

const mariadb: Engine = {
  name: "MariaDB",
  elsewhere: () => mariadb.place(),
  async place() {
    const database = newName();
    const url = new URL(await mysqlServer());
    const server = { host: url.hostname, port: Number(url.port || 3306), user: url.username, password: url.password };
    const pools = createPools((pool, connection) => createKnex({ client: "mysql2", connection: { ...server, ...connection }, pool }));
    const admin = pools.connect({ min: 0, max: 1 });
    await admin.raw(`CREATE DATABASE \`${database}\``);
    return {
      connect: (pool, connection) => pools.connect(pool, { database, ...connection }),
      where: {},
      table: (name) => `\`${database}\`.\`onhand_${name}\``,
      async destroy() {
        await admin.raw(`DROP DATABASE IF EXISTS \`${database}\``);
        await pools.end();
      },
    };
  },
};

/** Every engine that the storage speaks to. */
export const engines: readonly Engine[] = [sqliteFiles("better-sqlite3"), postgres, mariadb];
