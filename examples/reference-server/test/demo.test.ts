import { createInventory, purchaseOrderStatuses } from "@onhand/core";
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

test("everything a shop has to see to is there: orders in every state, goods on their way, a count, holds, alerts and a past", async () => {
  const inventory = await createInventory({ storage: memoryStorage() });
  await openShop(inventory, { products: demoAssortment({ count: 62, seed }), seed });
  const orders = await inventory.purchaseOrders.list();
  expect(new Set(orders.items.map(({ status }) => status))).toEqual(new Set(purchaseOrderStatuses));
  const transfers = await inventory.transfers.list();
  expect(transfers.items.map(({ status }) => status)).toEqual(["in_transit", "partially_received"]);
  expect((await inventory.counts.list({ status: "open" })).items).toMatchObject([{ blind: true, countedCount: 3 }]);
  expect((await inventory.reservations.list({ status: "active" })).items).toHaveLength(3);
  expect((await inventory.alerts.counts()).open).toBeGreaterThan(5);
  expect((await inventory.lots.list()).items.length).toBeGreaterThan(2);
  const { history } = await inventory.forecasts.demand({ sku: "COF-HAUS-1KG", horizonDays: 7 });
  expect(history.length).toBeGreaterThan(50);
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
    new Set(["sold", "returned", "adjusted", "received", "transferred_in", "transferred_out", "counted"]),
  );
  expect(troubles).toEqual([]);
  expect(await inventory.verify()).toMatchObject({ ok: true });
});
