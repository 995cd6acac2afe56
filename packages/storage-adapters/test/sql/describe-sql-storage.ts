import type { StorageAdapter } from "@onhand/core";
import { describeStorage } from "@onhand/core/testing";
import type { Engine, Place } from "./servers";

/** Holds a storage on one engine to all that storages promise. `make` gives one more of them, as another process would have it. */
export function describeSqlStorage(name: string, engine: Engine, make: (place: Place) => StorageAdapter): void {
  describeStorage(name, {
    async create() {
      const place = await engine.place();
      const places = [place];
      const made: StorageAdapter[] = [];
      const another = () => {
        const storage = make(place);
        made.push(storage);
        return storage;
      };
      return {
        storage: another(),
        reopen: async () => another(),
        peer: async () => another(),
        // A process that is gone asks nothing any more; its connections end with it.
        async crash() {},
        host: () => beginOn(place),
        async foreignHost() {
          const elsewhere = await engine.elsewhere();
          places.push(elsewhere);
          return beginOn(elsewhere);
        },
        async destroy() {
          for (const storage of made) void storage.close();
          for (const each of places) await each.destroy();
        },
      };
    },
    capabilities: { durability: "power-loss", shared: true, hostTransactions: true, settlesUnknownOutcomes: true },
    timeoutMs: 30_000,
  });
}

/** A transaction of a host that has a pool of its own. */
async function beginOn(place: Place) {
  const trx = await place.connect().transaction();
  return { handle: trx, commit: async () => void (await trx.commit()), rollback: async () => void (await trx.rollback()) };
}
