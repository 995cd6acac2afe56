import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isInventoryError } from "@onhand/core";
import { days } from "@onhand/core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { maximumProducts } from "../src/shop";
import { type Fixture, page, startFixture } from "./fixture";

let classic: Fixture;
beforeEach(async () => {
  classic = await startFixture();
});

const seeded = [
  { ProductID: "P001", Quantity: 600 },
  { ProductID: "P002", Quantity: 450 },
];
const update = (product_id: unknown, quantity: unknown, action: unknown, headers: Record<string, string> = {}) =>
  classic.send("POST", "/api/update_stock", { product_id, quantity, action }, headers);
const quantityOf = async (id: string) => (await classic.get(`/api/inventory/${id}`)).body.quantity;

describe("looking", () => {
  test("the server says that it is healthy", async () => {
    expect(await classic.get("/health")).toEqual({ status: 200, body: { status: "healthy", service: "inventory-management" } });
  });

  test("the seed is the stock, as a list and one by one", async () => {
    expect(await classic.get("/api/inventory")).toEqual({ status: 200, body: { success: true, inventory: seeded, count: 2 } });
    expect(await classic.get("/api/inventory/P001")).toEqual({ status: 200, body: { success: true, product_id: "P001", quantity: 600 } });
  });

  test.each(["/api/inventory/NOPE", "/api/forecast/NOPE", "/api/qr/NOPE"])("%s is 404 with a message", async (path) => {
    expect(await classic.get(path)).toEqual({ status: 404, body: { success: false, message: "Product NOPE not found" } });
  });

  test("a path that is not there is 404 in the same form", async () => {
    expect(await classic.get("/api/nothing")).toEqual({ status: 404, body: { success: false, message: "Not found" } });
  });

  test("a forecast has the classic fields, and comes from what was sold", async () => {
    const untouched = await classic.get("/api/forecast/p002");
    expect(untouched).toMatchObject({ status: 200, body: { success: true, product_id: "P002", current_quantity: 450 } });
    expect(untouched.body.forecast).toEqual({ next_7_days: 0, next_30_days: 0, recommendation: "Stock level sufficient" });
    for (let day = 0; day < 28; day++) {
      await update("P001", 21, "sell");
      classic.clock.advance(days(1));
    }
    const { body } = await classic.get("/api/forecast/P001");
    expect(body.current_quantity).toBe(600 - 28 * 21);
    expect(body.forecast).toEqual({ next_7_days: 147, next_30_days: 630, recommendation: "Restock recommended" });
  });
});

describe("changing", () => {
  test("adding answers with the new quantity and the whole stock", async () => {
    expect(await update("P001", 10, "add")).toEqual({
      status: 200,
      body: {
        success: true,
        message: "Added 10 units to P001",
        new_quantity: 610,
        product_id: "P001",
        inventory: [{ ProductID: "P001", Quantity: 610 }, seeded[1]],
      },
    });
  });

  test("selling answers likewise, whatever the spelling; numbers may come as text", async () => {
    expect(await update(" p001 ", "5", "SELL")).toMatchObject({
      status: 200,
      body: { success: true, message: "Sold 5 units of P001", new_quantity: 595, product_id: "P001" },
    });
  });

  test("adding to a product nobody knows makes it", async () => {
    expect(await update("new-1", 3, "add")).toMatchObject({ status: 200, body: { product_id: "NEW-1", new_quantity: 3 } });
    expect(await quantityOf("NEW-1")).toBe(3);
  });

  test("a product is added with and without stock, and adding it again adds to it", async () => {
    const add = (body: object) => classic.send("POST", "/api/add_product", body);
    expect(await add({ product_id: "P003" })).toMatchObject({ status: 200, body: { success: true, product_id: "P003", new_quantity: 0 } });
    expect(await add({ product_id: "P004", initial_quantity: 7 })).toMatchObject({ status: 200, body: { new_quantity: 7 } });
    expect(await add({ product_id: "P004", initial_quantity: 2 })).toMatchObject({ status: 200, body: { new_quantity: 9 } });
    expect((await classic.get("/api/inventory")).body.inventory).toEqual([
      ...seeded,
      { ProductID: "P003", Quantity: 0 },
      { ProductID: "P004", Quantity: 9 },
    ]);
  });

  test("a removed product is gone with its stock, can't be sold or removed again, and comes back empty", async () => {
    const remove = () => classic.send("DELETE", "/api/remove_product/p001");
    expect(await remove()).toEqual({
      status: 200,
      body: { success: true, message: "Product P001 removed from inventory", inventory: [seeded[1]] },
    });
    expect(await classic.get("/api/inventory/P001")).toMatchObject({ status: 404 });
    expect(await remove()).toMatchObject({ status: 404, body: { success: false } });
    expect(await update("P001", 1, "sell")).toMatchObject({ status: 400 });
    expect(await update("P001", 4, "add")).toMatchObject({ status: 200, body: { new_quantity: 4 } });
    expect(await classic.api.inventory.verify()).toMatchObject({ ok: true });
  });

  test("the same Idempotency-Key is booked once", async () => {
    const key = { "Idempotency-Key": "scan-17" };
    expect(await update("P001", 5, "sell", key)).toMatchObject({ body: { new_quantity: 595 } });
    expect(await update("P001", 5, "sell", key)).toMatchObject({ status: 200, body: { new_quantity: 595 } });
    expect(await update("P001", 6, "sell", key)).toMatchObject({ status: 400 });
    expect(await quantityOf("P001")).toBe(595);
  });
});

describe("bad input is 400 with a message and changes nothing", () => {
  test.each([
    ["no product", { quantity: 1, action: "add" }, "product_id"],
    ["no quantity", { product_id: "P001", action: "add" }, "quantity"],
    ["no action", { product_id: "P001", quantity: 1 }, "action"],
    ["an empty product", { product_id: "  ", quantity: 1, action: "add" }, "product_id must not be empty"],
    ["a product that is a number", { product_id: 7, quantity: 1, action: "add" }, "product_id"],
    ["a product that is too long", { product_id: "X".repeat(65), quantity: 1, action: "add" }, "at most 64"],
    ["a product of control characters", { product_id: "P\u0007", quantity: 1, action: "add" }, "printable"],
    ["nothing", { product_id: "P001", quantity: 0, action: "sell" }, "greater than 0"],
    ["less than nothing", { product_id: "P001", quantity: -5, action: "sell" }, "greater than 0"],
    ["half a unit", { product_id: "P001", quantity: 1.5, action: "sell" }, "whole number"],
    ["half a unit as text", { product_id: "P001", quantity: "1.5", action: "sell" }, "whole number"],
    ["words for a number", { product_id: "P001", quantity: "many", action: "sell" }, "whole number"],
    ["more than can be counted", { product_id: "P001", quantity: 1e300, action: "add" }, "quantity"],
    ["a list for a number", { product_id: "P001", quantity: [1], action: "add" }, "quantity"],
    ["null for a number", { product_id: "P001", quantity: null, action: "add" }, "quantity"],
    ["another action", { product_id: "P001", quantity: 1, action: "steal" }, "'add' or 'sell'"],
    ["a property of every object for an action", { product_id: "P001", quantity: 1, action: "constructor" }, "'add' or 'sell'"],
    ["a list", [], "object"],
    ["half a JSON text", '{"product_id":', "JSON"],
    ["an empty body", "", "JSON"],
    ["a body beyond all measure", { product_id: "P001", quantity: 1, action: "add", note: "x".repeat(20_000) }, "16384 bytes"],
  ])("%s", async (_, body, said) => {
    const answer = await classic.send("POST", "/api/update_stock", body);
    expect(answer).toMatchObject({ status: 400, body: { success: false, message: expect.stringContaining(said) } });
    expect((await classic.get("/api/inventory")).body.inventory).toEqual(seeded);
  });

  test("a new product without a name, with less than nothing, or that is not said to be JSON", async () => {
    const add = (body: unknown, headers = {}) => classic.send("POST", "/api/add_product", body, headers);
    expect(await add({})).toMatchObject({ status: 400, body: { success: false } });
    expect(await add({ product_id: "P9", initial_quantity: -1 })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("negative") },
    });
    expect(await add({ product_id: "P9" }, { "Content-Type": "text/plain" })).toMatchObject({ status: 400 });
    expect(await classic.get("/api/inventory/P9")).toMatchObject({ status: 404 });
  });

  test("selling what nobody knows, and more than there is, in the classic words", async () => {
    expect(await update("NOPE", 1, "sell")).toEqual({
      status: 400,
      body: { success: false, message: "Product NOPE not found in inventory", new_quantity: 0, inventory: [] },
    });
    expect(await update("P002", 451, "sell")).toEqual({
      status: 400,
      body: { success: false, message: "Insufficient stock. Available: 450, Requested: 451", new_quantity: 450, inventory: [] },
    });
  });

  test("another QR format, and a page of another origin", async () => {
    expect(await classic.get("/api/qr/P001?format=gif")).toMatchObject({ status: 400 });
    expect(await classic.get("/api/inventory", { Origin: "https://evil.example" })).toMatchObject({
      status: 400,
      body: { success: false },
    });
    expect(await classic.get("/api/inventory", { Origin: page })).toMatchObject({ status: 200 });
  });
});

describe("at the same time", () => {
  test("of two who sell the last unit one gets it and one gets 400", async () => {
    await update("LAST", 1, "add");
    const answers = await Promise.all([update("LAST", 1, "sell"), update("LAST", 1, "sell")]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(await quantityOf("LAST")).toBe(0);
  });

  test("a hundred who sell two units each of 120 leave none and are sold 60 times", async () => {
    await update("RUSH", 120, "add");
    const answers = await Promise.all(Array.from({ length: 100 }, () => update("RUSH", 2, "sell")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(60);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(40);
    expect(await quantityOf("RUSH")).toBe(0);
  });

  test("ten who add the same new product make one, with everything in it", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => update("MANY", 3, "add")));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(await quantityOf("MANY")).toBe(30);
  });

  test("removing beside adding leaves a product that is gone or holds what was added, never half of it", async () => {
    const [removed] = await Promise.all([
      classic.send("DELETE", "/api/remove_product/P001"),
      ...Array.from({ length: 5 }, () => update("P001", 1, "add")),
    ]);
    expect([200, 400]).toContain(removed?.status);
    expect(await classic.api.inventory.verify()).toMatchObject({ ok: true });
    const { items } = await classic.api.inventory.stock.levels({ sku: "P001" });
    const { archived } = await classic.api.inventory.products.get("P001");
    if (archived) expect(items[0]?.onHand).toBe(0);
  });
});

/** The program as npm runs it for somebody in `directory`, until it listens or ends. */
async function runMain(directory: string, ...args: readonly string[]): Promise<{ text: string; exitCode: number | null }> {
  const main = ["--conditions=@onhand/source", "--import", "tsx", "src/main.ts", "--port", "0", ...args];
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const child = spawn(process.execPath, main, { cwd, env: { ...process.env, INIT_CWD: directory } });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.includes("OPEN TO EVERYBODY")) child.kill("SIGINT");
    });
  }
  await once(child, "close");
  return { text, exitCode: child.exitCode };
}

describe("starting again", () => {
  test("what was sold stays sold: the seed is taken in once", async () => {
    await update("P001", 100, "sell");
    await classic.send("DELETE", "/api/remove_product/P002");
    await classic.restart();
    expect((await classic.get("/api/inventory")).body.inventory).toEqual([{ ProductID: "P001", Quantity: 500 }]);
    expect(await update("P001", 1, "sell")).toMatchObject({ body: { new_quantity: 499 } });
  });

  test("a seed that is wrong is refused by line, and nothing listens", async () => {
    await writeFile(classic.seed, "ProductID,Quantity\nP001,many\nP002,-1\n");
    const error: unknown = await classic.restart().catch((thrown: unknown) => thrown);
    if (!isInventoryError(error, "INVALID_INPUT")) throw error;
    expect(error.details.issues.map(({ path }) => path)).toEqual(["line 2", "line 3"]);
    await writeFile(classic.seed, "ProductID,Quantity\nP001,600\nP002,450\n");
    await classic.restart();
  });

  test("a seed that is not there leaves no ledger behind, and files are meant from where npm was called", async () => {
    const directory = dirname(classic.seed);
    const missing = await runMain(directory, "--seed", "nothing.csv", "--data", "unmade");
    expect(missing).toMatchObject({ exitCode: 1, text: expect.stringContaining("ENOENT") });
    expect(existsSync(join(directory, "unmade"))).toBe(false);
    const made = await runMain(directory, "--seed", "inventory.csv", "--data", "made");
    expect(made.text).toContain("is listening on");
    expect(existsSync(join(directory, "made"))).toBe(true);
  });

  test("trouble of the server is 500, says nothing of itself, and is logged", async () => {
    await classic.api.inventory.close();
    const answer = await update("P001", 1, "add");
    expect(answer).toEqual({ status: 500, body: { success: false, message: "Internal server error" } });
    expect(await classic.get("/health")).toMatchObject({ status: 500 });
    expect(JSON.stringify(classic.logged)).toContain("STORAGE_CLOSED");
  });
});

test("QR labels hold the product's id, as PNG and SVG", async () => {
  const png = await fetch(`${classic.api.url}/api/qr/p001`);
  expect(png.headers.get("Content-Type")).toBe("image/png");
  const wasmBinary = (await readFile(createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm"))).buffer;
  prepareZXingModule({ overrides: { wasmBinary: wasmBinary as ArrayBuffer } });
  const codes = await readBarcodes(new Uint8Array(await png.arrayBuffer()), { formats: ["QRCode"] });
  expect(codes.map(({ text }) => text)).toEqual(["P001"]);
  const svg = await fetch(`${classic.api.url}/api/qr/P001?format=svg`);
  expect(svg.headers.get("Content-Type")).toBe("image/svg+xml");
  expect(await svg.text()).toMatch(/^<svg .*<\/svg>\s*$/su);
});

test("a shop that is full takes no new product, and goes on selling those it has", async () => {
  const full = `ProductID,Quantity\n${Array.from({ length: maximumProducts }, (_, at) => `F${at},1`).join("\n")}\n`;
  const crowded = await startFixture(full);
  const sent = (id: string, action: string) => crowded.send("POST", "/api/update_stock", { product_id: id, quantity: 1, action });
  expect(await sent("ONE-MORE", "add")).toMatchObject({ status: 400, body: { message: expect.stringContaining("products already") } });
  expect(await sent("F7", "sell")).toMatchObject({ status: 200 });
});
