import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInventory } from "@onhand/core";
import { csvStorage } from "@onhand/storage-adapters/csv";
import { afterEach, beforeEach, expect, it } from "vitest";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "onhand-changes-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function open() {
  const storage = csvStorage({ directory, durability: "process", exports: false });
  return { storage, inventory: await createInventory({ storage }) };
}

it("a page of changes is of one moment, also when old rows come from the disk while commands go on", async () => {
  const skus = Array.from({ length: 100 }, (_, index) => `P${index}`);
  const first = await open();
  await first.inventory.stores.create({ id: "s", name: "s" });
  await Promise.all(skus.map((sku) => first.inventory.products.create({ sku, name: sku })));
  const receiveAll = (inventory: typeof first.inventory) =>
    Promise.all(skus.map((sku) => inventory.stock.receive({ sku, storeId: "s", quantity: 1 })));
  for (let round = 0; round < 5; round++) await receiveAll(first.inventory);
  await first.inventory.close();

  for (let round = 0; round < 10; round++) {
    const { storage, inventory } = await open();
    const since = (await inventory.feed.head()) - 150;
    const page = storage.changes(since, { limit: 10_000, tables: ["levels", "movements"] });
    await receiveAll(inventory);
    const { items, head } = await page;
    const moved = new Set(items.filter(({ table }) => table === "movements").map(({ row }) => row.seq));
    expect(items.filter(({ row }) => row.seq > head)).toEqual([]);
    expect(items.filter(({ table, row }) => table === "levels" && !moved.has(row.seq))).toEqual([]);
    await inventory.close();
  }
});
