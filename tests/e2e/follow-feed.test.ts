import { createInventory, followFeed } from "@onhand/core";
import { seededRandom } from "@onhand/core/testing";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex, { type Knex } from "knex";
import { expect, onTestFinished, test } from "vitest";
import { postgresDatabase } from "../servers";

const immediately = {
  setTimeout: (run: () => void) => setImmediate(run),
  clearTimeout: (handle: unknown) => clearImmediate(handle as NodeJS.Immediate),
};

async function openShop() {
  const { url, drop } = await postgresDatabase();
  const knex = createKnex({ client: "pg", connection: url, pool: { min: 0, max: 12 } });
  const inventory = await createInventory({ storage: sqlStorage({ knex, tablePrefix: "stock_" }) });
  onTestFinished(async () => {
    await inventory.close();
    await knex.destroy();
    await drop();
  });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.products.create({ sku: "CUP", name: "Cup" });
  await knex.schema.createTable("copies", (table) => {
    table.text("movement").primary();
    table.integer("delta").notNullable();
  });
  await knex.schema.createTable("copied", (table) => {
    table.integer("seq").notNullable();
    table.integer("units").notNullable();
  });
  await knex("copied").insert({ seq: 0, units: 0 });
  return { knex, inventory };
}

/** Takes over movements as a host would: rows, a sum and the position in one transaction. It fails before the commit or after it, now and then. */
function follow({ knex, inventory }: Awaited<ReturnType<typeof openShop>>, fails: () => "before" | "after" | "never") {
  return followFeed({
    inventory,
    filter: { entities: ["movement"] },
    limit: 3,
    timers: immediately,
    logger: { error: () => undefined, warn: () => undefined },
    from: async () => (await knex("copied").first("seq")).seq,
    async onBatch({ from, to, changes }) {
      const fate = fails();
      await knex.transaction(async (trx) => {
        if ((await trx("copied").where({ seq: from }).update({ seq: to })) !== 1) throw new Error("somebody else follows, too");
        for (const { entity, value } of changes) if (entity === "movement") await copy(trx, value);
        if (fate === "before") throw new Error("the process died before the commit");
      });
      if (fate === "after") throw new Error("the answer to COMMIT was lost");
    },
  });
}

async function copy(trx: Knex.Transaction, { id, delta }: { readonly id: string; readonly delta: number }): Promise<void> {
  await trx("copies").insert({ movement: id, delta });
  await trx("copied").increment("units", delta);
}

test("every movement gets into the host's own table exactly once, through failures, restarts and a second follower", async () => {
  const shop = await openShop();
  const { knex, inventory } = shop;
  const random = seededRandom(7);
  let healthy = false;
  const fails = () => (healthy ? "never" : random.pick<"before" | "after" | "never">(["before", "after", "never"]));
  const lives = [follow(shop, fails), follow(shop, fails)];
  for (let count = 1; count <= 60; count++) {
    await inventory.stock.receive({ sku: "CUP", storeId: "berlin", quantity: count });
    if (count % 20 === 0) {
      await lives.shift()?.stop();
      lives.push(follow(shop, fails));
    }
  }
  healthy = true;
  const head = await inventory.feed.head();
  await expect.poll(async () => (await knex("copied").first()).seq, { timeout: 30_000, interval: 20 }).toBe(head);
  await Promise.all(lives.map((life) => life.stop()));
  const { items } = await inventory.stock.movements({ limit: 500 });
  const copies = await knex("copies").pluck("movement");
  expect(copies.sort()).toEqual(items.map(({ id }) => id).sort());
  expect(await knex("copied").first()).toEqual({ seq: head, units: (60 * 61) / 2 });
});
