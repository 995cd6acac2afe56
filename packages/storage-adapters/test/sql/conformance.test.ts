import type { StorageAdapter } from "@onhand/core";
import { describeStorage } from "@onhand/core/testing";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import { engines } from "./servers";

for (const engine of engines) {
  describeStorage(engine.name, {
    async create() {
      const place = await engine.place();
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
        async destroy() {
          for (const storage of made) void storage.close();
          await place.destroy();
        },
      };
    },
    capabilities: { durability: "power-loss", shared: true, hostTransactions: true, settlesUnknownOutcomes: true },
    timeoutMs: 30_000,
  });
}
