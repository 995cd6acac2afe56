import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInventory, type Inventory, InventoryError } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { allowEverythingForDemos } from "@onhand/transport-adapters/ws/server";
import { pino } from "pino";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createDoorkeeper, pagesFor } from "../src/access";
import { type AppOptions, createApp } from "../src/http/app";

const host = "127.0.0.1:3000";
let inventory: Inventory;
let app: ReturnType<typeof createApp>;

function appWith(token?: string, instead: Partial<AppOptions> = {}) {
  return createApp({
    inventory,
    storage: "memory",
    identify: createDoorkeeper(token === undefined ? { open: true } : { open: false, token }),
    authorize: allowEverythingForDemos,
    wayIn: "token",
    pages: pagesFor({ host: "127.0.0.1", port: 3000 }, ["https://shop.example"]),
    dashboard: "/there/is/no/dashboard",
    logger: pino({ level: "silent" }),
    ...instead,
  });
}

const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers: { Host: host, ...headers } });
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  app.request(path, {
    method: "POST",
    headers: { Host: host, "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

beforeEach(async () => {
  inventory = await createInventory({ storage: memoryStorage() });
  app = appWith();
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.products.create({ sku: "TEA-50", name: "Green tea", barcode: "4006381333931" });
  await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 5 });
});

describe("commands", () => {
  test("a sale answers with its movement and its level, in the caller's name", async () => {
    const response = await post("/api/stock/sell", { sku: "tea-50", storeId: "berlin", quantity: 2, actor: "somebody else" });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ seq: 4, levels: [{ available: 3 }], movements: [{ delta: -2, actor: "dashboard" }] });
  });

  test("a new product answers 201", async () => {
    const response = await post("/api/products", { sku: "CUP", name: "Cup" });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ product: { sku: "CUP" } });
  });

  test("the same Idempotency-Key is applied once, and another payload under it is 422", async () => {
    const key = { "Idempotency-Key": "order-7" };
    const sale = { sku: "TEA-50", storeId: "berlin", quantity: 1 };
    expect(await (await post("/api/stock/sell", sale, key)).json()).toMatchObject({ replayed: false });
    expect(await (await post("/api/stock/sell", sale, key)).json()).toMatchObject({ replayed: true, levels: [{ available: 4 }] });
    expect((await post("/api/stock/sell", { ...sale, quantity: 2 }, key)).status).toBe(422);
  });
});

describe("lists", () => {
  test("products are found by search and come in pages", async () => {
    await inventory.products.create({ sku: "CUP", name: "Cup" });
    expect(await (await get("/api/products?search=400638")).json()).toMatchObject({ items: [{ sku: "TEA-50" }] });
    const page = (await (await get("/api/products?limit=1&descending=true")).json()) as { items: { sku: string }[]; nextCursor: string };
    expect(page.items.map(({ sku }) => sku)).toEqual(["TEA-50"]);
    const next = await get(`/api/products?limit=1&descending=true&cursor=${encodeURIComponent(page.nextCursor)}`);
    expect(await next.json()).toMatchObject({ items: [{ sku: "CUP" }] });
  });

  test("levels and movements are listed by product and store", async () => {
    expect(await (await get("/api/levels?sku=TEA-50&storeId=berlin")).json()).toMatchObject({ items: [{ onHand: 5 }] });
    expect(await (await get("/api/movements?order=desc&limit=1")).json()).toMatchObject({ items: [{ type: "received", delta: 5 }] });
  });

  test("how current an answer must be is passed on, and no filter", async () => {
    const levels = vi.fn(inventory.stock.levels);
    app = appWith(undefined, { inventory: { ...inventory, stock: { ...inventory.stock, levels } } });
    expect((await get("/api/levels?sku=TEA-50&consistency=eventual&minSeq=2")).status).toBe(200);
    expect(levels).toHaveBeenCalledWith({ sku: "TEA-50" }, { consistency: "eventual", minSeq: 2, signal: expect.any(AbortSignal) });
    expect((await get("/api/levels?consistency=whatever")).status).toBe(400);
    expect((await get("/api/levels?minSeq=soon")).status).toBe(400);
  });

  test("health tells where the ledger stands, without a token", async () => {
    app = appWith("secret");
    expect(await (await get("/api/health")).json()).toMatchObject({ status: "ok", storage: "memory", head: 3 });
  });
});

describe("refusals are problem details", () => {
  const sale = { sku: "TEA-50", storeId: "berlin", quantity: 1 };

  test.each([
    ["too much", { ...sale, quantity: 6 }, 409, "INSUFFICIENT_STOCK"],
    ["an unknown product", { ...sale, sku: "NOPE" }, 404, "UNKNOWN_PRODUCT"],
    ["an unknown store", { ...sale, storeId: "nowhere" }, 404, "UNKNOWN_STORE"],
    ["a quantity of 0", { ...sale, quantity: 0 }, 400, "INVALID_INPUT"],
    ["text for a quantity", { ...sale, quantity: "1" }, 400, "INVALID_INPUT"],
    ["a field that does not exist", { ...sale, colour: "red" }, 400, "INVALID_INPUT"],
    ["a list", [sale], 400, "INVALID_INPUT"],
    ["half a JSON text", '{"sku":', 400, "INVALID_INPUT"],
    ["a prototype", `{"__proto__":{"quantity":1},"sku":"TEA-50","storeId":"berlin","quantity":1}`, 400, "INVALID_INPUT"],
  ])("%s", async (_, body, status, code) => {
    const response = await post("/api/stock/sell", body);
    expect(response.status).toBe(status);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ status, code, type: `urn:onhand:error:${code.toLowerCase().replaceAll("_", "-")}` });
    expect((await inventory.stock.level({ sku: "TEA-50", storeId: "berlin" })).onHand).toBe(5);
  });

  test("a body that is not said to be JSON, or is too long, or goes to no command", async () => {
    expect((await post("/api/stock/sell", sale, { "Content-Type": "text/plain" })).status).toBe(415);
    expect((await post("/api/stock/sell", { ...sale, reason: "x".repeat(300_000) })).status).toBe(413);
    expect((await post("/api/stock/steal", sale)).status).toBe(404);
  });

  test("a filter that does not exist, and a path that does not", async () => {
    expect((await get("/api/products?colour=red")).status).toBe(400);
    expect((await get("/api/levels?limit=many")).status).toBe(400);
    expect((await get("/api/nothing")).status).toBe(404);
  });

  test("the host's troubles are told by their code alone, and logged", async () => {
    const trouble = new InventoryError("STORAGE_CORRUPT", { file: "/srv/stock/journal.csv", line: 7, reason: "a secret of the disk" });
    const logged: string[] = [];
    const failing = { ...inventory, execute: () => Promise.reject(trouble) };
    app = appWith(undefined, { inventory: failing, logger: pino({ level: "error" }, { write: (line: string) => void logged.push(line) }) });
    const response = await post("/api/stock/sell", sale);
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: "STORAGE_CORRUPT", details: {} });
    expect(text).not.toMatch(/srv|secret/u);
    expect(logged.join("")).toContain("STORAGE_CORRUPT");
  });

  test("a closed inventory is 503 and says so without a stack", async () => {
    await inventory.close();
    const response = await post("/api/stock/sell", sale);
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain(" at ");
  });
});

describe("the door", () => {
  test("without the token nothing but health answers", async () => {
    app = appWith("secret");
    const status = async (authorization?: string) =>
      (await get("/api/products", authorization ? { Authorization: authorization } : {})).status;
    expect(await status()).toBe(401);
    expect(await status("Bearer wrong")).toBe(401);
    expect(await status("Basic secret")).toBe(401);
    expect(await status("Bearer secret")).toBe(200);
  });

  test("pages of other origins, and names that were pointed here, stay outside", async () => {
    expect((await get("/api/products", { Origin: "http://localhost:3000" })).status).toBe(200);
    expect((await get("/api/products", { Origin: "https://shop.example" })).status).toBe(200);
    expect((await get("/api/products", { Origin: "https://evil.example" })).status).toBe(403);
    expect((await get("/api/products", { Origin: "null" })).status).toBe(403);
    expect((await get("/api/products", { Host: "evil.example:3000" })).status).toBe(403);
  });

  test("a browser that goes to an address of the page's own gets the page; nothing else does", async () => {
    const dashboard = await mkdtemp(join(tmpdir(), "onhand-page-"));
    onTestFinished(() => rm(dashboard, { recursive: true }));
    await writeFile(join(dashboard, "index.html"), "<title>Stock</title>");
    app = appWith(undefined, { dashboard });
    const visit = (path: string) => get(path, { Accept: "text/html,application/xhtml+xml" });
    const page = await visit("/orders/po7-0");
    expect(await page.text()).toBe("<title>Stock</title>");
    expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect((await visit("/assets/gone.js")).status).toBe(404);
    expect((await visit("/api/nothing")).status).toBe(404);
    expect((await get("/orders/po7-0", { Accept: "application/json" })).status).toBe(404);
  });

  test("every answer carries a policy that lets nothing foreign into the page", async () => {
    const response = await get("/");
    expect(response.status).toBe(503);
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
  });
});
