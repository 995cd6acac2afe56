import { commandRefusals, type Inventory, InventoryError, type ReadOptions } from "@onhand/core";
import { querySchemas } from "@onhand/core/schemas";
import { manualTime } from "@onhand/core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { commandRoutes, readRoutes } from "./routes";
import { allowEverythingForDemos, createHttpHandler } from "./server";
import { deferred, type Served, serve } from "./testing/served";

let shop: Served;
const sale = { sku: "TEA-50", storeId: "berlin", quantity: 1 };
const json = async (response: Response) => (await response.json()) as Record<string, unknown>;
const onHand = async () => (await shop.inventory.stock.level({ sku: "TEA-50", storeId: "berlin" })).onHand;

beforeEach(async () => {
  shop = await serve();
});

describe("routes", () => {
  test("every command and every question has one, at a place of its own", () => {
    expect(Object.keys(commandRoutes).sort()).toEqual(Object.keys(commandRefusals).sort());
    expect([...Object.keys(readRoutes), "feed.head", "feed.since"].sort()).toEqual(Object.keys(querySchemas).sort());
    const places = [...Object.values(commandRoutes), ...Object.values(readRoutes)].map(({ method, path }) => `${method} ${path}`);
    expect(new Set(places).size).toBe(places.length);
  });

  test("a handler without authenticate or authorize is refused, and so is a base path that is none", () => {
    const { inventory } = shop;
    expect(() => createHttpHandler({ inventory, authorize: allowEverythingForDemos } as never)).toThrow("authenticate is missing");
    expect(() => createHttpHandler({ inventory, authenticate: () => ({ id: "a" }) } as never)).toThrow("allowEverythingForDemos");
    const hooks = { inventory, authenticate: () => ({ id: "a" }), authorize: allowEverythingForDemos };
    expect(() => createHttpHandler({ ...hooks, basePath: "api/" })).toThrow("basePath");
  });
});

describe("commands", () => {
  test("a sale answers with its movement and its level, in the name of who is signed in", async () => {
    const response = await shop.send("POST", "/stock/sell", { ...sale, actor: "somebody else" });
    expect(response.status).toBe(200);
    expect(await json(response)).toMatchObject({
      seq: 5,
      replayed: false,
      levels: [{ available: 4 }],
      movements: [{ delta: -1, actor: "clerk" }],
    });
  });

  test("what is made is answered with 201 and where it is, however it is spelt", async () => {
    const made = await shop.send("POST", "/products", { sku: "50% a/b ü", name: "Half" });
    expect(made.status).toBe(201);
    const location = made.headers.get("location") as string;
    expect(location).toBe("/products/50%25%20a%2Fb%20%C3%BC");
    expect(await json(await shop.send("GET", location))).toMatchObject({ product: { sku: "50% a/b ü" } });
    const held = await shop.send("POST", "/reservations", { ...sale, expiresInMs: 60_000 });
    expect(held.headers.get("location")).toBe("/reservations/r6");
  });

  test("a change under a condition is refused: made without it, it could undo what somebody else changed meanwhile", async () => {
    const etag = (await shop.send("GET", "/products/TEA-50")).headers.get("etag") as string;
    for (const header of ["if-match", "if-unmodified-since"]) {
      const refused = await shop.send("PATCH", "/products/TEA-50", { name: "Tea" }, { [header]: etag });
      expect([refused.status, (await json(refused)).code]).toEqual([501, "UNSUPPORTED"]);
    }
    expect((await shop.inventory.products.get("TEA-50")).name).toBe("Green tea");
  });

  test("fields in the path belong there, and a command without a body needs none", async () => {
    const twice = await shop.send("PATCH", "/products/TEA-50", { sku: "CUP", name: "Tea" });
    expect([twice.status, (await json(twice)).details]).toEqual([400, { issues: [{ path: "sku", message: "is in the path" }] }]);
    expect(await json(await shop.send("PATCH", "/products/tea-50", { name: "Tea", barcode: null }))).toMatchObject({
      product: { name: "Tea" },
    });
    expect(await json(await shop.send("POST", "/stores/hamburg/archive"))).toMatchObject({ store: { archived: true } });
    expect((await shop.send("POST", "/stock/sell?quantity=9", sale)).status).toBe(400);
    expect(await onHand()).toBe(5);
  });

  test("documents have addresses of their own, and change under them", async () => {
    const lines = [{ sku: "TEA-50", quantity: 2 }];
    const made = async (path: string, body: object) => {
      const response = await shop.send("POST", path, body);
      expect(response.status).toBe(201);
      return response.headers.get("location") as string;
    };
    const transfer = await made("/transfers", { from: "berlin", to: "hamburg", lines });
    const shipped = (await shop.send("GET", transfer)).headers.get("etag") as string;
    expect((await shop.send("GET", transfer, undefined, { "if-none-match": shipped })).status).toBe(304);
    expect((await shop.send("POST", `${transfer}/receive`)).status).toBe(200);
    expect(await json(await shop.send("GET", transfer, undefined, { "if-none-match": shipped }))).toMatchObject({
      transfer: { status: "received" },
    });
    const sheet = await made("/counts", { storeId: "berlin" });
    await shop.send("POST", `${sheet}/record`, { lines: [{ sku: "TEA-50", counted: 2 }] });
    expect(await json(await shop.send("GET", sheet))).toMatchObject({ count: { countedCount: 1, lines: [{ variance: -1 }] } });
    expect(await json(await shop.send("POST", `${sheet}/approve`))).toMatchObject({ levels: [{ onHand: 2 }] });
    const supplier = await made("/suppliers", { id: "weiß", name: "Weiß" });
    const terms = `/supplier-terms/${supplier.split("/").at(-1)}/TEA-50`;
    expect(await json(await shop.send("PUT", terms, { minimum: 12 }))).toMatchObject({ terms: { supplierId: "weiß", minimum: 12 } });
    expect(await json(await shop.send("GET", "/supplier-terms?supplierId=weiß"))).toMatchObject({ items: [{ sku: "TEA-50" }] });
    expect((await shop.send("DELETE", terms)).status).toBe(200);
    expect(await json(await shop.send("DELETE", terms))).toMatchObject({ status: 404, code: "UNKNOWN_SUPPLIER_TERMS" });
    const order = await made("/purchase-orders", { supplierId: "weiß", storeId: "berlin", lines });
    expect(await json(await shop.send("POST", `${order}/submit`))).toMatchObject({ purchaseOrder: { status: "submitted" } });
    expect(await json(await shop.send("GET", "/levels/berlin/TEA-50"))).toMatchObject({ level: { incoming: 2 } });
  });

  test("a batch happens wholly or not at all, and names every line that failed", async () => {
    const lines = [
      { type: "sell", ...sale },
      { type: "sell", ...sale, quantity: 9 },
      { type: "sell", ...sale, sku: "NOPE" },
    ];
    const refused = await shop.send("POST", "/stock/batch", { lines });
    expect(refused.status).toBe(409);
    expect(await json(refused)).toMatchObject({
      code: "INSUFFICIENT_STOCK",
      details: { lines: [{ index: 1 }, { index: 2, code: "UNKNOWN_PRODUCT" }] },
    });
    expect(await onHand()).toBe(5);
    expect(await json(await shop.send("POST", "/stock/batch", { lines: lines.slice(0, 1) }))).toMatchObject({ levels: [{ onHand: 4 }] });
  });

  test("an Idempotency-Key is applied once, with or without quotes; another payload under it, or another key in the body, is refused", async () => {
    const sell = (body: object, key: string) => shop.send("POST", "/stock/sell", body, { "idempotency-key": key });
    expect(await json(await sell(sale, "order-7"))).toMatchObject({ replayed: false });
    expect(await json(await sell(sale, '"order-7"'))).toMatchObject({ replayed: true, levels: [{ available: 4 }] });
    expect(await json(await shop.send("POST", "/stock/sell", { ...sale, idempotencyKey: "order-7" }))).toMatchObject({ replayed: true });
    expect((await sell({ ...sale, quantity: 2 }, "order-7")).status).toBe(422);
    expect(await json(await sell({ ...sale, idempotencyKey: "order-8" }, "order-7"))).toMatchObject({ code: "INVALID_INPUT", status: 400 });
    expect((await sell(sale, "ä")).status).toBe(400);
    expect(await onHand()).toBe(4);
  });

  test("what is taken away is named in the query", async () => {
    await shop.send("PUT", "/thresholds", { sku: "TEA-50", storeId: "berlin", reorderPoint: 3 });
    expect(await json(await shop.send("GET", "/thresholds/effective?sku=TEA-50&storeId=berlin"))).toMatchObject({
      threshold: { reorderPoint: 3 },
    });
    expect((await shop.send("DELETE", "/thresholds?sku=TEA-50&storeId=berlin")).status).toBe(200);
    expect(await json(await shop.send("GET", "/thresholds/effective?sku=TEA-50&storeId=berlin"))).toMatchObject({
      code: "UNKNOWN_THRESHOLD",
      status: 404,
    });
  });
});

describe("questions", () => {
  test("lists come in pages of bounded length", async () => {
    await shop.inventory.products.create({ sku: "CUP", name: "Cup" });
    const page = await json(await shop.send("GET", "/products?limit=1&descending=true"));
    expect(page).toMatchObject({ items: [{ sku: "TEA-50" }], nextCursor: expect.any(String) });
    const next = await json(
      await shop.send("GET", `/products?limit=1&descending=true&cursor=${encodeURIComponent(page.nextCursor as string)}`),
    );
    expect(next).toEqual({ items: [expect.objectContaining({ sku: "CUP" })] });
    expect((await shop.send("GET", "/products?limit=1001")).status).toBe(400);
    expect((await shop.send("GET", "/products?limit=many")).status).toBe(400);
    expect((await shop.send("GET", "/products?limit=1&limit=2")).status).toBe(400);
    expect((await shop.send("GET", "/products?colour=red")).status).toBe(400);
    expect((await shop.send("GET", "/products/TEA-50?colour=red")).status).toBe(400);
  });

  test("numbers stay text where text is asked for, and a reference is two fields in brackets", async () => {
    await shop.inventory.products.create({ sku: "4711", name: "Cologne" });
    expect(await json(await shop.send("GET", "/products/4711"))).toMatchObject({ product: { sku: "4711" } });
    expect(await json(await shop.send("GET", "/products?search=4711"))).toMatchObject({ items: [{ sku: "4711" }] });
    await shop.inventory.stock.sell({ ...sale, reference: { type: "order", id: "1042" } });
    const found = await json(await shop.send("GET", "/movements?reference[type]=order&reference[id]=1042"));
    expect(found.items).toEqual([expect.objectContaining({ type: "sold" })]);
    const now = shop.clock.now();
    expect(await json(await shop.send("GET", `/past-levels?time=${now}&storeId=berlin`))).toMatchObject({ items: [{ onHand: 4 }] });
    expect(await json(await shop.send("GET", `/past-levels?time=${encodeURIComponent(new Date(now).toISOString())}`))).toMatchObject({
      items: [{}],
    });
    expect((await shop.send("GET", "/past-levels")).status).toBe(400);
  });

  test.each(["reference=order&reference[type]=order", "reference[type]=order&reference=order"])(
    "a field is given whole or in parts: %s",
    async (query) => {
      const refused = await shop.send("GET", `/movements?${query}`);
      expect([refused.status, (await json(refused)).detail]).toEqual([400, "reference is given more than once"]);
      expect(shop.logged).toEqual([]);
    },
  );

  test.each([true, false])("a body that breaks off is the sender's trouble and not the host's (length said: %s)", async (saysLength) => {
    const body = new ReadableStream({
      start(stream) {
        stream.enqueue(new TextEncoder().encode('{"sku":'));
        stream.error(new Error("aborted"));
      },
    });
    const headers = { authorization: "Bearer clerk", "content-type": "application/json", ...(saysLength && { "content-length": "60" }) };
    const init = { method: "POST", headers, body, duplex: "half" } as RequestInit;
    const refused = await shop.handle(new Request("http://shop.example/stock/sell", init));
    expect([refused.status, (await json(refused)).detail]).toEqual([400, "did not come whole"]);
    expect(shop.logged).toEqual([]);
  });

  test("a level that never moved is zero, and the feed tells what changed since", async () => {
    expect(await json(await shop.send("GET", "/levels/hamburg/TEA-50"))).toMatchObject({ level: { onHand: 0, seq: 0 } });
    const { epoch } = shop.inventory.feed;
    expect(await json(await shop.send("GET", "/feed/head"))).toEqual({ epoch, head: 4 });
    const since = await json(await shop.send("GET", "/feed/changes?seq=2&entities=product&entities=level"));
    expect(since).toMatchObject({ epoch, head: 4, position: 4, more: false, items: [{ entity: "product" }, { entity: "level" }] });
  });

  test("what is as it was is 304; a hold that runs out changes a level though nobody wrote", async () => {
    for (const path of ["/products/TEA-50", "/products", "/levels/berlin/TEA-50"]) {
      const first = await shop.send("GET", path);
      const etag = first.headers.get("etag") as string;
      expect(first.headers.get("cache-control")).toBe("private, no-cache");
      const again = await shop.send("GET", path, undefined, { "if-none-match": etag });
      expect([again.status, await again.text()]).toEqual([304, ""]);
    }
    const product = (await shop.send("GET", "/products/TEA-50")).headers.get("etag") as string;
    expect(product).toBe(`"${shop.inventory.feed.epoch}.3"`);
    await shop.inventory.products.update("TEA-50", { name: "Tea" });
    expect((await shop.send("GET", "/products/TEA-50", undefined, { "if-none-match": product })).status).toBe(200);

    await shop.inventory.reservations.hold({ ...sale, expiresInMs: 1_000 });
    const held = (await shop.send("GET", "/levels/berlin/TEA-50")).headers.get("etag") as string;
    shop.clock.advance(1_000);
    const free = await shop.send("GET", "/levels/berlin/TEA-50", undefined, { "if-none-match": held });
    expect([free.status, (await json(free)).level]).toEqual([200, expect.objectContaining({ reserved: 0 })]);
  });
});

describe("who may what", () => {
  const only = (allowed: (action: string, resource: Readonly<Record<string, unknown>>) => boolean) =>
    serve({ authorize: (_actor, action, resource) => allowed(action, resource) });

  test("strangers get nothing but the probes and the description", async () => {
    for (const path of ["/products", "/stock/sell", "/jobs/x", "/feed/head"]) {
      const method = path === "/stock/sell" ? "POST" : "GET";
      const response = await shop.send(method, path, undefined, { authorization: "Bearer guess" });
      expect([response.status, response.headers.get("www-authenticate"), (await json(response)).code]).toEqual([
        401,
        "Bearer",
        "UNAUTHENTICATED",
      ]);
    }
    for (const path of ["/health", "/ready", "/openapi.json", "/docs"])
      expect((await shop.send("GET", path, undefined, { authorization: "Bearer guess" })).status).toBe(200);
  });

  test("a command is asked about by its name and its input as the inventory reads it", async () => {
    const asked: unknown[] = [];
    shop = await only((action, resource) => asked.push([action, resource]) > 1);
    const refused = await shop.send("POST", "/stock/sell", { ...sale, storeId: " berlin" });
    expect([refused.status, (await json(refused)).details]).toEqual([403, { action: "stock.sell" }]);
    expect(asked).toEqual([["stock.sell", sale]]);
    expect(await onHand()).toBe(5);
    expect((await shop.send("POST", "/stock/sell", sale)).status).toBe(200);
  });

  test("rows that may not be read are left out of lists and refused one by one", async () => {
    shop = await only((action, { entity, storeId }) => action === "read" && (entity === "product" || storeId === "berlin"));
    await shop.inventory.stock.receive({ ...sale, storeId: "hamburg" });
    expect(await json(await shop.send("GET", "/levels"))).toEqual({ items: [expect.objectContaining({ storeId: "berlin" })] });
    expect(await json(await shop.send("GET", "/stores"))).toEqual({ items: [expect.objectContaining({ id: "berlin" })] });
    expect((await shop.send("GET", "/stores/hamburg")).status).toBe(403);
    expect((await shop.send("GET", "/levels/hamburg/TEA-50")).status).toBe(403);
    expect((await shop.send("GET", "/products/TEA-50")).status).toBe(200);
    expect((await shop.send("GET", "/forecasts/demand?sku=TEA-50&horizonDays=3&storeId=hamburg")).status).toBe(403);
    expect((await shop.send("GET", "/forecasts/demand?sku=TEA-50&horizonDays=3&storeId=berlin")).status).toBe(200);
    expect((await shop.send("GET", "/feed/changes?seq=0")).status).toBe(403);
  });

  test("who is confined to a store sees the transfers from and to it, and its counts and orders; what suppliers ask for, only who may", async () => {
    const asked: Readonly<Record<string, unknown>>[] = [];
    shop = await only((action, resource) => {
      asked.push(resource);
      return action === "read" && [resource.storeId, resource.from, resource.to].includes("hamburg");
    });
    const { inventory } = shop;
    await inventory.stores.create({ id: "paris", name: "Paris" });
    const lines = [{ sku: "TEA-50", quantity: 1 }];
    const { transfer } = await inventory.transfers.ship({ from: "berlin", to: "hamburg", lines });
    const { transfer: other } = await inventory.transfers.ship({ from: "berlin", to: "paris", lines });
    const { count } = await inventory.counts.start({ storeId: "berlin" });
    await inventory.suppliers.create({ id: "weiss", name: "Weiß" });
    await inventory.suppliers.setTerms({ supplierId: "weiss", sku: "TEA-50", minimum: 12 });
    const { purchaseOrder } = await inventory.purchaseOrders.create({ supplierId: "weiss", storeId: "hamburg", lines });

    expect(await json(await shop.send("GET", "/transfers"))).toEqual({ items: [transfer] });
    expect((await shop.send("GET", `/transfers/${other.id}`)).status).toBe(403);
    expect((await shop.send("GET", `/counts/${count.id}`)).status).toBe(403);
    expect(await json(await shop.send("GET", "/purchase-orders"))).toEqual({ items: [purchaseOrder] });
    expect(await json(await shop.send("GET", "/supplier-terms"))).toEqual({ items: [] });
    expect((await shop.send("GET", "/suppliers/weiss")).status).toBe(403);
    expect(asked).toEqual([
      { entity: "transfer", key: transfer.id, from: "berlin", to: "hamburg" },
      { entity: "transfer", key: other.id, from: "berlin", to: "paris" },
      { entity: "transfer", key: other.id, from: "berlin", to: "paris" },
      { entity: "count", key: count.id, storeId: "berlin" },
      { entity: "purchaseOrder", key: purchaseOrder.id, storeId: "hamburg" },
      { entity: "supplierTerms", key: "weiss/TEA-50", sku: "TEA-50" },
      { entity: "supplier", key: "weiss" },
    ]);
  });

  test("a hook that throws means no, an authenticate that throws is the host's trouble", async () => {
    shop = await serve({
      authorize: () => {
        throw new Error("password=hunter2");
      },
    });
    const denied = await shop.send("POST", "/stock/sell", sale);
    expect([denied.status, await denied.text()]).toEqual([403, expect.not.stringContaining("hunter2")]);
    shop = await serve({ authenticate: () => Promise.reject(new Error("password=hunter2")) });
    const response = await shop.send("GET", "/products");
    expect([response.status, await response.text()]).toEqual([503, expect.not.stringContaining("hunter2")]);
    expect(JSON.stringify(shop.logged.map(({ facts }) => String((facts.error as Error).cause)))).toContain("hunter2");
    shop = await serve({ authenticate: () => Promise.reject(new InventoryError("RATE_LIMITED", { retryAfterMs: 2_100 })) });
    const limited = await shop.send("GET", "/products");
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
  });

  test("pages of foreign origins stay outside, and allowed ones are told so", async () => {
    const from = (origin: string, method = "GET") => shop.send(method, "/products", undefined, { origin, host: "shop.example" });
    expect((await from("http://shop.example")).status).toBe(200);
    expect((await from("https://evil.example")).status).toBe(403);
    expect((await from("null")).status).toBe(403);
    shop = await serve({ allowedOrigins: ["https://admin.example"] });
    const allowed = await from("https://admin.example");
    expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([200, "https://admin.example"]);
    const preflight = await from("https://admin.example", "OPTIONS");
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("idempotency-key");
    expect([preflight.headers.get("x-content-type-options"), preflight.headers.get("x-request-id")]).toEqual([
      "nosniff",
      expect.any(String),
    ]);
    const foreign = await from("https://evil.example", "OPTIONS");
    expect([foreign.status, foreign.headers.get("access-control-allow-origin")]).toEqual([403, null]);
  });

  test("an allowed page gives commands and may read what is refused, under the id it gave", async () => {
    const origin = "https://admin.example";
    shop = await serve({ allowedOrigins: [origin], basePath: "/api" });
    const ask = async (method: string, path: string, body?: object) => {
      const response = await shop.send(method, `/api${path}`, body, { origin, "x-request-id": "till-7" });
      const { headers } = response;
      expect([headers.get("access-control-allow-origin"), headers.get("x-request-id"), headers.get("vary")]).toEqual([
        origin,
        "till-7",
        expect.stringMatching(/origin/iu),
      ]);
      return response;
    };
    expect((await ask("POST", "/products", { sku: "CUP", name: "Cup" })).status).toBe(201);
    expect((await ask("HEAD", "/products/CUP")).status).toBe(200);
    expect((await ask("GET", "/nothing")).status).toBe(404);
    const unknown = await ask("DELETE", "/products");
    expect([unknown.status, unknown.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    expect(await (await ask("POST", "/products", { sku: "CUP", name: "Cup" })).json()).toMatchObject({
      code: "ALREADY_EXISTS",
      requestId: "till-7",
    });
  });
});

describe("refusals are problem details", () => {
  test.each([
    ["too much", "/stock/sell", { ...sale, quantity: 6 }, 409, "INSUFFICIENT_STOCK"],
    ["an unknown product", "/stock/sell", { ...sale, sku: "NOPE" }, 404, "UNKNOWN_PRODUCT"],
    ["text for a quantity", "/stock/sell", { ...sale, quantity: "1" }, 400, "INVALID_INPUT"],
    ["a field that does not exist", "/stock/sell", { ...sale, colour: "red" }, 400, "INVALID_INPUT"],
    ["a list", "/stock/sell", [sale], 400, "INVALID_INPUT"],
    ["half a JSON text", "/stock/sell", '{"sku":', 400, "INVALID_INPUT"],
    ["a prototype", "/stock/sell", `{"__proto__":{"quantity":1},"sku":"TEA-50","storeId":"berlin","quantity":1}`, 400, "INVALID_INPUT"],
    ["a path that is none", "/stock/steal", sale, 404, "UNKNOWN_ROUTE"],
    ["a job that is none", "/jobs/nothing", {}, 405, "UNSUPPORTED"],
  ])("%s", async (_, path, body, status, code) => {
    const response = await shop.send("POST", path, body);
    expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
    const problem = await json(response);
    expect(problem).toMatchObject({ status, code, requestId: response.headers.get("x-request-id") });
    expect(problem.type).toBe(`urn:onhand:error:${code.toLowerCase().replaceAll("_", "-")}`);
    expect(await onHand()).toBe(5);
  });

  test("another method is 405 with those there are, another type 415, too long 413 however it comes, and bytes that are no text 400", async () => {
    const put = await shop.send("PUT", "/products", {});
    expect([put.status, put.headers.get("allow"), put.headers.get("content-type")]).toEqual([
      405,
      "GET, HEAD, POST",
      "application/problem+json",
    ]);
    expect((await shop.send("POST", "/stock/sell", sale, { "content-type": "text/plain" })).status).toBe(415);
    expect((await shop.send("POST", "/stock/sell", sale, { "content-type": "application/json; charset=latin1" })).status).toBe(415);
    expect((await shop.send("POST", "/stock/sell", sale, { "content-encoding": "gzip" })).status).toBe(415);
    expect((await shop.send("POST", "/stock/sell", { ...sale, reason: "x".repeat(300_000) })).status).toBe(413);
    expect((await shop.send("POST", "/stock/sell", sale, { "content-length": "300000" })).status).toBe(413);
    expect((await shop.send("POST", "/stock/sell", { ...sale, reason: "x".repeat(300_000) }, { "content-length": "9" })).status).toBe(413);
    const broken = new Request("http://shop.example/stock/sell", {
      method: "POST",
      headers: { authorization: "Bearer clerk", "content-type": "application/json" },
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect((await shop.handle(broken)).status).toBe(400);
    expect(await onHand()).toBe(5);
  });

  test("a body without a length is counted as it comes, and no more is taken of it than its bound", async () => {
    let taken = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        taken += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const request = new Request("http://shop.example/stock/sell", {
      method: "POST",
      headers: { authorization: "Bearer clerk", "content-type": "application/json" },
      body: endless,
      duplex: "half",
    } as RequestInit);
    expect((await shop.handle(request)).status).toBe(413);
    expect(taken).toBeLessThan(1_000_000);
  });

  test("the host's troubles are told by their code alone, and logged with the request's id", async () => {
    const trouble = new InventoryError("STORAGE_CORRUPT", { file: "/srv/stock/journal.csv", line: 7, reason: "a secret of the disk" });
    const failing: Inventory = { ...shop.inventory, execute: () => Promise.reject(trouble) };
    shop = await serve({ inventory: failing });
    const response = await shop.send("POST", "/stock/sell", sale, { "x-request-id": "from-the-proxy-1" });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: "STORAGE_CORRUPT", details: {}, requestId: "from-the-proxy-1" });
    expect(text).not.toMatch(/srv|secret/u);
    expect(shop.logged).toMatchObject([{ facts: { requestId: "from-the-proxy-1", error: trouble } }]);
  });

  test("an error nobody foresaw leaves a command's outcome unknown, and a question unanswered; its words stay here", async () => {
    const driver = () => Promise.reject(new Error("INSERT INTO secret"));
    const failing = { ...shop.inventory, execute: driver, products: { ...shop.inventory.products, list: driver } } as Inventory;
    shop = await serve({ inventory: failing });
    const command = await shop.send("POST", "/stock/sell", sale, { "idempotency-key": "order-9" });
    expect([command.status, await json(command)]).toEqual([
      504,
      expect.objectContaining({ details: { idempotencyKey: "order-9" }, retryable: true }),
    ]);
    const question = await shop.send("GET", "/products");
    expect([question.status, await question.text()]).toEqual([500, expect.not.stringContaining("secret")]);
    expect(question.headers.get("retry-after")).toBe("1");
  });

  test("a request's own id is kept where it is sane and made where it is not", async () => {
    const idOf = async (id?: string) =>
      (await shop.send("GET", "/health", undefined, id ? { "x-request-id": id } : {})).headers.get("x-request-id");
    expect(await idOf("abc-123_4=")).toBe("abc-123_4=");
    expect(await idOf("x".repeat(129))).toMatch(/^[\da-f-]{36}$/);
    expect(await idOf("a<script>")).toMatch(/^[\da-f-]{36}$/);
    expect(await idOf()).toMatch(/^[\da-f-]{36}$/);
  });
});

describe("time", () => {
  test("a command that takes too long is OUTCOME_UNKNOWN, though it goes on; a question is 503", async () => {
    const time = manualTime();
    const slow = deferred<never>();
    const begun = deferred<void>();
    let asked: ReadOptions = {};
    const wait = (_what: unknown, options: ReadOptions = {}) => {
      asked = options;
      begun.resolve();
      return slow.promise;
    };
    const hanging = { ...shop.inventory, execute: wait, stores: { ...shop.inventory.stores, list: wait } } as unknown as Inventory;
    shop = await serve({ inventory: hanging, timers: time.timers, limits: { timeoutMs: 500 } });
    const command = shop.send("POST", "/stock/sell", sale, { "idempotency-key": "order-1" });
    await begun.promise;
    time.advance(500);
    expect(await json(await command)).toMatchObject({ status: 504, code: "OUTCOME_UNKNOWN", details: { idempotencyKey: "order-1" } });
    const question = shop.send("GET", "/stores");
    await new Promise((resolve) => setImmediate(resolve));
    time.advance(500);
    const answer = await question;
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(asked.signal?.reason).toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  });

  test("a body that never ends is given up in time, with nothing submitted", async () => {
    const time = manualTime();
    shop = await serve({ timers: time.timers });
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"sku":')) });
    const headers = { authorization: "Bearer clerk", "content-type": "application/json" };
    const answer = shop.handle(
      new Request("http://shop.example/stock/sell", { method: "POST", headers, body, duplex: "half" } as RequestInit),
    );
    await new Promise((resolve) => setImmediate(resolve));
    time.advance(30_000);
    expect((await answer).status).toBe(503);
  });
});

describe("probes", () => {
  test("alive is not ready: a closed storage and a full queue are 503", async () => {
    expect(await json(await shop.send("GET", "/ready"))).toEqual({ status: "ready" });
    const full = { ...shop.inventory, load: { waiting: 10, maximumWaiting: 10 } };
    expect(await json(await (await serve({ inventory: full })).send("GET", "/ready"))).toMatchObject({ status: 503, code: "QUEUE_FULL" });
    await shop.inventory.close();
    expect(await json(await shop.send("GET", "/ready"))).toMatchObject({ status: 503, code: "STORAGE_CLOSED" });
    expect((await shop.send("GET", "/health")).status).toBe(200);
    expect((await shop.send("POST", "/stock/sell", sale)).status).toBe(503);
  });
});
