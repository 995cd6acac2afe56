import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import type { ServerKind } from "./child-server";
import type { DatabaseServer } from "./database-server";
import { findPrograms } from "./programs";

const patienceMs = 5_000;

/** Runs statements on a connection of their own, and answers the rows of the last. */
export async function onMysql(url: string, ...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const connection = await createConnection({ uri: url, connectTimeout: patienceMs });
  try {
    let rows: unknown = [];
    for (const statement of statements) [rows] = await connection.query(statement);
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
  } finally {
    await connection.end();
  }
}

const isReady = (url: string): Promise<boolean> =>
  onMysql(url, "SELECT 1").then(
    () => true,
    () => false,
  );

const mariadbKind: ServerKind = {
  name: "mariadb",
  user: "mysql",
  commands({ directory, port, as }) {
    const programs = findPrograms(["mariadb-install-db", "mariadbd"], "mariadb-server");
    const data = `--datadir=${join(directory, "data")}`;
    // A user given to root's installer is also who the files belong to.
    const user = as.uid === undefined ? [] : ["--user=mysql"];
    return {
      prepare: [
        programs["mariadb-install-db"],
        "--no-defaults",
        data,
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        ...user,
      ],
      serve: [
        programs.mariadbd,
        "--no-defaults",
        data,
        `--port=${port}`,
        "--bind-address=127.0.0.1",
        `--socket=${join(directory, "socket")}`,
        `--pid-file=${join(directory, "pid")}`,
        "--max-connections=200",
      ],
    };
  },
  url: ({ port }) => `mysql://root@127.0.0.1:${port}/mysql`,
  isReady,
  stopSignal: "SIGTERM",
};

/** MariaDB, or any MySQL that an environment variable names. */
export const mysql: DatabaseServer = {
  kind: mariadbKind,
  environment: "ONHAND_TEST_MYSQL",
  usual: "mysql://root@127.0.0.1:3306/mysql",
  isReady,
  async createDatabase(server) {
    const name = `onhand_test_${randomUUID().replaceAll("-", "")}`;
    await onMysql(server, `CREATE DATABASE ${name}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    return { url: url.href, drop: async () => void (await onMysql(server, `DROP DATABASE IF EXISTS ${name}`)) };
  },
};
