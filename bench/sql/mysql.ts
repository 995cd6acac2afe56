import { createConnection } from "mysql2/promise";
import { gather } from "../gather";
import type { Contender } from "../measure";
import type { Movement, Workload } from "../workload";
import type { SqlEngine } from "./engine";
import { createShopTables } from "./shop-tables";

/** (c), the limit: whole groups of ledger rows in one statement, with nothing decided and no level kept. */
export const bulkInserts = (engine: SqlEngine, workload: Workload): Contender => ({
  name: "bulk",
  async start() {
    const place = await engine.place();
    const knex = place.knex(1);
    await createShopTables(knex, workload);
    await knex.destroy();
    const connection = await createConnection(place.address);
    const move = gather<Movement>(async (group) => {
      const rows = group.map(({ sku, storeId, key }) => [sku, storeId, "sold", -1, 0, key, Date.now()]);
      await connection.query("INSERT INTO movements (sku, store_id, type, delta, on_hand_after, idempotency_key, recorded_at) VALUES ?", [
        rows,
      ]);
    });
    return {
      move: (n) => move(workload.movement(n)),
      async stop() {
        await connection.end();
        await place.remove();
      },
    };
  },
});
