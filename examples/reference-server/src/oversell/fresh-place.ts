import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { InventoryError } from "@onhand/core";
import createKnex from "knex";

/** A place in a database for one run alone. */
export interface FreshPlace {
  /** The storage's address, for every process. */
  readonly address: string;
  remove(): Promise<void>;
}

/** Makes room for one run: a schema on PostgreSQL, a database on MySQL, a file on SQLite. */
export async function freshPlace(address: string): Promise<FreshPlace> {
  const name = `onhand_oversell_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
  if (address.startsWith("sqlite:")) return sqliteFile(address.slice("sqlite:".length), name);
  const { protocol } = URL.canParse(address) ? new URL(address) : { protocol: "" };
  if (["postgres:", "postgresql:"].includes(protocol)) return postgresSchema(new URL(address), name);
  if (["mysql:", "mariadb:"].includes(protocol)) return mysqlDatabase(new URL(address), name);
  const message = "must be a database that several processes share: sqlite:, postgres:// or mysql://";
  throw new InventoryError("INVALID_INPUT", { issues: [{ path: "storage", message }] });
}

function sqliteFile(near: string, name: string): FreshPlace {
  const file = `${near}.${name}`;
  return {
    address: `sqlite:${file}`,
    remove: async () => void (await Promise.all(["", "-wal", "-shm"].map((suffix) => rm(file + suffix, { force: true })))),
  };
}

async function postgresSchema(url: URL, name: string): Promise<FreshPlace> {
  const connection = url.href;
  await runOnce("pg", connection, `CREATE SCHEMA ${name}`);
  url.searchParams.set("schema", name);
  return { address: url.href, remove: () => runOnce("pg", connection, `DROP SCHEMA IF EXISTS ${name} CASCADE`) };
}

async function mysqlDatabase(url: URL, name: string): Promise<FreshPlace> {
  const connection = url.href.replace(/^mariadb:/u, "mysql:");
  await runOnce("mysql2", connection, `CREATE DATABASE ${name}`);
  const own = new URL(connection);
  own.pathname = `/${name}`;
  return { address: own.href, remove: () => runOnce("mysql2", connection, `DROP DATABASE IF EXISTS ${name}`) };
}

async function runOnce(client: "pg" | "mysql2", connection: string, statement: string): Promise<void> {
  const knex = createKnex({ client, connection, pool: { min: 0, max: 1 } });
  try {
    await knex.raw(statement);
  } catch (error) {
    throw new InventoryError("STORAGE_UNAVAILABLE", { reason: `${statement.split(" ", 2).join(" ")} was not possible` }, { cause: error });
  } finally {
    await knex.destroy();
  }
}
