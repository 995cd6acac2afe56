import { randomUUID } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import type { ServerKind } from "./child-server";
import type { DatabaseServer } from "./database-server";
import { findPrograms } from "./programs";

const patienceMs = 5_000;

/** Runs statements on a connection of their own, and answers the rows of the last. */
export async function onPostgres(url: string, ...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: patienceMs });
  await client.connect();
  try {
    let rows: readonly Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

const isReady = (url: string): Promise<boolean> =>
  onPostgres(url, "SELECT 1").then(
    () => true,
    () => false,
  );

const postgresKind: ServerKind = {
  name: "postgres",
  user: "postgres",
  commands({ directory, port }) {
    const { initdb, postgres } = findPrograms(["initdb", "postgres"], "postgresql");
    const data = join(directory, "data");
    const settings = [`port=${port}`, "listen_addresses=127.0.0.1", `unix_socket_directories=${directory}`, "max_connections=200"];
    return {
      prepare: [initdb, "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"],
      serve: [postgres, "-D", data, ...settings.flatMap((setting) => ["-c", setting])],
    };
  },
  url: ({ port }) => `postgres://postgres@127.0.0.1:${port}/postgres`,
  isReady,
  // "Fast": ends sessions, keeps data.
  stopSignal: "SIGINT",
};

/** How long those who said goodbye may take to be gone. */
const partingMs = 1_000;

/** A client that is just leaving would hear of its database's end as an error, so it gets a moment; who stays is thrown out. */
async function drop(server: string, name: string): Promise<void> {
  const others = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = '${name}'`;
  const end = performance.now() + partingMs;
  while (performance.now() < end && (await onPostgres(server, others))[0]?.count !== 0);
  await onPostgres(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** PostgreSQL. */
export const postgres: DatabaseServer = {
  kind: postgresKind,
  environment: "ONHAND_TEST_POSTGRES",
  usual: "postgres://postgres@127.0.0.1:5432/postgres",
  isReady,
  async createDatabase(server) {
    const name = `onhand_test_${randomUUID().replaceAll("-", "")}`;
    await onPostgres(server, `CREATE DATABASE ${name}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    return { url: url.href, drop: () => drop(server, name) };
  },
};
