import { createInventory, type Inventory, type Movement, type Product, type StockLevel } from "@onhand/core";
import { manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { onTestFinished } from "vitest";
import type { ImportReport } from "../../src/index";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An inventory of its own with a store `main`, closed when the test is over. */
export async function emptyInventory(): Promise<Inventory> {
  const inventory = await createInventory({ storage: memoryStorage(), clock: manualClock() });
  onTestFinished(() => inventory.close());
  await inventory.stores.create({ id: "main", name: "Main street" });
  return inventory;
}

/** One with some products as well, by their SKUs. */
export async function inventoryOf(...skus: readonly string[]): Promise<Inventory> {
  const inventory = await emptyInventory();
  for (const sku of skus) await inventory.products.create({ sku, name: `${sku} by name` });
  return inventory;
}

/** The six numbers of a report. */
export const fates = ({ lines, applied, replayed, unchanged, ignored, refused }: ImportReport) => ({
  lines,
  applied,
  replayed,
  unchanged,
  ignored,
  refused,
});

export async function allProducts(inventory: Inventory): Promise<readonly Omit<Product, "createdAt" | "updatedAt" | "seq">[]> {
  const { items } = await inventory.products.list({ limit: 1_000 });
  return items.map(({ createdAt: _, updatedAt: __, seq: ___, ...product }) => product);
}

export async function onHand(inventory: Inventory): Promise<Readonly<Record<string, number>>> {
  const { items } = await inventory.stock.levels({ limit: 1_000 });
  return Object.fromEntries(items.map(({ sku, storeId, onHand: quantity }: StockLevel) => [`${sku} @ ${storeId}`, quantity]));
}

export async function allMovements(inventory: Inventory): Promise<readonly Movement[]> {
  return (await inventory.stock.movements({ limit: 1_000 })).items;
}

/** The bytes of an export as one file. */
export async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return new Uint8Array(Buffer.concat(parts));
}

export const textOf = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => new TextDecoder().decode(await collected(chunks));
