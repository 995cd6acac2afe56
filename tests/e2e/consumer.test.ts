import { createInventory, type Inventory } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex from "knex";
import { expect, onTestFinished, test } from "vitest";
import { postgresDatabase } from "../servers";

const writers = 16;
const sales = 10_000;

test(`a consumer that polls feed.since while ${writers} writers run misses none of ${sales} movements, and sees each once`, async () => {
  const { url, drop } = await postgresDatabase();
  onTestFinished(drop);
  const open = async () => {
    const knex = createKnex({ client: "pg", connection: url, pool: { min: 0, max: 2 } });
    const inventory = await createInventory({ storage: sqlStorage({ knex }) });
    onTestFinished(() => inventory.close().then(() => knex.destroy()));
    return inventory;
  };
  const consumer = await open();
  await consumer.products.create({ sku: "TEA", name: "Tea" });
  for (let store = 0; store < writers; store++) await consumer.stores.create({ id: `store-${store}`, name: `Store ${store}` });
  const inventories = await Promise.all(Array.from({ length: writers }, open));

  let writing = true;
  const wrote = Promise.all(inventories.map((inventory, store) => receive(inventory, store))).finally(() => {
    writing = false;
  });
  const seen: string[] = [];
  let at = 0;
  let more = true;
  while (writing || more || at < (await consumer.feed.head())) {
    const page = await consumer.feed.since(at, { limit: 250, filter: { entities: ["movement"] } });
    seen.push(...page.items.map(({ key }) => key));
    at = page.position;
    more = page.more;
  }
  const written = (await wrote).flat();
  expect(written).toHaveLength(sales);
  expect(seen).toHaveLength(sales);
  expect([...seen].sort()).toEqual([...written].sort());
  expect(await consumer.verify()).toMatchObject({ ok: true });
});

/** Receives with many callers at once, and answers the ids of the movements that were acknowledged. */
async function receive(inventory: Inventory, store: number): Promise<string[]> {
  const ids: string[] = [];
  let left = sales / writers;
  async function caller(): Promise<void> {
    while (left-- > 0) {
      const { movements } = await inventory.stock.receive({ sku: "TEA", storeId: `store-${store}`, quantity: 1 });
      ids.push(...movements.map(({ id }) => id));
    }
  }
  await Promise.all(Array.from({ length: 16 }, caller));
  return ids;
}
