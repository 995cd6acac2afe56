import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInventory, inventoryTables, type Product, type TableDefinition } from "@onhand/core";
import { allOf, manualClock } from "@onhand/core/testing";
import { csvStorage } from "@onhand/storage-adapters/csv";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import { exampleInventory, refusalOf } from "../../test/inventory";

const garment = z.object({
  material: z.string().min(1),
  care: z.array(z.enum(["wash", "iron"])).default([]),
  size: z.object({ chestCm: z.number().positive() }).optional(),
});

const open = () => createInventory({ storage: memoryStorage(), clock: manualClock(), attributes: garment });

describe("attributes by the host's schema", () => {
  it("are typed where they are given and where they are had", async () => {
    const { products } = await open();
    const { product } = await products.create({ sku: "TEE", name: "Tee", attributes: { material: "cotton" } });
    expectTypeOf(product.attributes.material).toEqualTypeOf<string>();
    expectTypeOf(product).toEqualTypeOf<Product<z.output<typeof garment>>>();
    expect(product.attributes).toEqual({ material: "cotton", care: [] });
    expect((await products.get("TEE")).attributes.care).toEqual([]);
    const [first] = await allOf(({ cursor }) => products.list(cursor === undefined ? {} : { cursor }));
    expect(first?.attributes.material).toBe("cotton");
    // @ts-expect-error: the schema asks for a material
    await expect(products.create({ sku: "X", name: "X" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    // @ts-expect-error: a number is no material
    await expect(products.update("TEE", { attributes: { material: 1 } })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  it("that don't fit are refused with their place, by whichever way they come, and nothing is written", async () => {
    const inventory = await open();
    const bad = { sku: "TEE", name: "Tee", attributes: { material: "", size: { chestCm: -1 }, care: ["burn"] } };
    for (const attempt of [
      () => inventory.execute("products.create", bad),
      () => inventory.as({ id: "ada" }).execute("products.create", bad),
      () => inventory.products.create(bad as never),
    ]) {
      const { code, issues } = (await refusalOf(attempt())) as never as { code: string; issues: { path: string }[] };
      expect(code).toBe("INVALID_INPUT");
      expect(issues.map(({ path }) => path)).toEqual(["attributes.material", "attributes.care.0", "attributes.size.chestCm"]);
    }
    expect(await inventory.feed.head()).toBe(0);
  });

  it("an update that leaves them out leaves them alone", async () => {
    const { products } = await open();
    await products.create({ sku: "TEE", name: "Tee", attributes: { material: "cotton", care: ["wash"] } });
    expect((await products.update("TEE", { name: "T-shirt" })).product.attributes).toEqual({ material: "cotton", care: ["wash"] });
  });

  it("what a schema makes of them must still be plain JSON, of bounded length", async () => {
    const dated = z.object({ since: z.string().transform((text) => new Date(text)) });
    const inventory = await createInventory({ storage: memoryStorage(), attributes: dated });
    expect(await refusalOf(inventory.products.create({ sku: "A", name: "A", attributes: { since: "2026-01-01" } }))).toMatchObject({
      code: "INVALID_INPUT",
      issues: [{ path: "attributes" }],
    });
    const endless = await createInventory({
      storage: memoryStorage(),
      attributes: z.object({ text: z.string().transform((text) => text.repeat(20_000)) }),
    });
    expect(await refusalOf(endless.products.create({ sku: "A", name: "A", attributes: { text: "x" } }))).toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  it("a schema that has to wait is a mistake of the program", async () => {
    const slow = z.object({ code: z.string().refine(async () => true) });
    const inventory = await createInventory({ storage: memoryStorage(), attributes: slow });
    await expect(inventory.products.create({ sku: "A", name: "A", attributes: { code: "1" } })).rejects.toThrow(TypeError);
  });

  it("a retry is the same request by what was made of it", async () => {
    const { products } = await open();
    const input = { sku: "TEE", name: "Tee", attributes: { material: "cotton" }, idempotencyKey: "k" };
    await products.create(input);
    expect((await products.create({ ...input, attributes: { material: "cotton", care: [] } })).replayed).toBe(true);
    expect(await refusalOf(products.create({ ...input, attributes: { material: "silk" } }))).toMatchObject({
      code: "IDEMPOTENCY_MISMATCH",
    });
  });
});

describe("pictures", () => {
  const front = "https://img.example/tee-front.jpg";

  it("are addresses of a product, in their order; null takes them away", async () => {
    const { products } = await exampleInventory();
    const { product } = await products.create({ sku: "TEE", name: "Tee", images: [front, "http://img.example/back.png"] });
    expect(product.images).toEqual([front, "http://img.example/back.png"]);
    expect((await products.update("TEE", { name: "T" })).product.images).toHaveLength(2);
    expect((await products.update("TEE", { images: [front] })).product.images).toEqual([front]);
    expect((await products.update("TEE", { images: null })).product).not.toHaveProperty("images");
  });

  it.each([
    "javascript:alert(1)",
    "data:image/png;base64,AA",
    "/tee.jpg",
    "",
    "file:///etc/passwd",
    `https://x.example/${"a".repeat(2_000)}`,
  ])("are no other kind of address: %.30s", async (url) => {
    const { products } = await exampleInventory();
    expect(await refusalOf(products.create({ sku: "TEE", name: "Tee", images: [front, url] }))).toMatchObject({
      code: "INVALID_INPUT",
      issues: [{ path: "images.1" }],
    });
  });

  it("are at most 20", async () => {
    const { products } = await exampleInventory();
    expect(await refusalOf(products.create({ sku: "TEE", name: "Tee", images: Array(21).fill(front) }))).toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  it("come from the host where a product has none of its own", async () => {
    const { products } = await exampleInventory({ imagesOf: async ({ sku }) => [`https://cdn.example/${sku}.jpg`] });
    await products.update("CUP", { images: [front] });
    expect(await products.images("cup")).toEqual([front]);
    expect(await products.images("tea-50")).toEqual(["https://cdn.example/TEA-50.jpg"]);
    expect(await (await exampleInventory()).products.images("CUP")).toEqual([]);
    expect(await refusalOf(products.images("TEE"))).toMatchObject({ code: "UNKNOWN_PRODUCT" });
  });

  it("can be added to a ledger that was made before there were any", async () => {
    const directory = await mkdtemp(join(tmpdir(), "onhand-"));
    try {
      const before = (table: TableDefinition): TableDefinition => {
        if (table.name !== "products") return table;
        const { images: _, ...columns } = table.columns;
        return { ...table, columns };
      };
      const old = csvStorage({ directory });
      await old.open({ ...inventoryTables, tables: inventoryTables.tables.map(before) });
      await old.transaction(async (tx) => {
        await tx.head();
        const product = { seq: 1, skuKey: "tee", sku: "TEE", name: "Tee", decimals: 0, backorderLimit: 0, attributes: {}, archived: false };
        const none = { barcode: null, category: null, supplierId: null, unit: null };
        const money = { priceAmount: null, priceCurrency: null, costAmount: null, costCurrency: null };
        await tx.put("products", [{ ...product, ...none, ...money, createdSeq: 1, createdAt: 1, updatedAt: 1 }]);
        await tx.advance(1);
      });
      await old.close();
      const { products, close } = await createInventory({ storage: csvStorage({ directory }) });
      expect(await products.get("TEE")).not.toHaveProperty("images");
      expect((await products.update("TEE", { images: [front] })).product.images).toEqual([front]);
      await close();
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
