import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StorageAdapter } from "@onhand/core";
import { csvStorage } from "@onhand/storage-adapters/csv";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex, { type Knex } from "knex";
import { onTestFinished } from "vitest";
import { mysqlDatabase, postgresDatabase, type TestDatabase } from "../../servers";

/** A place of its own for one test. `open` gives a storage on it; those that keep rows give the same ones again. */
interface Place {
  open(): StorageAdapter;
  readonly keeps: boolean;
}

/** Every storage there is, by name: what a capability is proved on. Cleans up after the test that asks. */
export const everyStorage: Readonly<Record<string, () => Promise<Place>>> = {
  memory: async () => ({ open: () => memoryStorage(), keeps: false }),
  CSV: async () => {
    const directory = await newDirectory();
    return { open: () => csvStorage({ directory }), keeps: true };
  },
  SQLite: async () => {
    const filename = join(await newDirectory(), "stock.db");
    return onKnex(createKnex({ client: "better-sqlite3", connection: { filename }, useNullAsDefault: true }));
  },
  PostgreSQL: async () => onServer("pg", await postgresDatabase()),
  MariaDB: async () => onServer("mysql2", await mysqlDatabase()),
};

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "onhand-every-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function onServer(client: "pg" | "mysql2", { url, drop }: TestDatabase): Place {
  onTestFinished(drop);
  return onKnex(createKnex({ client, connection: url }));
}

function onKnex(knex: Knex): Place {
  onTestFinished(() => knex.destroy());
  return { open: () => sqlStorage({ knex }), keeps: true };
}
