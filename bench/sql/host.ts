import type { HostInventory } from "@onhand/core";
import type { Knex } from "knex";
import { type Contender, type Effort, takeTurns } from "../measure";
import { type Result, resultOf } from "../result";
import type { Movement, Workload } from "../workload";
import type { SqlEngine } from "./engine";
import { openShop } from "./onhand";
import { createShopTables } from "./shop-tables";
import { sellOne } from "./transaction-per-request";

const callerCounts = [1, 64];

/** A host's order and its stock in one transaction of the host: through `inventory.with(trx)`, beside the same SQL by hand (`rival`). */
export async function* measureHost(engine: SqlEngine, workload: Workload, effort: Effort): AsyncIterable<Result> {
  for (const callers of callerCounts) {
    const rates = await takeTurns([joined(engine, workload), byHand(engine, workload)], callers, effort);
    yield resultOf(
      { suite: "sql", case: "host", engine: engine.name, callers },
      { ours: rates.get("ours") as number, rival: rates.get("hand") },
    );
  }
}

const createOrders = (knex: Knex) =>
  knex.schema.createTable("orders", (table) => {
    table.bigIncrements("id");
    table.string("number", 64).notNullable();
  });

const order = (trx: Knex.Transaction, { key }: Movement) => trx("orders").insert({ number: key });

const byHand = (engine: SqlEngine, workload: Workload): Contender => ({
  name: "hand",
  async start() {
    const place = await engine.place();
    const knex = place.knex();
    await createShopTables(knex, workload);
    await createOrders(knex);
    return {
      move: (n) =>
        knex.transaction(async (trx) => {
          await order(trx, workload.movement(n));
          await sellOne(trx, workload.movement(n));
        }),
      async stop() {
        await knex.destroy();
        await place.remove();
      },
    };
  },
});

const joined = (engine: SqlEngine, workload: Workload): Contender => ({
  name: "ours",
  async start() {
    const place = await engine.place();
    const { inventory, knex } = await openShop(place, workload);
    const host = place.knex();
    await createOrders(host);
    const join: (trx: Knex.Transaction) => Pick<HostInventory, "stock"> = inventory.with;
    return {
      move: (n) =>
        host.transaction(async (trx) => {
          const sale = workload.movement(n);
          await order(trx, sale);
          await join(trx).stock.sell({ sku: sale.sku, storeId: sale.storeId, quantity: 1, idempotencyKey: sale.key });
        }),
      async stop() {
        await inventory.close();
        await host.destroy();
        await knex.destroy();
        await place.remove();
      },
    };
  },
});
