import { createInventory, type Inventory } from "@onhand/core";
import { addExamples } from "@onhand/core/testing";
import { exportReport } from "@onhand/import-export";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { allowEverythingForDemos, createHttpHandler } from "@onhand/transport-adapters/http";
import { createHttpClient } from "@onhand/transport-adapters/http/client";
import { expect, test } from "vitest";

/** How a file of each kind begins. */
const beginnings = { csv: "sku,name", xlsx: "PK", pdf: "%PDF-" } as const;

test("reports leave as CSV, workbooks and PDF, at once and as jobs, the same bytes that are written by hand", async () => {
  const inventory = await createInventory({ storage: memoryStorage() });
  await addExamples(inventory);
  await inventory.costing.set({ sku: "TEA-50", method: "fifo", currency: "EUR" });
  await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 12, unitCost: { amount: 210, currency: "EUR" } });
  await inventory.stock.sell({ sku: "TEA-50", storeId: "berlin", quantity: 2 });
  await inventory.stock.return({ sku: "TEA-50", storeId: "berlin", quantity: 2 });
  const handle = createHttpHandler({
    inventory,
    exportReport,
    authenticate: () => ({ id: "mia" }),
    authorize: allowEverythingForDemos,
  });
  const client = createHttpClient({ url: "http://shop.example", fetch: (input, init) => handle(new Request(input, init)) });

  for (const [format, beginning] of Object.entries(beginnings) as [keyof typeof beginnings, string][]) {
    const file = await handle(new Request(`http://shop.example/reports/stock-on-hand?format=${format}`));
    expect([file.status, (await file.text()).startsWith(beginning)], format).toEqual([200, true]);
    const { id } = await client.jobs.startReport("stockOnHand", { by: ["sku"] }, format);
    await expect.poll(async () => (await client.jobs.get(id)).status).toBe("done");
    expect((await (await client.jobs.file(id)).text()).startsWith(beginning), format).toBe(true);
  }

  for (const [name, report] of Object.entries(inventory.reports)) {
    const { id } = await client.jobs.startReport(name as keyof Inventory["reports"], {}, "csv");
    await expect.poll(async () => (await client.jobs.get(id)).status).toBe("done");
    const byHand: Uint8Array[] = [];
    for await (const chunk of exportReport(await report(), { format: "csv" })) byHand.push(chunk);
    expect(await (await client.jobs.file(id)).text(), name).toBe(Buffer.concat(byHand).toString());
  }

  const worth = await handle(new Request("http://shop.example/reports/valuation?by=storeId&by=category&format=csv"));
  expect(await worth.text()).toMatch(/^storeId,category,quantity,value EUR,unknown,unsettled\r?\n"?berlin"?,"?Tea"?,12,25.2,0,0/u);
});

test("a PDF whose letters nobody here can print is refused, not half sent", async () => {
  const inventory = await createInventory({ storage: memoryStorage() });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.products.create({ sku: "TEA-50", name: "緑茶" });
  await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 12 });
  const handle = createHttpHandler({ inventory, exportReport, authenticate: () => ({ id: "mia" }), authorize: allowEverythingForDemos });
  const refused = await handle(new Request("http://shop.example/reports/stock-on-hand?format=pdf"));
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([501, "UNSUPPORTED"]);
});
