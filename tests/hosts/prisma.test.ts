import { PrismaPg } from "@prisma/adapter-pg";
import createKnex from "knex";
import pg, { type PoolClient } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { postgresDatabase } from "../servers";
import { expectTogether } from "./expect-together";
import { PrismaClient, type PrismaShop } from "./prisma-client";
import { changedMind, shelf, stockedShop } from "./shop";

type Transaction = Parameters<Parameters<PrismaShop["$transaction"]>[0]>[0];

/** A shop on Prisma whose connections are known by the number of their server process. */
async function prismaShop() {
  const database = await postgresDatabase();
  onTestFinished(database.drop);
  const pool = new pg.Pool({ connectionString: database.url });
  const clients = new Map<number, PoolClient>();
  const idOf = (client: PoolClient) => (client as PoolClient & { readonly processID: number }).processID;
  pool.on("connect", (client) => clients.set(idOf(client), client));
  pool.on("remove", (client) => clients.delete(idOf(client)));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  onTestFinished(async () => {
    await prisma.$disconnect();
    await pool.end();
  });
  await pool.query("CREATE TABLE orders (id integer PRIMARY KEY, quantity integer NOT NULL)");
  const knex = createKnex({ client: "pg", connection: database.url });
  return {
    prisma,
    knex,
    inventory: await stockedShop(knex),
    async clientOf(tx: Transaction) {
      const [{ pid }] = await tx.$queryRaw<[{ pid: number }]>`SELECT pg_backend_pid() AS pid`;
      return clients.get(pid) as PoolClient;
    },
  };
}

test("Prisma on pg: an order and its stock in one transaction", async () => {
  const { prisma, inventory, clientOf } = await prismaShop();
  await expectTogether(inventory, {
    order: (id, quantity, fails) =>
      prisma.$transaction(async (tx) => {
        await tx.order.create({ data: { id, quantity } });
        await inventory.with(await clientOf(tx)).stock.sell({ ...shelf, quantity, idempotencyKey: `order-${id}` });
        if (fails) throw new Error(changedMind);
      }),
    kept: async () => (await prisma.order.findMany({ orderBy: { id: "asc" } })).map(({ id }) => id),
  });
});

test("Prisma on pg: stock that comes after Prisma's time limit is not taken without its order", async () => {
  const { prisma, inventory, knex, clientOf } = await prismaShop();
  const holder = await knex.transaction();
  await inventory.with(holder).stock.receive({ ...shelf, quantity: 1 });
  const ordering = prisma.$transaction(
    async (tx) => {
      await tx.order.create({ data: { id: 1, quantity: 3 } });
      const client = await clientOf(tx);
      const { query } = client;
      // Prisma gives up while the command still waits for its turn, which it gets then.
      client.query = ((...given: Parameters<typeof query>) => {
        const [statement] = given as unknown as [string | { readonly text: string }];
        if (/^ROLLBACK/.test(typeof statement === "string" ? statement : statement.text)) void holder.rollback();
        return query.apply(client, given);
      }) as typeof query;
      await inventory.with(client).stock.sell({ ...shelf, quantity: 3 });
    },
    { timeout: 500 },
  );
  await expect(ordering).rejects.toMatchObject({ code: "INVALID_INPUT" });
  expect(await prisma.order.findMany({ orderBy: { id: "asc" } })).toEqual([]);
  expect((await inventory.stock.level(shelf)).onHand).toBe(10);
  expect(await inventory.verify()).toMatchObject({ ok: true });
});
