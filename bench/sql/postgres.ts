import pg from "pg";
import { gather } from "../gather";
import type { Contender } from "../measure";
import type { Movement, Workload } from "../workload";
import type { SqlEngine } from "./engine";
import { createShopTables } from "./shop-tables";

const guarded = `
  WITH level AS (
    UPDATE levels SET on_hand = on_hand - 1 WHERE sku = $1 AND store_id = $2 AND on_hand >= 1 RETURNING on_hand
  )
  INSERT INTO movements (sku, store_id, type, delta, on_hand_after, idempotency_key, recorded_at)
  SELECT $1, $2, 'sold', -1, on_hand, $3, $4 FROM level RETURNING seq`;

const bulk = `
  INSERT INTO movements (sku, store_id, type, delta, on_hand_after, idempotency_key, recorded_at)
  SELECT sku, store_id, 'sold', -1, 0, key, $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS given (sku, store_id, key)`;

/** (b): one statement per request that updates, guards and notes, prepared, on a pool of 10. */
export const guardedStatement = (engine: SqlEngine, workload: Workload): Contender =>
  contender("statement", engine, workload, 10, (pool) => async ({ sku, storeId, key }) => {
    const { rowCount } = await pool.query({ name: "guarded", text: guarded, values: [sku, storeId, key, Date.now()] });
    if (rowCount !== 1) throw new Error("sold out");
  });

/** (c), the limit: whole groups of ledger rows in one statement, with nothing decided and no level kept. */
export const bulkInserts = (engine: SqlEngine, workload: Workload): Contender =>
  contender("bulk", engine, workload, 1, (pool) =>
    gather<Movement>(async (group) => {
      const values = [group.map(({ sku }) => sku), group.map(({ storeId }) => storeId), group.map(({ key }) => key), Date.now()];
      await pool.query({ name: "bulk", text: bulk, values });
    }),
  );

const contender = (
  name: string,
  engine: SqlEngine,
  workload: Workload,
  max: number,
  make: (pool: pg.Pool) => (sale: Movement) => Promise<unknown>,
): Contender => ({
  name,
  async start() {
    const place = await engine.place();
    const knex = place.knex(1);
    await createShopTables(knex, workload);
    await knex.destroy();
    const pool = new pg.Pool({ connectionString: place.address, max });
    const move = make(pool);
    return {
      move: (n) => move(workload.movement(n)),
      async stop() {
        await pool.end();
        await place.remove();
      },
    };
  },
});
