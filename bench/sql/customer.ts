import { createInventory } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex from "knex";
import { closedLoop } from "../measure";
import { createWorkload } from "../workload";

/** What one process is told. Numbers are given from `first` on, so that no two processes use one key. */
export interface Errand {
  readonly url: string;
  readonly callers: number;
  readonly forMs: number;
  readonly first: number;
}

/** What it did. */
export interface Tally {
  readonly sold: number;
  readonly perSecond: number;
}

// One process among several that sell from one PostgreSQL; it begins when it is told to.
const { url, callers, forMs, first } = JSON.parse(process.argv[2] ?? "{}") as Errand;
const workload = createWorkload(1_000, 10);
const knex = createKnex({ client: "pg", connection: url, pool: { min: 0, max: 10 } });
const inventory = await createInventory({ storage: sqlStorage({ knex }) });
let sold = 0;
const running = {
  async move(n: number) {
    const { key, sku, storeId } = workload.movement(n);
    await inventory.stock.sell({ sku, storeId, quantity: 1, idempotencyKey: key });
    sold++;
  },
  stop: async () => undefined,
};
process.send?.("ready");
await new Promise((resolve) => process.once("message", resolve));
const warmUp = 50_000_000;
await closedLoop(running, callers, forMs / 2, first);
const perSecond = await closedLoop(running, callers, forMs, first + warmUp);
await inventory.close();
await knex.destroy();
process.send?.({ sold, perSecond } satisfies Tally);
process.disconnect();
