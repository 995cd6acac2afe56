import type { Inventory } from "@onhand/core";
import { describe, expect, it } from "vitest";
import { exportCategories, exportProducts, type ImportReport, importCategories, importProducts } from "../src/index";
import { dataFile } from "./support/data";
import { allProducts, bytes, collected, emptyInventory, fates } from "./support/set-up";

const preset = "prestashop-categories";
const header = "Category ID,Active (0/1),Name *,Parent category,Root category (0/1)";
const file = (...rows: readonly string[]) => bytes(`${header}\n${rows.join("\n")}\n`);
const computers = file("2,1,Home,Root,1", "31,1,Laptops,30,0", "30,1,Computers,Home,0", "32,1,Bags,Laptops,0", "33,1,Bags,Home,0");

async function inventoryOf(categories: Readonly<Record<string, string>>): Promise<Inventory> {
  const inventory = await emptyInventory();
  for (const [sku, category] of Object.entries(categories)) await inventory.products.create({ sku, name: sku, category });
  return inventory;
}

const categoriesOf = async (inventory: Inventory) =>
  Object.fromEntries((await inventory.products.list({ archived: "any" })).items.map(({ sku, category }) => [sku, category]));

const counts = (report: ImportReport) => {
  const { applied, replayed, unchanged, ignored, refused } = fates(report);
  return { applied, replayed, unchanged, ignored, refused };
};

describe("categories", () => {
  it("by number or name become what they are called, behind what they are parts of; the dry run says so and writes nothing", async () => {
    const inventory = await inventoryOf({ A: "31", B: "Laptops", C: "32", D: "Bags", E: "Tea", F: "Computers", G: "31" });
    await inventory.products.archive("G");
    const head = await inventory.feed.head();
    const expected = { applied: 2, replayed: 0, unchanged: 2, ignored: 1, refused: 0 };
    expect(counts(await importCategories(inventory, computers, { onError: "refuse", dryRun: true }))).toEqual(expected);
    expect(await inventory.feed.head()).toBe(head);
    expect(counts(await importCategories(inventory, computers, { onError: "refuse" }))).toEqual(expected);
    const path = "Computers/Laptops";
    expect(await categoriesOf(inventory)).toEqual({ A: path, B: path, C: `${path}/Bags`, D: "Bags", E: "Tea", F: "Computers", G: path });
  });

  it("imported again change nothing, also of what was named anew since", async () => {
    const inventory = await inventoryOf({ A: "31", B: "Tea" });
    await importCategories(inventory, computers, { onError: "skip" });
    const done = { applied: 0, replayed: 0, unchanged: 4, ignored: 1, refused: 0 };
    expect(counts(await importCategories(inventory, computers, { onError: "skip" }))).toEqual(done);
    await inventory.products.update("A", { category: "31" });
    const again = await importCategories(inventory, computers, { onError: "skip" });
    expect(counts(again)).toEqual({ ...done, replayed: 1, unchanged: 3 });
    expect((await categoriesOf(inventory)).A).toBe("31");
  });

  it("that are parts of themselves, of one of several, or have no name are refused, each with its line", async () => {
    const inventory = await emptyInventory();
    const wrong = file(
      "1,1,Hen,Egg,0",
      "2,1,Egg,Hen,0",
      "3,1,Tea,Home,0",
      "4,1,Tea,Egg cups,0",
      "5,1,Green,Tea,0",
      "6,1,,Tea,0",
      `7,1,${"x".repeat(101)},,0`,
    );
    const { problems, refused } = await importCategories(inventory, wrong, { onError: "skip", dryRun: true });
    expect(problems.map(({ line, column }) => [line, column])).toEqual([
      [2, "Parent category"],
      [3, "Parent category"],
      [6, "Parent category"],
      [7, "Name *"],
      [7, "Parent category"],
      [8, undefined],
    ]);
    expect(refused).toBe(5);
  });

  it("of PrestaShop go with its products, and both come back as they were", async () => {
    const inventory = await emptyInventory();
    const products = { mode: "upsert", onError: "refuse", currency: "EUR" } as const;
    await importProducts(inventory, dataFile("formats", "prestashop/products_import.csv"), products);
    const sample = dataFile("formats", "prestashop/categories_import.csv");
    expect(counts(await importCategories(inventory, sample, { onError: "refuse" }))).toMatchObject({ unchanged: 3 });
    const own = await inventoryOf({ A: "31", B: "Computers", C: "Tea" });
    await importCategories(own, computers, { onError: "refuse" });
    for (const origin of [inventory, own]) {
      for (const format of ["csv", "xlsx"] as const) {
        const copy = await emptyInventory();
        const exported = await collected(exportCategories(origin, { format, preset }));
        await importProducts(copy, await collected(exportProducts(origin, { format, preset: "prestashop-products" })), products);
        for (const { sku, category } of await allProducts(origin))
          if (category) await copy.products.update(sku, { category: category.split("/").at(-1) as string });
        expect((await importCategories(copy, exported, { onError: "refuse" })).refused).toBe(0);
        expect(await categoriesOf(copy)).toEqual(await categoriesOf(origin));
      }
    }
  });
});
