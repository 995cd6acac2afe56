import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { drizzle as onSqlite } from "drizzle-orm/better-sqlite3";
import { int as mysqlInt, mysqlTable } from "drizzle-orm/mysql-core";
import { drizzle as onMysql } from "drizzle-orm/mysql2";
import { drizzle as onPostgres } from "drizzle-orm/node-postgres";
import { integer, pgTable } from "drizzle-orm/pg-core";
import { integer as sqliteInteger, sqliteTable } from "drizzle-orm/sqlite-core";
import createKnex from "knex";
import mysql from "mysql2/promise";
import pg from "pg";
import { onTestFinished, test } from "vitest";
import { mysqlDatabase, postgresDatabase } from "../servers";
import { expectTogether } from "./expect-together";
import { changedMind, shelf, stockedShop } from "./shop";

test("Drizzle on pg: an order and its stock in one transaction", async () => {
  const database = await postgresDatabase();
  onTestFinished(database.drop);
  const pool = new pg.Pool({ connectionString: database.url });
  onTestFinished(() => pool.end());
  await pool.query("CREATE TABLE orders (id integer PRIMARY KEY, quantity integer NOT NULL)");
  const orders = pgTable("orders", { id: integer().primaryKey(), quantity: integer().notNull() });
  const inventory = await stockedShop(createKnex({ client: "pg", connection: database.url }));

  await expectTogether(inventory, {
    async order(id, quantity, fails) {
      const client = await pool.connect();
      try {
        await onPostgres({ client }).transaction(async (tx) => {
          await tx.insert(orders).values({ id, quantity });
          await inventory.with(client).stock.sell({ ...shelf, quantity, idempotencyKey: `order-${id}` });
          if (fails) throw new Error(changedMind);
        });
      } finally {
        client.release();
      }
    },
    kept: async () => (await onPostgres({ client: pool }).select().from(orders).orderBy(orders.id)).map(({ id }) => id),
  });
});

test("Drizzle on mysql2: an order and its stock in one transaction", async () => {
  const database = await mysqlDatabase();
  onTestFinished(database.drop);
  const pool = mysql.createPool(database.url);
  onTestFinished(() => pool.end());
  await pool.query("CREATE TABLE orders (id integer PRIMARY KEY, quantity integer NOT NULL) ENGINE = InnoDB");
  const orders = mysqlTable("orders", { id: mysqlInt().primaryKey(), quantity: mysqlInt().notNull() });
  const inventory = await stockedShop(createKnex({ client: "mysql2", connection: database.url }));

  await expectTogether(inventory, {
    async order(id, quantity, fails) {
      const connection = await pool.getConnection();
      try {
        await onMysql({ client: connection }).transaction(async (tx) => {
          await tx.insert(orders).values({ id, quantity });
          await inventory.with(connection).stock.sell({ ...shelf, quantity, idempotencyKey: `order-${id}` });
          if (fails) throw new Error(changedMind);
        });
      } finally {
        connection.release();
      }
    },
    kept: async () => (await onMysql({ client: pool }).select().from(orders).orderBy(orders.id)).map(({ id }) => id),
  });
});

test("Drizzle on better-sqlite3: an order and its stock in one transaction", async () => {
  const directory = await mkdtemp(join(tmpdir(), "onhand-drizzle-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const filename = join(directory, "shop.db");
  const inventory = await stockedShop(
    createKnex({ client: "better-sqlite3", connection: { filename }, useNullAsDefault: true, pool: { min: 1, max: 4 } }),
  );
  const client = new Database(filename);
  onTestFinished(() => void client.close());
  client.exec("CREATE TABLE orders (id integer PRIMARY KEY, quantity integer NOT NULL)");
  const orders = sqliteTable("orders", { id: sqliteInteger().primaryKey(), quantity: sqliteInteger().notNull() });
  const db = onSqlite({ client });

  await expectTogether(inventory, {
    async order(id, quantity, fails) {
      // Drizzle's own transaction() is over before anything can be awaited in it.
      client.exec("BEGIN IMMEDIATE");
      try {
        db.insert(orders).values({ id, quantity }).run();
        await inventory.with(client).stock.sell({ ...shelf, quantity, idempotencyKey: `order-${id}` });
        if (fails) throw new Error(changedMind);
        client.exec("COMMIT");
      } catch (error) {
        client.exec("ROLLBACK");
        throw error;
      }
    },
    kept: async () =>
      db
        .select()
        .from(orders)
        .orderBy(orders.id)
        .all()
        .map(({ id }) => id),
  });
});
