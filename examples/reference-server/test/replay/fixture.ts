import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { InvoiceLine } from "../../src/replay/read-invoices";

export const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

/** Writes a file that is gone when the test is over. */
export async function fileWith(content: string | Uint8Array, name = "invoices.csv"): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "onhand-replay-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

let position = 0;

/** An ordinary sale, but for what is said. */
export const invoiceLine = (fields: Partial<InvoiceLine> = {}): InvoiceLine => ({
  position: ++position,
  invoice: "536365",
  stockCode: "85123A",
  description: "WHITE HANGING HEART",
  quantity: 6,
  occurredAt: Date.UTC(2010, 11, 1, 8, 26),
  price: 2.55,
  customer: "17850",
  country: "United Kingdom",
  ...fields,
});
