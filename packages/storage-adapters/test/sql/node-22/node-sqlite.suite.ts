import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StorageAdapter } from "@onhand/core";
import { describeStorage } from "@onhand/core/testing";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import { nodeSqliteClient } from "@onhand/storage-adapters/sql/node-sqlite";
import createKnex, { type Knex } from "knex";

/** A file and the pools on it. */
async function place() {
  const directory = await mkdtemp(join(tmpdir(), "onhand-node-sqlite-"));
  const pools: Knex[] = [];
  return {
    connect() {
      const connection = { filename: join(directory, "stock.db") };
      const knex = createKnex({ client: nodeSqliteClient(), connection, useNullAsDefault: true, pool: { min: 0, max: 5 } });
      pools.push(knex);
      return knex;
    },
    async destroy() {
      await Promise.all(pools.map((pool) => pool.destroy()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

type Place = Awaited<ReturnType<typeof place>>;

async function beginOn({ connect }: Place) {
  const trx = await connect().transaction();
  return { handle: trx, commit: async () => void (await trx.commit()), rollback: async () => void (await trx.rollback()) };
}

describeStorage("SQLite, built into Node", {
  async create() {
    const places = [await place()];
    const here = places[0] as Place;
    const made: StorageAdapter[] = [];
    const make = () => {
      const storage = sqlStorage({ knex: here.connect(), pollMs: 20 });
      made.push(storage);
      return storage;
    };
    return {
      storage: make(),
      reopen: async () => make(),
      peer: async () => make(),
      async crash() {},
      host: () => beginOn(here),
      async foreignHost() {
        const other = await place();
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
