import type { Knex } from "knex";
import type { Contender } from "../measure";
import type { Movement, Workload } from "../workload";
import type { SqlEngine } from "./engine";
import { createShopTables, movementRow } from "./shop-tables";

/** The usual way, (a): a knex transaction per request that locks the level, decides, updates it and notes the movement. Pool of 10. */
export const transactionPerRequest = (engine: SqlEngine, workload: Workload): Contender => ({
  name: "transaction",
  async start() {
    const place = await engine.place();
    const knex = place.knex();
    if (engine.name === "sqlite") await knex.raw("PRAGMA journal_mode = WAL");
    if (engine.name === "sqlite") await knex.raw("PRAGMA synchronous = FULL");
    await createShopTables(knex, workload);
    return {
      move: (n) => knex.transaction((trx) => sellOne(trx, workload.movement(n))),
      async stop() {
        await knex.destroy();
        await place.remove();
      },
    };
  },
});

/** One sale inside somebody's transaction. */
export async function sellOne(trx: Knex.Transaction, sale: Movement): Promise<void> {
  const level = { sku: sale.sku, store_id: sale.storeId };
  const query = trx("levels").where(level);
  const found = await (trx.client.dialect === "sqlite3" ? query : query.forUpdate()).first("on_hand");
  const onHand = Number(found?.on_hand ?? 0) - 1;
  if (onHand < 0) throw new Error("sold out");
  await trx("levels").where(level).update({ on_hand: onHand });
  await trx("movements").insert(movementRow(sale, onHand));
}
