import Database from "better-sqlite3";
import { gather } from "../gather";
import type { Contender } from "../measure";
import { type Movement, opening, type Workload } from "../workload";
import type { SqlEngine } from "./engine";
import { createShopTables } from "./shop-tables";

/** (b): a transaction of prepared statements for each movement. */
export const preparedTransaction = (engine: SqlEngine, workload: Workload): Contender =>
  contender("statement", engine, workload, (database) => {
    const { update, insert } = prepare(database);
    const sell = database.transaction(({ sku, storeId, key }: Movement) => {
      const level = update.get(sku, storeId) as { on_hand: number } | undefined;
      if (!level) throw new Error("sold out");
      insert.run(sku, storeId, level.on_hand, key, Date.now());
    });
    return async (sale) => sell.immediate(sale);
  });

/** The best one can write by hand: JavaScript decides, and a whole group is one transaction of prepared statements. */
export const handWrittenGroups = (engine: SqlEngine, workload: Workload): Contender =>
  contender("group", engine, workload, (database) => {
    const { set, insert } = prepare(database);
    const levels = new Map(workload.skus.flatMap((sku) => workload.storeIds.map((storeId) => [`${sku}/${storeId}`, opening])));
    const write = database.transaction((group: readonly Movement[]) => {
      const touched = new Map<string, Movement>();
      for (const sale of group) {
        const name = `${sale.sku}/${sale.storeId}`;
        const onHand = (levels.get(name) ?? 0) - 1;
        if (onHand < 0) throw new Error("sold out");
        levels.set(name, onHand);
        touched.set(name, sale);
        insert.run(sale.sku, sale.storeId, onHand, sale.key, Date.now());
      }
      for (const [name, { sku, storeId }] of touched) set.run(levels.get(name), sku, storeId);
    });
    return gather<Movement>((group) => write.immediate(group));
  });

/** (c), the limit: whole groups of ledger rows in one transaction, with nothing decided and no level kept. */
export const bulkInserts = (engine: SqlEngine, workload: Workload): Contender =>
  contender("bulk", engine, workload, (database) => {
    const { insert } = prepare(database);
    const write = database.transaction((group: readonly Movement[]) => {
      for (const { sku, storeId, key } of group) insert.run(sku, storeId, 0, key, Date.now());
    });
    return gather<Movement>((group) => write.immediate(group));
  });

const prepare = (database: Database.Database) => ({
  update: database.prepare("UPDATE levels SET on_hand = on_hand - 1 WHERE sku = ? AND store_id = ? AND on_hand >= 1 RETURNING on_hand"),
  set: database.prepare("UPDATE levels SET on_hand = ? WHERE sku = ? AND store_id = ?"),
  insert: database.prepare(
    "INSERT INTO movements (sku, store_id, type, delta, on_hand_after, idempotency_key, recorded_at) VALUES (?, ?, 'sold', -1, ?, ?, ?)",
  ),
});

const contender = (
  name: string,
  engine: SqlEngine,
  workload: Workload,
  make: (database: Database.Database) => (sale: Movement) => Promise<unknown>,
): Contender => ({
  name,
  async start() {
    const place = await engine.place();
    const knex = place.knex();
    await knex.raw("PRAGMA journal_mode = WAL");
    await createShopTables(knex, workload);
    await knex.destroy();
    const database = new Database(place.address);
    database.pragma("journal_mode = WAL");
    // better-sqlite3 is built with NORMAL, which may lose acknowledged commits with the power.
    database.pragma("synchronous = FULL");
    const move = make(database);
    return {
      move: (n) => move(workload.movement(n)),
      async stop() {
        database.close();
        await place.remove();
      },
    };
  },
});
