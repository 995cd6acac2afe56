import type { StorageAdapter } from "@onhand/core";
import { describeStorage } from "@onhand/core/testing";
import { withHints } from "@onhand/storage-adapters/hints";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import { engines, type Place } from "../sql/servers";
import { localCarrier } from "./local-carrier";

describeStorage("memory, with hints", {
  create() {
    const storage = withHints(memoryStorage(), localCarrier());
    return { storage, peer: async () => storage, destroy: () => storage.close() };
  },
  capabilities: { durability: "none", shared: true, hostTransactions: false, settlesUnknownOutcomes: false },
});

/** Asks so seldom that whoever hears of others' commits has heard of them by a hint. */
const neverMs = 3_600_000;

async function beginOn(place: Place) {
  const trx = await place.connect().transaction();
  return { handle: trx, commit: async () => void (await trx.commit()), rollback: async () => void (await trx.rollback()) };
}

const sqlite = engines.find(({ name }) => name === "SQLite") as (typeof engines)[number];

describeStorage("SQLite, with nothing but hints between adapters", {
  async create() {
    const places = [await sqlite.place()];
    const [place] = places as [Place];
    const carrier = localCarrier();
    const made: StorageAdapter[] = [];
    const make = () => {
      const storage = withHints(sqlStorage({ knex: place.connect(), pollMs: neverMs, ...place.where }), carrier);
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
        const other = await sqlite.elsewhere();
        places.push(other);
        return beginOn(other);
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
