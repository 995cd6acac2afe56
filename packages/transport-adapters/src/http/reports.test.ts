import type { Inventory } from "@onhand/core";
import { beforeEach, describe, expect, test } from "vitest";
import { settled } from "../shared/testing/manual-time";
import { createHttpClient } from "./client";
import type { ExportReport, Job, jobStatuses } from "./server";
import { deferred, type Served, serve } from "./testing/served";

const csv: ExportReport = async function* (report, { format }) {
  for (const row of report.rows) yield new TextEncoder().encode(`${format} ${Object.values(row).join(",")}\n`);
};

let shop: Served;
beforeEach(async () => {
  shop = await serve({ exportReport: csv, limits: { maxReportRows: 3 } });
});

const jobOf = async (response: Response) => ((await response.json()) as { readonly job: Job }).job;
const get = (path: string, headers: Readonly<Record<string, string>> = {}) => shop.send("GET", `/reports/${path}`, undefined, headers);
const problemOf = async (response: Response) => {
  const { code, detail } = (await response.json()) as { readonly code: string; readonly detail: string };
  return { status: response.status, code, detail };
};
const clientOf = ({ handle }: Served) =>
  createHttpClient({
    url: "http://shop.example",
    getToken: () => "clerk",
    fetch: (input, init) => handle(new Request(input, init)),
  });

async function addProducts(inventory: Inventory, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await inventory.products.create({ sku: `CUP-${index}`, name: "Cup" });
    await inventory.stock.receive({ sku: `CUP-${index}`, storeId: "hamburg", quantity: 1 });
  }
}

describe("a report", () => {
  test("is what the inventory answers, by the same names, whichever it is", async () => {
    const { inventory } = shop;
    await inventory.products.create({ sku: "CUP", name: "Cup", category: "Cups", costing: { method: "fifo", currency: "EUR" } });
    const cup = { sku: "CUP", storeId: "berlin" };
    await inventory.stock.receive({ ...cup, quantity: 9, unitCost: { amount: 300, currency: "EUR" } });
    await inventory.stock.sell({ ...cup, quantity: 4, unitPrice: { amount: 900, currency: "EUR" } });
    await inventory.stock.adjust({ ...cup, delta: -1, reason: "damaged" });
    await inventory.thresholds.set({ ...cup, reorderPoint: 20, reorderQuantity: 30 });
    shop.clock.advance(100 * 86_400_000);
    const client = clientOf(shop);
    const names = Object.keys(inventory.reports) as (keyof Inventory["reports"])[];
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const answer = await inventory.reports[name]();
      expect(answer.rows.length, `${name} has something to show`).toBeGreaterThan(0);
      expect(await client.reports[name](), name).toEqual(answer);
    }
    const wanted = { by: ["category", "month"], timeZone: "Europe/Berlin", category: "Cups", from: new Date(0) } as const;
    expect(await client.reports.salesByProduct(wanted, { minSeq: 1 })).toEqual(await inventory.reports.salesByProduct(wanted));
    expect((await client.reports.salesByProduct(wanted)).totals.units).toBe(4);
  });

  test("is the file that the address asks for, or else the one that Accept would rather have", async () => {
    const type = async (path: string, accept?: string) =>
      (await get(path, accept === undefined ? {} : { accept })).headers.get("content-type");
    expect(await type("stock-on-hand?format=csv")).toBe("text/csv");
    expect(await type("stock-on-hand?format=pdf", "text/csv")).toBe("application/pdf");
    expect(await type("stock-on-hand", "text/csv;q=0.9, application/pdf;q=0.8")).toBe("text/csv");
    for (const accept of ["*/*", "text/html,*/*;q=0.8", "application/json, text/csv;q=0.5", "", ";;,q=", undefined])
      expect(await type("stock-on-hand", accept), String(accept)).toBe("application/json");
    const file = await get("stock-on-hand?format=csv&by=storeId");
    expect(file.headers.get("content-disposition")).toBe('attachment; filename="stock-on-hand.csv"');
    expect(file.headers.get("vary")).toContain("accept");
    expect(await file.text()).toBe("csv berlin,5,0,5,0,1\n");
  });

  test("that is asked for wrongly, or as a file that nobody here writes, is refused by name", async () => {
    expect(await problemOf(await get("stock-on-hand?format=doc"))).toEqual({
      status: 400,
      code: "INVALID_INPUT",
      detail: "format must be one of json, csv, xlsx, pdf",
    });
    expect(await problemOf(await get("stock-on-hand?format=toString"))).toMatchObject({ status: 400, code: "INVALID_INPUT" });
    expect(await problemOf(await get("stock-on-hand?by=week"))).toMatchObject({ status: 400, code: "INVALID_INPUT" });
    expect(await problemOf(await get("stock-on-hand?storeId=nowhere"))).toMatchObject({ status: 404, code: "UNKNOWN_STORE" });
    shop = await serve();
    expect(await problemOf(await get("stock-on-hand?format=csv"))).toMatchObject({ status: 501, code: "UNSUPPORTED" });
    expect((await get("stock-on-hand", { accept: "application/json" })).status).toBe(200);
  });

  test("with more rows than are answered at once says how to have it", async () => {
    await addProducts(shop.inventory, 3);
    expect(await problemOf(await get("stock-on-hand"))).toEqual({
      status: 400,
      code: "INVALID_INPUT",
      detail: "would have 4 rows, more than the 3 that are answered at once: send Prefer: respond-async",
    });
    expect((await get("stock-on-hand?storeId=hamburg")).status).toBe(200);
  });

  test("is told to who may read it: asked by its name, its store and product as the inventory reads them", async () => {
    const asked: unknown[] = [];
    shop = await serve({
      authorize: (_actor, action, resource) => {
        asked.push([action, resource]);
        return resource.storeId !== "hamburg";
      },
    });
    expect((await get("valuation")).status).toBe(200);
    expect((await get("days-of-cover?storeId=%20hamburg%20")).status).toBe(403);
    expect((await get("days-of-cover?storeId=hamburg", { prefer: "respond-async" })).status).toBe(403);
    expect((await shop.send("GET", "/levels/%20hamburg/TEA-50/explanation")).status).toBe(403);
    expect((await shop.send("GET", "/lots/TEA-50/L1/trace?storeId=hamburg")).status).toBe(403);
    expect(asked.slice(0, 2)).toEqual([
      ["read", { entity: "report", key: "valuation" }],
      ["read", { entity: "report", key: "daysOfCover", storeId: "hamburg" }],
    ]);
  });
});

describe("a report that is preferred later", () => {
  const later = { prefer: "respond-async" };

  test("is a job that makes a file, however long it is", async () => {
    await addProducts(shop.inventory, 3);
    const started = await get("stock-on-hand?format=csv&by=sku", later);
    expect([started.status, started.headers.get("preference-applied")]).toEqual([202, "respond-async"]);
    const { id } = await jobOf(started);
    await expect.poll(async () => (await jobOf(await shop.send("GET", `/jobs/${id}`))).status).toBe("done");
    expect(await jobOf(await shop.send("GET", `/jobs/${id}`))).toMatchObject({
      kind: "reports.stockOnHand",
      progress: { phase: "writing", rows: 4 },
      result: { type: "text/csv" },
    });
    const file = await shop.send("GET", `/jobs/${id}/file`);
    expect(file.headers.get("content-disposition")).toBe('attachment; filename="stock-on-hand.csv"');
    expect((await file.text()).split("\n")).toHaveLength(5);

    const client = clientOf(shop);
    const report = await client.jobs.startReport("stockOnHand", { by: ["storeId"] });
    await expect.poll(async () => (await client.jobs.get(report.id)).status).toBe("done");
    expect(JSON.parse(await (await client.jobs.file(report.id)).text())).toEqual(
      JSON.parse(JSON.stringify(await shop.inventory.reports.stockOnHand({ by: ["storeId"] }))),
    );
  });

  test("is refused before it starts when it is known to be wrong", async () => {
    for (const path of ["stock-on-hand?by=week", "abc?colour=red", "abc?format=doc", "abc?a=2"])
      expect((await get(path, later)).status, path).toBe(400);
  });

  test("ends when it is cancelled, also while the ledger is asked", async () => {
    const { inventory } = shop;
    const stopped = deferred<void>();
    const abc: Inventory["reports"]["abc"] = (_asked, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          stopped.resolve();
          reject(signal.reason);
        });
      });
    shop = await serve({ inventory: { ...inventory, reports: { ...inventory.reports, abc } } });
    const { id } = await jobOf(await get("abc", later));
    await settled();
    expect((await shop.send("DELETE", `/jobs/${id}`)).status).toBe(200);
    await stopped.promise;
    await settled();
    expect((await jobOf(await shop.send("GET", `/jobs/${id}`))).status).toBe("cancelled");
  });

  test("ends when it is cancelled while it is written, and leaves no file", async () => {
    const gate = deferred<void>();
    let written = 0;
    shop = await serve({
      exportReport: async function* () {
        yield new Uint8Array(1);
        await gate.promise;
        for (; ; written += 1) yield new Uint8Array(1);
      },
    });
    const { id } = await jobOf(await get("abc?format=xlsx", later));
    await settled();
    expect((await shop.send("DELETE", `/jobs/${id}`)).status).toBe(200);
    gate.resolve();
    await expect
      .poll(async () => (await jobOf(await shop.send("GET", `/jobs/${id}`))).status)
      .toBe("cancelled" satisfies (typeof jobStatuses)[number]);
    expect(written).toBe(0);
    expect((await shop.send("GET", `/jobs/${id}/file`)).status).toBe(409);
  });
});

test("what stands behind a level is found beside it", async () => {
  const { inventory } = shop;
  await inventory.reservations.hold({ sku: "TEA-50", storeId: "berlin", quantity: 2, expiresInMs: 60_000 });
  const client = clientOf(shop);
  const why = await client.stock.explain({ sku: "TEA-50", storeId: "berlin", limit: 1 });
  expect(why).toEqual(await inventory.stock.explain({ sku: "TEA-50", storeId: "berlin", limit: 1 }));
  expect(why).toMatchObject({ closing: { onHand: 5, reserved: 2, available: 3 }, items: [{ kind: "hold" }] });
  const rest = { sku: "TEA-50", storeId: "berlin", cursor: why.nextCursor ?? "" };
  expect(await client.stock.explain(rest)).toEqual(await inventory.stock.explain(rest));
  await inventory.products.update("TEA-50", { images: ["https://shop.example/tea.jpg"] });
  expect(await client.products.images("tea-50")).toEqual(["https://shop.example/tea.jpg"]);
  expect(await client.forecasts.runOuts({ storeId: "berlin", historyDays: 30 })).toEqual(
    await inventory.forecasts.runOuts({ storeId: "berlin", historyDays: 30 }),
  );
});
