import type { InventoryError } from "@onhand/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  exportLevels,
  exportProducts,
  type ImportProductsOptions,
  importLevels,
  importProducts,
  type LineReport,
  presets,
} from "../src/index";
import { allProducts, bytes, collected, emptyInventory, fates, inventoryOf, onHand, textOf } from "./support/set-up";

const upsert: ImportProductsOptions = { mode: "upsert", onError: "refuse", currency: "EUR" };
const file = (...rows: readonly string[]) => bytes(`sku,name,category,price,barcode\n${rows.join("\n")}\n`);

describe("the mode", () => {
  it.each([
    ["create", { applied: 1, refused: 1 }, "ALREADY_EXISTS"],
    ["update", { applied: 1, refused: 1 }, "UNKNOWN_PRODUCT"],
    ["upsert", { applied: 2, refused: 0 }, undefined],
  ] as const)("%s does what it says, and its dry run foretells it", async (mode, numbers, code) => {
    const inventory = await inventoryOf("OLD");
    const options: ImportProductsOptions = { mode, onError: "skip" };
    const dry = await importProducts(inventory, file("old,Renamed,,,", "NEW,New,,,"), { ...options, dryRun: true });
    const report = await importProducts(inventory, file("old,Renamed,,,", "NEW,New,,,"), options);
    expect(fates(report)).toMatchObject(numbers);
    expect(report).toEqual({ ...dry, dryRun: false });
    expect(report.problems.map((problem) => problem.code)).toEqual(code === undefined ? [] : [code]);
  });

  it("leaves alone what the file leaves empty, and adds attributes to those there are", async () => {
    const inventory = await emptyInventory();
    await inventory.products.create({ sku: "A", name: "Tea", category: "Drinks", barcode: "1", attributes: { shelf: 3 } });
    await importProducts(inventory, bytes('sku,name,category,attributes\nA,Green tea,,"{""organic"":true}"\n'), upsert);
    expect(await inventory.products.get("A")).toMatchObject({
      name: "Green tea",
      category: "Drinks",
      barcode: "1",
      attributes: { shelf: 3, organic: true },
    });
  });

  it("sends nothing for a product that is as the file says", async () => {
    const inventory = await emptyInventory();
    await importProducts(inventory, file("A,Tea,Drinks,4.99,"), upsert);
    const head = await inventory.feed.head();
    expect(fates(await importProducts(inventory, file(" a ,Tea,Drinks,4.99,"), upsert))).toMatchObject({ unchanged: 1, applied: 0 });
    expect(await inventory.feed.head()).toBe(head);
  });
});

describe("a second run of the same file", () => {
  it("does not take back what people changed since", async () => {
    const inventory = await inventoryOf("OLD");
    const rows = file("OLD,From file,,,", "NEW,From file,,,");
    await importProducts(inventory, rows, upsert);
    for (const sku of ["OLD", "NEW"]) await inventory.products.update(sku, { name: "By hand" });
    expect(fates(await importProducts(inventory, rows, upsert))).toMatchObject({ applied: 0, replayed: 2 });
    expect((await allProducts(inventory)).map(({ name }) => name)).toEqual(["By hand", "By hand"]);
  });
});

describe("what is odd", () => {
  it("warns of a wrong check digit and imports the barcode as it stands", async () => {
    const inventory = await emptyInventory();
    const report = await importProducts(inventory, file("A,Tea,,,4006381333932", "B,Tea,,,4.00638E+12"), upsert);
    expect(report.problems.map(({ line, severity, code }) => [line, severity, code])).toEqual([
      [2, "warning", "BARCODE_CHECK_DIGIT"],
      [3, "warning", "BARCODE_ROUNDED"],
    ]);
    expect((await inventory.products.get("A")).barcode).toBe("4006381333932");
  });

  it("says once that amounts have no currency, and leaves out an amount that is too fine rather than round it", async () => {
    const inventory = await emptyInventory();
    const { currency: _, ...options } = upsert;
    const without = await importProducts(inventory, file("A,Tea,,1.50,", "B,Tea,,2.50,"), options);
    expect(without.problems).toMatchObject([{ line: 2, code: "CURRENCY_MISSING", column: "price" }]);
    const fine = await importProducts(inventory, file("C,Tea,,0.068,"), upsert);
    expect(fine.problems).toMatchObject([{ line: 2, code: "AMOUNT_TOO_FINE" }]);
    expect(await inventory.products.get("C")).not.toHaveProperty("price");
    await importProducts(inventory, file("D,Tea,,500,"), { ...upsert, currency: "JPY" });
    expect((await inventory.products.get("D")).price).toEqual({ amount: 500, currency: "JPY" });
  });
});

it("takes the apostrophe off that Shopify puts before barcodes", async () => {
  const inventory = await emptyInventory();
  const rows = bytes("Handle,Title,Variant SKU,Variant Inventory Qty,Variant Barcode\ntea,Tea,TEA,1,'036000291452\n");
  expect(await importProducts(inventory, rows, upsert)).toMatchObject({ preset: "shopify-products", problemCount: 0 });
  expect((await inventory.products.get("TEA")).barcode).toBe("036000291452");
});

describe("the report", () => {
  it("tells of every line as it happens, keeps the first thousand problems and counts all", async () => {
    const inventory = await emptyInventory();
    const rows = Array.from({ length: 1_200 }, () => ",Nameless,,,");
    const lines: LineReport[] = [];
    const progress: number[] = [];
    const report = await importProducts(inventory, file(...rows), {
      ...upsert,
      onError: "skip",
      onLine: (line) => lines.push(line),
      onProgress: (step) => progress.push(step.lines),
    });
    expect(report).toMatchObject({ lines: 1_200, refused: 1_200, problemCount: 1_200 });
    expect(report.problems).toHaveLength(1_000);
    expect(lines).toHaveLength(1_200);
    expect(lines[0]).toMatchObject({ line: 2, fate: "refused", problems: [{ column: "sku", message: "there is no SKU" }] });
    expect(progress.at(-1)).toBe(1_200);
    expect([...progress].sort((a, b) => a - b)).toEqual(progress);
  });

  it("of a refused file names a hundred lines and says how many more there are", async () => {
    const inventory = await emptyInventory();
    const rows = Array.from({ length: 150 }, () => ",Nameless,,,");
    const refusal = importProducts(inventory, file(...rows), upsert);
    await expect(refusal).rejects.toMatchObject({ code: "INVALID_INPUT", details: { issues: { length: 101 } } });
    await expect(refusal).rejects.toMatchObject({
      details: { issues: expect.arrayContaining([{ path: "file", message: "50 more lines are refused; a dry run names them" }]) },
    });
  });
});

describe("an export", () => {
  it("comes back as it was, whatever products are called", async () => {
    const word = fc.oneof(
      fc.constantFrom("=1+1", "'=x", "''@y", "-5", "+49 30", "@user", "'007", 'say "hi"', "a;b,c|d", "＝1", "4.5", "TRUE"),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
    );
    const text = word
      .map((value) =>
        value
          .replace(/[\p{C}\s]+/gu, " ")
          .trim()
          .normalize("NFC"),
      )
      .filter((value) => value !== "");
    const product = fc.record(
      {
        sku: text.filter((value) => /^[^\p{C}]{1,64}$/u.test(value)),
        name: text,
        barcode: text,
        category: text,
        supplierId: text,
        unit: text,
        decimals: fc.integer({ min: 0, max: 6 }),
        price: fc.record({ amount: fc.nat(), currency: fc.constantFrom("EUR", "JPY", "KWD") }),
        cost: fc.record({ amount: fc.nat(), currency: fc.constantFrom("EUR", "JPY", "KWD") }),
        // A field of this name is refused: objects would take it for something else.
        attributes: fc.dictionary(
          text.filter((key) => key !== "__proto__"),
          fc.oneof(text, fc.integer(), fc.boolean()),
          { maxKeys: 3 },
        ),
      },
      { requiredKeys: ["sku", "name"] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(product, { maxLength: 8 }), fc.constantFrom("csv", "xlsx"), async (products, format) => {
        const inventory = await emptyInventory();
        for (const each of products) await inventory.products.create(each).catch(ignoreTaken);
        const copy = await emptyInventory();
        if ((await allProducts(inventory)).length > 0)
          await importProducts(copy, await collected(exportProducts(inventory, { format: format as "csv" | "xlsx" })), {
            mode: "create",
            onError: "refuse",
          });
        expect(await allProducts(copy)).toEqual(await allProducts(inventory));
      }),
      { numRuns: 40, verbose: true },
    );
  }, 60_000);

  it("runs nothing in a spreadsheet", async () => {
    const inventory = await emptyInventory();
    for (const [index, name] of ['=HYPERLINK("http://x")', "+1", "-1+1", "@SUM(A1)", "＝1", "'=1"].entries())
      await inventory.products.create({ sku: `S${index}`, name });
    for (const { name, writes } of presets)
      if (writes?.products) {
        const text = await textOf(exportProducts(inventory, { format: "csv", preset: name }));
        expect(text).not.toMatch(/(?:^|[,\t])"?[=+@＝]/m);
        expect(text).not.toMatch(/(?:^|[,\t])"?-\D/m);
      }
  });

  it("keeps quantities below zero numbers", async () => {
    const inventory = await emptyInventory();
    await inventory.products.create({ sku: "A", name: "A", backorderLimit: 5 });
    await inventory.stock.sell({ sku: "A", storeId: "main", quantity: 3 });
    expect(await textOf(exportLevels(inventory, { format: "csv", preset: "classic", storeId: "main" }))).toBe("ProductID,Quantity\nA,-3\n");
  });

  it("of levels round-trips in every format that can be written", async () => {
    const inventory = await inventoryOf("A", "B");
    await inventory.stores.create({ id: "Hub", name: "Hub" });
    await inventory.stock.receive({ sku: "A", storeId: "main", quantity: 4 });
    await inventory.stock.receive({ sku: "B", storeId: "main", quantity: 5 });
    const names = presets.filter(({ writes }) => writes?.levels).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(8);
    for (const preset of names) {
      const copy = await inventoryOf("A", "B");
      await copy.stores.create({ id: "Hub", name: "Hub" });
      const source = await collected(exportLevels(inventory, { format: "csv", preset, storeId: "main" }));
      const report = await importLevels(copy, source, { mode: "count", onError: "refuse", storeId: "main" });
      expect(report.preset).toBe(preset);
      expect(await onHand(copy)).toEqual(await onHand(inventory));
    }
  });

  it("asks for the store where a format has no column for it, and for a format that can be written", async () => {
    const inventory = await inventoryOf("A");
    expect(() => exportLevels(inventory, { format: "csv", preset: "classic" })).toThrow(/storeId/);
    expect(() => exportProducts(inventory, { format: "csv", preset: "prestashop-suppliers" })).toThrow(/can be written/);
    expect(() => exportProducts(inventory, { format: "pdf" as never })).toThrow(TypeError);
  });
});

function ignoreTaken(error: unknown): void {
  if (!(error as InventoryError).message.startsWith("ALREADY_EXISTS")) throw error;
}
