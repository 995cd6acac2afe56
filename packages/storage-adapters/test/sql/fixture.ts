import type { Logger, StorageAdapter, StorageTransaction, TableSet } from "@onhand/core";
import { type SqlStorageOptions, sqlStorage } from "@onhand/storage-adapters/sql";
import { afterEach } from "vitest";
import type { Engine, Place } from "./servers";

/** Two tables, one of each kind. */
export const tables: TableSet = {
  version: 1,
  tables: [
    {
      name: "crates",
      kind: "state",
      key: ["id"],
      columns: { id: { type: "text" }, label: { type: "text", nullable: true }, weight: { type: "integer" } },
      indexes: [["label"]],
      tracedBy: ["moves"],
    },
    {
      name: "moves",
      kind: "log",
      key: ["seq", "line"],
      columns: { line: { type: "integer" }, id: { type: "text" }, note: { type: "text", nullable: true } },
      indexes: [],
    },
  ],
};

/** Hears nothing; a test that expects something to be said passes its own. */
export const silent: Logger = { error: () => undefined, warn: () => undefined };

/** Places and storages of a test, ended after it. */
export function useSql() {
  const places: Place[] = [];
  const storages: StorageAdapter[] = [];
  afterEach(async () => {
    for (const storage of storages.splice(0)) await storage.close();
    for (const place of places.splice(0)) await place.destroy();
  });
  return {
    async place(engine: Engine): Promise<Place> {
      const place = await engine.place();
      places.push(place);
      return place;
    },
    async elsewhere(engine: Engine): Promise<Place> {
      const place = await engine.elsewhere();
      places.push(place);
      return place;
    },
    storage(place: Place, options: Partial<SqlStorageOptions> = {}): StorageAdapter {
      const storage = sqlStorage({ knex: place.connect(), logger: silent, pollMs: 20, ...place.where, ...options });
      storages.push(storage);
      return storage;
    },
    async opened(place: Place, options: Partial<SqlStorageOptions> = {}): Promise<StorageAdapter> {
      const storage = this.storage(place, options);
      await storage.open(tables);
      return storage;
    },
  };
}

/** Puts a crate and the move that traces it, under the next number. */
export async function putCrate(tx: StorageTransaction, id: string, weight = 1, label: string | null = null): Promise<number> {
  const seq = (await tx.head()).seq + 1;
  await tx.put("crates", [Object.freeze({ seq, id, label, weight })]);
  await tx.append("moves", [Object.freeze({ seq, line: 0, id, note: null })]);
  await tx.advance(seq);
  return seq;
}

export const idsOf = async (storage: StorageAdapter) => (await storage.find("crates", { limit: 1_000 })).rows.map((row) => row.id);
