import createKnex from "knex";
import { DataTypes, Sequelize } from "sequelize";
import { onTestFinished, test } from "vitest";
import { postgresDatabase } from "../servers";
import { expectTogether } from "./expect-together";
import { changedMind, shelf, stockedShop } from "./shop";

test("Sequelize on pg: an order and its stock in one transaction", async () => {
  const database = await postgresDatabase();
  onTestFinished(database.drop);
  const sequelize = new Sequelize(database.url, { logging: false });
  onTestFinished(() => sequelize.close());
  const Order = sequelize.define(
    "order",
    { id: { type: DataTypes.INTEGER, primaryKey: true }, quantity: { type: DataTypes.INTEGER } },
    { timestamps: false },
  );
  await sequelize.sync();
  const inventory = await stockedShop(createKnex({ client: "pg", connection: database.url }));

  await expectTogether(inventory, {
    order: (id, quantity, fails) =>
      sequelize.transaction(async (transaction) => {
        await Order.create({ id, quantity }, { transaction });
        const { connection } = transaction as unknown as { readonly connection: object };
        await inventory.with(connection).stock.sell({ ...shelf, quantity, idempotencyKey: `order-${id}` });
        if (fails) throw new Error(changedMind);
      }),
    kept: async () => (await Order.findAll({ order: ["id"], raw: true })).map((row) => (row as unknown as { id: number }).id),
  });
});
