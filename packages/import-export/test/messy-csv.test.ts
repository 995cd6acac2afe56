import type { Product } from "@onhand/core";
import { describe, expect, it } from "vitest";
import { type Field, type ImportProductsOptions, importProducts, type Preset } from "../src/index";
import { dataFile, filesBelow } from "./support/data";
import { allProducts, emptyInventory } from "./support/set-up";

const folder = "messy-csv";

/** Reads a file that is about anything as products: one column is the SKU, all others are attributes. */
const anything = (sku: string, fields: { readonly [F in Field]?: string } = {}): Preset => ({
  name: "anything",
  kinds: ["products"],
  requires: [sku],
  fields: { sku: [sku], ...Object.fromEntries(Object.entries(fields).map(([field, column]) => [field, [column]])) },
  attributes: "rest",
});

interface Expected {
  readonly preset: Preset;
  readonly header?: readonly string[];
  readonly applied?: number;
  readonly unchanged?: number;
  /** The lines that are refused, each with a part of the reason. */
  readonly refused?: Readonly<Record<number, string>>;
  /** Why the whole file is. */
  readonly unreadable?: { readonly path: string; readonly message: string };
  /** Some of what the file says, by its own text. */
  readonly products?: readonly Partial<Product>[];
}

const spectrum = (name: string, sku: string): [string, Expected] => {
  const rows = JSON.parse(new TextDecoder().decode(dataFile(folder, `csv-spectrum/json/${name}.json`))) as Record<string, string>[];
  const products = rows.map(({ [sku]: key, ...rest }) => ({
    sku: key as string,
    attributes: Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== "")),
  }));
  return [`csv-spectrum/csvs/${name}.csv`, { preset: anything(sku), applied: rows.length, products }];
};

const longHeader = ["first", "last", "mail", "from", "to", "company", "login"];

const expected: Readonly<Record<string, Expected>> = {
  ...Object.fromEntries([
    spectrum("comma_in_quotes", "first"),
    spectrum("empty", "a"),
    spectrum("empty_crlf", "a"),
    spectrum("escaped_quotes", "a"),
    spectrum("json", "key"),
    spectrum("newlines", "b"),
    spectrum("newlines_crlf", "b"),
    spectrum("quotes_and_newlines", "a"),
    spectrum("simple", "a"),
    spectrum("simple_crlf", "a"),
    spectrum("utf8", "a"),
  ]),
  "node-csv/265.tubs.csv": {
    preset: anything("Model #", { name: "-- BATHTUBS --", price: "List Price", supplierId: "Vendor" }),
    applied: 130,
    refused: {
      6: '"#N/A" is no amount',
      9: '"#N/A" is no amount',
      304: "sku must be 1 to 64 printable characters",
      311: "sku must be 1 to 64 printable characters",
      393: '"#N/A" is no amount',
    },
    products: [{ sku: "BCH3OF00T-01", supplierId: "Robinson", price: { amount: 839_500, currency: "USD" } }],
  },
  "node-csv/303.csv": {
    preset: anything("Index"),
    applied: 25_000,
    products: [
      { sku: "1", attributes: { Height: "65.78331", Weight: "112.9925" } },
      { sku: "10", attributes: { Height: "66.78236", Weight: "120.6672" } },
    ],
  },
  "node-csv/327.cws.buf.csv": {
    preset: anything("field1"),
    applied: 1,
    products: [{ sku: "Acentuação1", attributes: { field2: "acentuação2" } }],
  },
  "node-csv/365-utf16le-bom-windows.csv": { preset: anything("a"), applied: 1, products: [{ sku: "1", attributes: { b: "2", c: "3" } }] },
  "node-csv/365-utf8-bom-windows.csv": { preset: anything("a"), applied: 1, products: [{ sku: "1", attributes: { b: "2", c: "3" } }] },
  // Its header is one empty name: nobody can say what `value` is.
  "node-csv/399.csv": { preset: anything("value of what"), unreadable: { path: "line 2", message: 'but "value"' } },
  // Line 3 has one cell more than the others, and it is empty.
  "node-csv/411.csv": {
    preset: anything("id", { name: "last_name" }),
    applied: 3,
    products: [
      { sku: "2", name: "Lauderdale", attributes: { first_name: "Kylie", email: "klauderdale1@wsj.com", modified_at: "2022-02-14" } },
    ],
  },
  // Fifty lines of notes stand above the header.
  "node-csv/415.csv": {
    preset: anything("#ISO", { name: "Country" }),
    applied: 252,
    products: [{ sku: "AD", name: "Andorra" }],
  },
  "papaparse/long-sample.csv": {
    preset: anything("login", { name: "company" }),
    header: longHeader,
    applied: 8,
  },
  "papaparse/sample-header.csv": {
    preset: anything("name"),
    applied: 2,
    products: [
      { sku: "test name 01", attributes: { title: "test title 01" } },
      { sku: "test name 02", attributes: {} },
    ],
  },
  "papaparse/sample.csv": { preset: anything("A"), applied: 1, products: [{ sku: "X", attributes: { B: "Y", C: "Z" } }] },
  "papaparse/utf-8-bom-sample.csv": { preset: anything("A"), applied: 1, products: [{ sku: "X", attributes: { B: "Y", C: "Z" } }] },
  "papaparse/verylong-sample.csv": { preset: anything("placeholder"), applied: 2, unchanged: 1_998 },
};

describe.each(filesBelow(folder, /\.csv$/))("%s", (path) => {
  const want = expected[path];
  if (!want) throw new Error(`${path} is new: say in this test what it holds`);
  const source = dataFile(folder, path);
  const { unreadable, refused = {} } = want;
  const options: ImportProductsOptions = {
    preset: want.preset,
    mode: "upsert",
    onError: "skip",
    currency: "USD",
    ...(want.header && { header: want.header }),
  };

  if (unreadable)
    it("is refused, with line and reason", async () => {
      const inventory = await emptyInventory();
      await expect(importProducts(inventory, source, options)).rejects.toMatchObject({
        code: "INVALID_INPUT",
        details: { issues: [{ path: unreadable.path, message: expect.stringContaining(unreadable.message) }] },
      });
    });
  else
    it("imports what it says, and refuses bad lines with the reason", { timeout: 60_000 }, async () => {
      const inventory = await emptyInventory();
      const report = await importProducts(inventory, source, options);
      const errors = report.problems.filter(({ severity }) => severity === "error");
      expect(Object.fromEntries(errors.map(({ line, message }) => [line, message]))).toEqual(
        Object.fromEntries(Object.entries(refused).map(([line, reason]) => [line, expect.stringContaining(reason)])),
      );
      expect(report).toMatchObject({ applied: want.applied, unchanged: want.unchanged ?? 0, refused: Object.keys(refused).length });
      const products = await Promise.all((want.products ?? []).map(({ sku }) => inventory.products.get(sku as string)));
      expect(products).toMatchObject(want.products ?? []);
      if (path.startsWith("csv-spectrum/"))
        expect((await allProducts(inventory)).map(({ sku, attributes }) => ({ sku, attributes }))).toEqual(want.products);
    });
});

it("names no file that is not there", () => {
  expect(Object.keys(expected).sort()).toEqual(filesBelow(folder, /\.csv$/));
});
