import type { StorageAdapter } from "@onhand/core";
import { type SqlStorageOptions, sqlStorage } from "@onhand/storage-adapters/sql";
import { afterEach } from "vitest";
import { silent, tables } from "./fixture-rows";
import type { Engine, Place } from "./servers";

export { putCrate, silent, tables } from "./fixture-rows";

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

export const idsOf = async (storage: StorageAdapter) => (await storage.find("crates", { limit: 1_000 })).rows.map((row) => row.id);
