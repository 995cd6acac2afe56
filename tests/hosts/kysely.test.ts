import createKnex from "knex";
import { Kysely, MysqlDialect, PostgresDialect } from "kysely";
import mysql, { type Pool, type PoolConnection } from "mysql2";
import pg, { type PoolClient } from "pg";
import { onTestFinished, test } from "vitest";
import { mysqlDatabase, postgresDatabase } from "../servers";
import { expectTogether } from "./expect-together";
import { changedMind, shelf, stockedShop } from "./shop";

interface Shop {
  readonly orders: { readonly id: number; readonly quantity: number };
}

/** A Kysely that runs everything on one client. */
const onClient = (client: PoolClient) => {
  const one = { query: client.query.bind(client) as PoolClient["query"], release: () => undefined };
  return new Kysely<Shop>({
    dialect: new PostgresDialect({ pool: { connect: async () => one, end: async () => undefined } }),
  });
};

test("Kysely on pg: an order and its stock in one transaction", async () => {
  const database = await postgresDatabase();
  onTestFinished(database.drop);
  const pool = new pg.Pool({ connectionString: database.url });
  onTestFinished(() => pool.end());
  await pool.query("CREATE TABLE orders (id integer PRIMARY KEY, quantity integer NOT NULL)");
  const inventory = await stockedShop(createKnex({ client: "pg", connection: database.url }));

  await expectTogether(inventory, {
    async order(id, quantity, fails) {
      const client = await pool.connect();
      try {
        await onClient(client)
          .transaction()
          .execute(async (trx) => {
            await trx.insertInto("orders").values({ id, quantity }).execute();
            await inventory.with(client).stock.sell({ ...shelf, quantity, idempotencyKey: `order-${id}` });
            if (fails) throw new Error(changedMind);
          });
      } finally {
        client.release();
      }
    },
    kept: async () => (await pool.query("SELECT id FROM orders ORDER BY id")).rows.map(({ id }) => id),
  });
});

/** The same for MySQL. */
const onConnection = (connection: PoolConnection) => {
  const one = { query: connection.query.bind(connection), release: () => undefined } as unknown as PoolConnection;
  const pool = { getConnection: (done: (error: null, connection: PoolConnection) => void) => done(null, one), end: () => undefined };
  return new Kysely<Shop>({ dialect: new MysqlDialect({ pool: pool as never }) });
};

const connect = (pool: Pool): Promise<PoolConnection> =>
  new Promise((resolve, reject) => pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection))));

test("Kysely on mysql2: an order and its stock in one transaction", async () => {
  const database = await mysqlDatabase();
  onTestFinished(database.drop);
  const pool = mysql.createPool(database.url);
  onTestFinished(() => void pool.promise().end());
  await pool.promise().query("CREATE TABLE orders (id integer PRIMARY KEY, quantity integer NOT NULL) ENGINE = InnoDB");
  const inventory = await stockedShop(createKnex({ client: "mysql2", connection: database.url }));

  await expectTogether(inventory, {
    async order(id, quantity, fails) {
      const connection = await connect(pool);
      try {
        await onConnection(connection)
          .transaction()
          .execute(async (trx) => {
            await trx.insertInto("orders").values({ id, quantity }).execute();
            await inventory.with(connection).stock.sell({ ...shelf, quantity, idempotencyKey: `order-${id}` });
            if (fails) throw new Error(changedMind);
          });
      } finally {
        connection.release();
      }
    },
    kept: async () =>
      (
        await onConnection(await connect(pool))
          .selectFrom("orders")
          .select("id")
          .orderBy("id")
          .execute()
      ).map(({ id }) => id),
  });
});
