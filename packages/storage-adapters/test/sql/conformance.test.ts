import type { StorageAdapter } from "@onhand/core";
import { describeStorage } from "@onhand/core/testing";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import { engines, type Place } from "./servers";

/** A transaction of a host that has a pool of its own. */
async function beginOn(place: Place) {
  const trx = await place.connect().transaction();
  return { handle: trx, commit: async () => void (await trx.commit()), rollback: async () => void (await trx.rollback()) };
}

for (const engine of engines) {
  describeStorage(engine.name, {
    async create() {
      const place = await engine.place();
      const elsewhere: Place[] = [];
      const made: StorageAdapter[] = [];
      const make = () => {
        const storage = sqlStorage({ knex: place.connect(), pollMs: 20, ...place.where });
        made.push(storage);
        return storage;
      };
      return {
        storage: make(),
        reopen: async () => make(),
        peer: async () => make(),
        // A process that is gone asks nothing any more; its connections end with it.
        async crash() {},
        host: () => beginOn(place),
        async foreignHost() {
          const other = await engine.elsewhere();
          elsewhere.push(other);
          return beginOn(other);
        },
        async destroy() {
          for (const storage of made) void storage.close();
          for (const each of [place, ...elsewhere]) await each.destroy();
        },
      };
    },
    capabilities: { durability: "power-loss", shared: true, hostTransactions: true, settlesUnknownOutcomes: true },
    timeoutMs: 30_000,
  });
}
