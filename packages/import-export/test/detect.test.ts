import { describe, expect, it } from "vitest";
import { detectFormat, importLevels, importProducts } from "../src/index";
import { bytes, emptyInventory, inventoryOf, onHand } from "./support/set-up";

const utf16 = (text: string, bigEndian: boolean): Uint8Array => {
  const little = new Uint8Array(Buffer.from(text, "utf16le"));
  return bigEndian ? new Uint8Array(Buffer.from(little).swap16()) : little;
};

const café = "sku,name\nA1,Café crème\n";

describe("the encoding", () => {
  it.each([
    ["UTF-8", bytes(café), "utf-8", false],
    ["UTF-8 with a mark", bytes(`\ufeff${café}`), "utf-8", true],
    ["UTF-16 LE with a mark", utf16(`\ufeff${café}`, false), "utf-16le", true],
    ["UTF-16 BE with a mark", utf16(`\ufeff${café}`, true), "utf-16be", true],
    ["UTF-16 LE", utf16(café, false), "utf-16le", false],
    ["UTF-16 BE", utf16(café, true), "utf-16be", false],
    ["windows-1252", new Uint8Array(Buffer.from(café, "latin1")), "windows-1252", false],
  ] as const)("%s is recognised, and every letter arrives", async (_, source, encoding, bom) => {
    expect(detectFormat(source, { whole: true })).toMatchObject({ encoding, bom, delimiter: ",", headerLine: 1 });
    const inventory = await emptyInventory();
    await importProducts(inventory, source, { mode: "create", onError: "refuse" });
    expect((await inventory.products.get("A1")).name).toBe("Café crème");
  });

  it("is windows-1252 when the first byte that is no UTF-8 stands far beyond the sample", async () => {
    const rows = Array.from({ length: 8_000 }, (_, index) => `S${index},plain name\n`).join("");
    const source = new Uint8Array(Buffer.from(`sku,name\n${rows}LAST,Café\n`, "latin1"));
    const inventory = await emptyInventory();
    await importProducts(inventory, () => chunksOf(source, 10_000), { mode: "create", onError: "skip" });
    expect((await inventory.products.get("LAST")).name).toBe("Café");
  });

  it("is refused when it is named wrongly, without a word of the file in the message", async () => {
    const inventory = await emptyInventory();
    const source = new Uint8Array(Buffer.from(café, "latin1"));
    await expect(importProducts(inventory, source, { mode: "create", onError: "skip", encoding: "utf-8" })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      details: { issues: [{ path: "file", message: "is not utf-8 throughout" }] },
    });
  });
});

async function* chunksOf(source: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.length; at += size) yield source.slice(at, at + size);
}

describe("the delimiter and the header", () => {
  it.each([",", ";", "\t", "|"])("finds %j, whatever stands in the cells", async (delimiter) => {
    const source = bytes(["sku,name", 'A1,"x, y; z|\tw"'].join("\n").replace(/^sku,/, `sku${delimiter}`).replace("A1,", `A1${delimiter}`));
    expect(detectFormat(source, { whole: true })).toMatchObject({ delimiter, preset: { name: "onhand-products" } });
  });

  it("reads a file byte by byte as it reads it at once", async () => {
    const source = bytes('\ufeffProductID;Quantity\r\n"A;1";5\r\nÄ2;7\r\n');
    const inventory = await inventoryOf("A;1", "Ä2");
    await importLevels(inventory, () => chunksOf(source, 1), { mode: "count", storeId: "main", onError: "refuse" });
    expect(await onHand(inventory)).toEqual({ "A;1 @ main": 5, "Ä2 @ main": 7 });
  });

  it("finds the header below a report's title, and counts lines from the top", async () => {
    const inventory = await inventoryOf("A");
    const source = bytes("Stock report\n\nas of Monday\nProductID,Quantity\nA,5\nB,6\n");
    const report = await importLevels(inventory, source, { mode: "count", storeId: "main", onError: "skip" });
    expect(report.problems).toMatchObject([{ line: 6, code: "UNKNOWN_PRODUCT" }]);
  });

  it("takes a file without a header when its columns are named, and refuses it otherwise", async () => {
    const inventory = await inventoryOf("A");
    const options = { mode: "count", storeId: "main", onError: "refuse" } as const;
    await expect(importLevels(inventory, bytes("A,5\n"), options)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      details: { issues: [{ path: "line 1", message: expect.stringContaining('but "A", "5"') }] },
    });
    await importLevels(inventory, bytes("A,5\n"), { ...options, header: ["ProductID", "Quantity"] });
    expect(await onHand(inventory)).toEqual({ "A @ main": 5 });
  });

  it("counts lines rightly below cells that span several", async () => {
    const inventory = await emptyInventory();
    const source = bytes('sku,name,attributes\r\nA,a,"{""note"":\r\n1}"\r\n\r\nB,b,nonsense\r\n');
    const report = await importProducts(inventory, source, { mode: "create", onError: "skip" });
    expect(report.problems).toMatchObject([{ line: 5, column: "attributes", severity: "error" }]);
  });

  it("refuses a line with more cells than columns: nobody knows which stands where", async () => {
    const inventory = await inventoryOf("A");
    const report = await importLevels(inventory, bytes("ProductID,Quantity\nA,1,250\n"), {
      mode: "count",
      storeId: "main",
      onError: "skip",
    });
    expect(report).toMatchObject({ refused: 1, problems: [{ line: 2, code: "INVALID_INPUT" }] });
    expect(await onHand(inventory)).toEqual({});
  });

  it("names the line of a quote that is never closed", async () => {
    const inventory = await inventoryOf("A");
    const refusal = importLevels(inventory, bytes('ProductID,Quantity\nA,1\n"B,2\nC,3\n'), {
      mode: "count",
      storeId: "main",
      onError: "refuse",
    });
    await expect(refusal).rejects.toMatchObject({
      code: "INVALID_INPUT",
      details: { issues: [{ path: "line 3", message: "a quote is opened here and never closed" }] },
    });
    expect(await onHand(inventory)).toEqual({});
  });

  it("applies every line before a quote that is never closed, where bad lines are skipped, and says where it could not go on", async () => {
    const skus = Array.from({ length: 300 }, (_, index) => `S${index}`);
    const inventory = await inventoryOf(...skus);
    const source = bytes(`ProductID,Quantity\n${skus.map((sku) => `${sku},1\n`).join("")}"B,2\n`);
    const report = await importLevels(inventory, source, { mode: "count", storeId: "main", onError: "skip" });
    expect(report).toMatchObject({
      applied: 300,
      refused: 1,
      problems: [{ line: 302, message: "a quote is opened here and never closed" }],
    });
    expect(Object.keys(await onHand(inventory))).toHaveLength(300);
  });

  it("refuses an empty file, a workbook that is none, and a preset nobody knows", async () => {
    const inventory = await emptyInventory();
    const refusalOf = (source: Uint8Array, preset?: string) =>
      importProducts(inventory, source, { mode: "create", onError: "skip", ...(preset && { preset }) });
    await expect(refusalOf(new Uint8Array())).rejects.toMatchObject({ details: { issues: [{ message: "is empty" }] } });
    await expect(refusalOf(bytes("PK\u0003\u0004 and then nothing"))).rejects.toMatchObject({
      details: { issues: [{ message: "is not a whole XLSX workbook" }] },
    });
    await expect(refusalOf(bytes("a,b\n"), "shopfy")).rejects.toMatchObject({ details: { issues: [{ path: "preset" }] } });
  });
});
