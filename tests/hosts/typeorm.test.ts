import createKnex from "knex";
import { DataSource, EntitySchema } from "typeorm";
import { onTestFinished, test } from "vitest";
import { postgresDatabase } from "../servers";
import { expectTogether } from "./expect-together";
import { changedMind, shelf, stockedShop } from "./shop";

const Order = new EntitySchema<{ id: number; quantity: number }>({
  name: "orders",
  columns: { id: { type: Number, primary: true }, quantity: { type: Number } },
});

test("TypeORM on pg: an order and its stock in one transaction", async () => {
  const database = await postgresDatabase();
  onTestFinished(database.drop);
  const source = await new DataSource({ type: "postgres", url: database.url, entities: [Order], synchronize: true }).initialize();
  onTestFinished(() => source.destroy());
  const inventory = await stockedShop(createKnex({ client: "pg", connection: database.url }));

  await expectTogether(inventory, {
    order: (id, quantity, fails) =>
      source.transaction(async (manager) => {
        await manager.insert(Order, { id, quantity });
        const client = await manager.queryRunner?.connect();
        await inventory.with(client).stock.sell({ ...shelf, quantity, idempotencyKey: `order-${id}` });
        if (fails) throw new Error(changedMind);
      }),
    kept: async () => (await source.manager.find(Order, { order: { id: "ASC" } })).map(({ id }) => id),
  });
});
