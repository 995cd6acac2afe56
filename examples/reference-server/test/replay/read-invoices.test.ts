import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readInvoices } from "../../src/replay/read-invoices";
import { fileWith, header } from "./fixture";

const rows = [
  header,
  '536365, 85123A ,"WHITE   HANGING, HEART ",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom',
  "C536366,22752,SET 7 BABUSHKA,-2,12/1/2010 8:28,7.65,,EIRE",
].join("\r\n");

test("a line is read with its texts tidied and its local time taken as UTC", async () => {
  const { lines } = await readInvoices(await fileWith(`\uFEFF${rows}\r\n`));
  expect(lines).toEqual([
    {
      position: 1,
      invoice: "536365",
      stockCode: "85123A",
      description: "WHITE HANGING, HEART",
      quantity: 6,
      occurredAt: Date.UTC(2010, 11, 1, 8, 26),
      price: 2.55,
      customer: "17850.0",
      country: "United Kingdom",
    },
    expect.objectContaining({ position: 2, invoice: "C536366", quantity: -2, occurredAt: Date.UTC(2010, 11, 1, 8, 28), customer: "" }),
  ]);
});

test("a gzipped file has the lines and the identity of the plain one, and other content has another", async () => {
  const plain = await readInvoices(await fileWith(rows));
  expect(await readInvoices(await fileWith(gzipSync(rows), "x.csv.gz"))).toEqual(plain);
  expect((await readInvoices(await fileWith(`${rows} `))).identity).not.toBe(plain.identity);
});

test.each([
  ["a quantity", "1,A,x,1.5,2010-12-01 08:26:00,1,,X", "quantity"],
  ["a date", "1,A,x,1,2010-02-31 08:26:00,1,,X", "occurredAt"],
  ["a price", "1,A,x,1,2010-12-01 08:26:00,free,,X", "price"],
] as const)("%s that is none is told apart from zero", async (_, row, field) => {
  const { lines } = await readInvoices(await fileWith(`${header}\n${row}\n`));
  expect(lines[0]?.[field]).toBeNaN();
});

test.each([
  ["a row with a missing column", `${header}\n1,A,x,1,2010-12-01 08:26:00,1,,X\n2,B\n`, /invoices\.csv: malformed: .*line 3/],
  ["a quote that never ends", `${header}\n1,"A,x,1\n`, /invoices\.csv: malformed: .*line 2/],
  ["another header", "ProductID,Quantity\nA,1\n", /line 1 must name the columns InvoiceNo,StockCode,.*, not ProductID,Quantity/],
  ["an empty file", "", /is empty; expected the columns InvoiceNo/],
])("%s is refused with its place", async (_, content, message) => {
  await expect(readInvoices(await fileWith(content))).rejects.toThrow(message);
});

test("a missing file, a directory and a broken gzip file are named", async () => {
  await expect(readInvoices("nowhere/at-all.csv")).rejects.toThrow("nowhere/at-all.csv: no such file");
  await expect(readInvoices(".")).rejects.toThrow("is a directory");
  await expect(readInvoices(await fileWith(gzipSync(rows).subarray(0, 40), "half.csv.gz"))).rejects.toThrow("is not a whole gzip file");
  await expect(readInvoices(await fileWith(rows, "plain.csv.gz"))).rejects.toThrow("is not a whole gzip file");
});
