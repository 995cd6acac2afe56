import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInventory } from "@onhand/core";
import { importLevels } from "@onhand/import-export";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex from "knex";
import { expect, onTestFinished, test } from "vitest";

const file = new TextEncoder().encode("ProductID,Quantity\nCUP,5\nTEA-50,7\n");

test("an import inside a transaction of the host is there when it commits, and leaves nothing when it rolls back", async () => {
  const directory = await mkdtemp(join(tmpdir(), "onhand-import-"));
  const knex = createKnex({
    client: "better-sqlite3",
    connection: { filename: join(directory, "shop.db") },
    useNullAsDefault: true,
    pool: { min: 1, max: 4 },
  });
  const inventory = await createInventory({ storage: sqlStorage({ knex }) });
  onTestFinished(async () => {
    await inventory.close();
    await knex.destroy();
    await rm(directory, { recursive: true, force: true });
  });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  for (const sku of ["CUP", "TEA-50"]) await inventory.products.create({ sku, name: sku });
  const importing = { mode: "adjust", storeId: "berlin", preset: "classic", onError: "refuse" } as const;
  const counted = async () => (await inventory.stock.levels({ storeId: "berlin" })).items.map(({ sku, onHand }) => [sku, onHand]);

  const lost = await knex.transaction();
  expect(await importLevels(inventory.with(lost), file, importing)).toMatchObject({ applied: 2, refused: 0 });
  await lost.rollback();
  expect(await counted()).toEqual([]);

  await knex.transaction((trx) => importLevels(inventory.with(trx), file, importing));
  expect(await counted()).toEqual([
    ["CUP", 5],
    ["TEA-50", 7],
  ]);
  expect(await importLevels(inventory, file, importing)).toMatchObject({ applied: 0 });
  expect(await inventory.verify()).toMatchObject({ ok: true });
});
