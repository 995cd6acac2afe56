import { createInventory, type Inventory, isInventoryError } from "@onhand/core";
import { addExamples, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { parse } from "csv-parse/sync";
import { readSheet } from "read-excel-file/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exportReport } from "../src";

let inventory: Inventory;

beforeEach(async () => {
  inventory = await createInventory({ storage: memoryStorage(), clock: manualClock(Date.UTC(2026, 2, 1)) });
  await addExamples(inventory);
  await inventory.products.create({ sku: "=EVIL()", name: "=cmd|' /C calc'!A0", category: "Tea", price: { amount: 150, currency: "GBP" } });
  for (const sku of ["TEA-50", "CUP", "=EVIL()"]) await inventory.stock.receive({ sku, storeId: "berlin", quantity: 10 });
  await inventory.stock.sell({ sku: "TEA-50", storeId: "berlin", quantity: 3 });
  await inventory.stock.sell({ sku: "=EVIL()", storeId: "berlin", quantity: 2 });
  await inventory.stock.sell({ sku: "CUP", storeId: "berlin", quantity: 1, unitPrice: { amount: 620, currency: "EUR" } });
});

afterEach(() => inventory.close());

async function bytesOf(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

const sales = () => inventory.reports.salesByCategory({ by: ["category", "sku"] });

describe("a report in a file", () => {
  it("is CSV of rows alone, with a column for each currency and nothing that runs", async () => {
    const text = (await bytesOf(exportReport(await sales(), { format: "csv" }))).toString();
    const rows: string[][] = parse(text);
    expect(rows[0]).toEqual("category,sku,name,sold,returned,units,sales,value EUR,value GBP,unpriced,firstSaleAt,lastSaleAt".split(","));
    expect(rows.slice(1).map((row) => row.slice(0, 9))).toEqual([
      ["Tableware", "CUP", "Cup, Größe L", "1", "0", "1", "1", "6.2", ""],
      ["Tea", "'=EVIL()", "'=cmd|' /C calc'!A0", "2", "0", "2", "1", "", "3"],
      ["Tea", "TEA-50", "Green tea, 50 g", "3", "0", "3", "1", "14.97", ""],
    ]);
    expect(rows[1]?.at(-1)).toBe("2026-03-01T00:00:00.000Z");
  });

  it("is a workbook with a sum behind what it adds up, and the total last", async () => {
    const rows = await readSheet(await bytesOf(exportReport(await sales(), { format: "xlsx" })));
    expect(rows.slice(1).map((row) => [row[0], row[1], row[3], row[7], row[8]])).toEqual([
      ["Tableware", "CUP", 1, 6.2, null],
      ["Tableware", "Total", 1, 6.2, null],
      ["Tea", "=EVIL()", 2, null, 3],
      ["Tea", "TEA-50", 3, 14.97, null],
      ["Tea", "Total", 5, 14.97, 3],
      ["Total", null, 6, 21.17, 3],
    ]);
  });

  it("is a PDF of as many pages as it needs, the same bytes each time", async () => {
    const report = await sales();
    const pdf = await bytesOf(exportReport(report, { format: "pdf", title: "Verkäufe" }));
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(await bytesOf(exportReport(report, { format: "pdf", title: "Verkäufe" }))).toEqual(pdf);
    const many = { ...report, subtotals: [], rows: Array.from({ length: 200 }, () => report.rows[0] as object) };
    const pages = (await bytesOf(exportReport(many, { format: "pdf" }))).toString("latin1").match(/\/Type \/Page\b/g);
    expect(pages).toHaveLength(5);
  });

  it("is no PDF of letters its font does not have, nor of more rows than anybody reads", async () => {
    await inventory.stock.receive({ sku: "TEA-OOLONG", storeId: "berlin", quantity: 1 });
    const stock = await inventory.reports.stockOnHand();
    const refused = await bytesOf(exportReport(stock, { format: "pdf" })).catch((error: unknown) => error);
    expect(isInventoryError(refused, "UNSUPPORTED") && refused.details.feature).toContain("東方美人");
    const long = { ...stock, rows: Array.from({ length: 10_001 }, () => stock.rows[0] as object) };
    await expect(bytesOf(exportReport(long, { format: "pdf" }))).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  it("has every report there is", async () => {
    const { reports } = inventory;
    const all = [
      reports.movementSummary(),
      reports.turnover(),
      reports.daysOfCover(),
      reports.abc({ currency: "EUR" }),
      reports.deadStock(),
      reports.shrinkage(),
    ];
    for (const report of await Promise.all([...all, reports.salesByProduct(), reports.lowStock()])) {
      const text = (await bytesOf(exportReport(report, { format: "csv", totals: true }))).toString();
      const rows: string[][] = parse(text);
      expect(rows).toHaveLength(report.rows.length + report.subtotals.length + 2);
      expect(rows.at(-1)?.[0]).toBe("Total");
      expect((await bytesOf(exportReport(report, { format: "pdf" }))).length).toBeGreaterThan(500);
    }
  });
});
