import type { Inventory, PurchaseOrder } from "@onhand/core";
import { describe, expect, it } from "vitest";
import {
  exportPurchaseOrderLines,
  exportPurchaseOrders,
  exportSuppliers,
  type ImportReport,
  importPurchaseOrderLines,
  importPurchaseOrders,
  importSuppliers,
  type Source,
} from "../src/index";
import { dataFile } from "./support/data";
import { bytes, collected, emptyInventory, fates } from "./support/set-up";

const file = (name: string) => dataFile("formats", `prestashop/${name}.csv`);
const [suppliersFile, ordersFile, linesFile] = ["suppliers_import", "supply_orders_import", "supply_orders_details_import"].map(file) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

type Step = (inventory: Inventory, source: Source, dryRun?: boolean) => Promise<ImportReport>;
const suppliers: Step = (inventory, source, dryRun = false) => importSuppliers(inventory, source, { onError: "refuse", dryRun });
const orders: Step = (inventory, source, dryRun = false) =>
  importPurchaseOrders(inventory, source, { onError: "refuse", createStores: true, stores: { "1": "main" }, dryRun });
const lines: Step = (inventory, source, dryRun = false) =>
  importPurchaseOrderLines(inventory, source, { onError: "refuse", currency: "EUR", products: { "1-1": "NANO-BLUE" }, dryRun });

const skus = ["NANO-BLUE", ...Array.from({ length: 15 }, (_, index) => `1-${index + 2}`), "2-17", "2-18", "2-19", "2-20"];

async function withProducts(): Promise<Inventory> {
  const inventory = await emptyInventory();
  for (const sku of skus) await inventory.products.create({ sku, name: sku });
  return inventory;
}

const numbers = (applied: number, unchanged = 0) => ({
  lines: applied + unchanged,
  applied,
  replayed: 0,
  unchanged,
  ignored: 0,
  refused: 0,
});

const shown = async (inventory: Inventory) => {
  const list = (await inventory.purchaseOrders.list({ order: "asc" })).items;
  const plain = ({ supplierId, storeId, status, expectedAt, reference, note, lines: own }: PurchaseOrder) =>
    JSON.stringify({ supplierId, storeId, status, expectedAt, reference, note, own });
  return list.map(plain);
};
const shownSuppliers = async (inventory: Inventory) =>
  (await inventory.suppliers.list()).items.map(({ createdAt: _, updatedAt: __, seq: ___, ...supplier }) => supplier);

describe("suppliers and supply orders of PrestaShop", () => {
  it("import what the dry run foretold, once, and prove right", async () => {
    const inventory = await withProducts();
    for (const [step, source, count] of [
      [suppliers, suppliersFile, 3],
      [orders, ordersFile, 4],
      [lines, linesFile, 20],
    ] as const) {
      const head = await inventory.feed.head();
      const dry = await step(inventory, source, true);
      expect(await inventory.feed.head()).toBe(head);
      const report = await step(inventory, source);
      expect(fates(report)).toEqual(numbers(count));
      expect(report).toEqual({ ...dry, dryRun: false });
      expect(fates(await step(inventory, source))).toEqual(numbers(0, count));
    }
    const [first, ...others] = (await inventory.purchaseOrders.list({ order: "asc" })).items;
    expect(first).toMatchObject({
      supplierId: "Applestore",
      storeId: "main",
      status: "draft",
      expectedAt: Date.UTC(2013, 10, 1),
      reference: { type: "supply_order", id: "Ref Apple 01" },
    });
    expect(first?.lines).toHaveLength(20);
    expect(first?.lines[0]).toMatchObject({ sku: "NANO-BLUE", quantity: 25, unitCost: { amount: 10_000, currency: "EUR" } });
    expect(others.map(({ supplierId, storeId }) => [supplierId, storeId])).toEqual([
      ["Nippon Electronic Import", "main"],
      ["Shure Online Store", "main"],
      ["Applestore", "2"],
    ]);
    await inventory.purchaseOrders.submit(first?.id ?? "");
    expect((await inventory.stock.level({ sku: "2-20", storeId: "main" })).incoming).toBe(25);
    expect((await inventory.verify()).ok).toBe(true);
  });

  it.each([
    ["prestashop-suppliers", "prestashop-supply-orders", "prestashop-supply-order-details"],
    ["onhand-suppliers", "onhand-purchaseOrders", "onhand-purchaseOrderLines"],
  ] as const)("round-trip as %s, %s and %s, as text and as a workbook", async (...presets) => {
    const inventory = await withProducts();
    await suppliers(inventory, suppliersFile);
    await orders(inventory, ordersFile);
    await lines(inventory, linesFile);
    const [ofSuppliers, ofOrders, ofLines] = presets;
    for (const format of ["csv", "xlsx"] as const) {
      const copy = await withProducts();
      await suppliers(copy, await collected(exportSuppliers(inventory, { format, preset: ofSuppliers })));
      await orders(copy, await collected(exportPurchaseOrders(inventory, { format, preset: ofOrders })));
      await lines(copy, await collected(exportPurchaseOrderLines(inventory, { format, preset: ofLines })));
      expect(await shownSuppliers(copy)).toEqual(await shownSuppliers(inventory));
      expect(await shown(copy)).toEqual(await shown(inventory));
    }
  });
});

describe("orders in files", () => {
  const header = "Supply Order Reference *,Product ID *,Product Attribute ID,Unit Price (tax excl.)*,Quantity Expected *";
  const linesOf = (...rows: readonly string[]) => bytes([header, ...rows].join("\n"));
  const skip = (inventory: Inventory, source: Source) => importPurchaseOrderLines(inventory, source, { onError: "skip", currency: "EUR" });

  it("name suppliers that exist, and a day", async () => {
    const inventory = await withProducts();
    const source = (row: string) => bytes(`referenceType,referenceId,supplierId,storeId,expectedAt\n${row}`);
    const run = (row: string) => importPurchaseOrders(inventory, source(row), { onError: "skip" });
    expect((await run("order,1,nobody,main,")).problems).toMatchObject([
      { code: "UNKNOWN_SUPPLIER", message: "there is no supplier nobody" },
    ]);
    await inventory.suppliers.create({ id: "a", name: "A" });
    expect((await run("order,1,a,nowhere,")).problems).toMatchObject([{ code: "UNKNOWN_STORE" }]);
    expect((await run("order,1,a,main,soon")).problems).toMatchObject([{ column: "expectedAt", severity: "error" }]);
    expect((await run(",,a,main,")).problems).toMatchObject([{ column: "referenceId", severity: "error" }]);
    expect((await inventory.purchaseOrders.list()).items).toEqual([]);
  });

  it("take lines only while they are drafts; lines of one order stand or fall together", async () => {
    const inventory = await withProducts();
    await inventory.suppliers.create({ id: "a", name: "A" });
    const reference = { type: "supply_order", id: "X" };
    const { id } = (await inventory.purchaseOrders.create({ supplierId: "a", storeId: "main", lines: [], reference })).purchaseOrder;
    const bad = await skip(inventory, linesOf("X,2,17,1.50,3", "X,no,,1,1", "Y,2,17,1,1", "X,2,18,1,many"));
    expect(fates(bad)).toMatchObject({ applied: 0, refused: 4 });
    expect(bad.problems.map(({ line, code }) => [line, code])).toEqual([
      [2, "UNKNOWN_PRODUCT"],
      [4, "UNKNOWN_PURCHASE_ORDER"],
      [5, "INVALID_INPUT"],
    ]);
    expect(fates(await skip(inventory, linesOf("X,2,17,1.50,3", "X,2,18,2.505,4")))).toMatchObject({ applied: 2 });
    expect(fates(await skip(inventory, linesOf("X,2,17,1.75,5")))).toMatchObject({ applied: 1 });
    expect((await inventory.purchaseOrders.get(id)).lines).toMatchObject([
      { sku: "2-17", quantity: 5, unitCost: { amount: 175, currency: "EUR" } },
      { sku: "2-18", quantity: 4 },
    ]);
    await inventory.purchaseOrders.submit(id);
    expect((await skip(inventory, linesOf("X,2,19,1,1"))).problems).toMatchObject([{ code: "INVALID_STATE" }]);
  });
});
