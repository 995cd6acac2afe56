import type { ServerName } from "./broker";
import type { TestDatabase } from "./database-server";
import { mysql } from "./mysql";
import { postgres } from "./postgres";

export type { TestDatabase } from "./database-server";
export { onMysql } from "./mysql";
export { onPostgres } from "./postgres";
export { startRedis } from "./redis";
export { waitFor } from "./wait-for";

/** The address of this run's PostgreSQL, found or started by the first test that asks. Make a database of your own there. */
export const postgresServer = (): Promise<string> => ask("postgres");

/** The address of this run's MariaDB or MySQL. */
export const mysqlServer = (): Promise<string> => ask("mysql");

/** The address of this run's Redis. Take a key prefix of your own there. */
export const redisServer = (): Promise<string> => ask("redis");

/**
 * A PostgreSQL database of the caller's own.
 *
 * @example
 * const database = await postgresDatabase();
 * onTestFinished(database.drop);
 */
export const postgresDatabase = async (): Promise<TestDatabase> => postgres.createDatabase(await postgresServer());

/** A MariaDB or MySQL database of the caller's own. */
export const mysqlDatabase = async (): Promise<TestDatabase> => mysql.createDatabase(await mysqlServer());

async function ask(name: ServerName): Promise<string> {
  const broker = process.env.ONHAND_TEST_SERVERS;
  if (broker === undefined) throw new Error("servers are given out while vitest runs: see tests/servers/global-setup.ts");
  const response = await fetch(new URL(name, broker));
  const text = await response.text();
  if (response.ok) return text;
  throw new Error(text);
}
