import { createInventory } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { expect, test } from "vitest";
import { demoAssortment } from "../src/demo/assortment";
import { startBusiness } from "../src/demo/business";
import { demoProducts, demoStores, inHouseBarcode } from "../src/demo/catalogue";
import { openShop } from "../src/demo/open-shop";

const seed = 7;

test("ten thousand products have ten thousand SKUs, names and barcodes, and the hand-written ones come first", () => {
  const products = demoAssortment({ count: 10_000, seed }).map(({ product }) => product);
  for (const field of ["sku", "name", "barcode"] as const) expect(new Set(products.map((product) => product[field])).size).toBe(10_000);
  expect(products.slice(0, demoProducts.length)).toEqual(demoProducts.map(({ product }) => product));
  expect(demoAssortment({ count: 10_000, seed }).map(({ product }) => product)).toEqual(products);
});

test("barcodes have the check digit of EAN-13", () => {
  expect(inHouseBarcode(100_001)).toBe("2000001000014");
});

test("opening the shop again on the same ledger changes nothing", async () => {
  const inventory = await createInventory({ storage: memoryStorage() });
  const shop = { products: demoAssortment({ count: 100, seed }), seed };
  await openShop(inventory, shop);
  const head = await inventory.feed.head();
  await openShop(inventory, shop);
  expect(await inventory.feed.head()).toBe(head);
  expect((await inventory.stores.list()).items).toHaveLength(demoStores.length);
});

test("made-up stock is never put among real stock", async () => {
  const inventory = await createInventory({ storage: memoryStorage() });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await expect(openShop(inventory, { products: demoProducts, seed })).rejects.toMatchObject({ code: "INVALID_STATE" });
  expect(await inventory.feed.head()).toBe(1);
});

test("business moves stock through the public commands, in every way a shop does, and adds up", async () => {
  const inventory = await createInventory({ storage: memoryStorage() });
  const products = demoAssortment({ count: 62, seed });
  await openShop(inventory, { products, seed });
  const waiting: (() => void)[] = [];
  const troubles: unknown[] = [];
  const close = startBusiness(inventory, {
    products,
    seed,
    customersPerSecond: 5,
    onTrouble: (error) => troubles.push(error),
    after: (_, work) => {
      waiting.push(work);
      return () => {};
    },
  });
  for (let customer = 0; customer < 600; customer++) {
    waiting.shift()?.();
    await inventory.feed.head();
  }
  await close();
  const { items } = await inventory.stock.movements({ limit: 1_000, order: "desc" });
  expect(new Set(items.map(({ type }) => type))).toEqual(
    new Set(["sold", "returned", "adjusted", "received", "transferred_in", "transferred_out"]),
  );
  expect(troubles).toEqual([]);
  expect(await inventory.verify()).toMatchObject({ ok: true });
});
