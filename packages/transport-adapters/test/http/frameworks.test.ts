import "reflect-metadata";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { createInventory, type Inventory } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { allowEverythingForDemos, createHttpHandler } from "@onhand/transport-adapters/http";
import { createHttpClient } from "@onhand/transport-adapters/http/client";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let inventory: Inventory;
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  inventory = await createInventory({ storage: memoryStorage() });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.products.create({ sku: "TEA/50", name: "Green tea" });
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const handlerAt = (basePath: string) =>
  createHttpHandler({
    inventory,
    basePath,
    authenticate: (request) => (request.headers.get("authorization") === "Bearer clerk" ? { id: "clerk" } : undefined),
    authorize: allowEverythingForDemos,
  });

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => server.closeAllConnections(),
  );
  return addressOf(server);
}

/** The same conversation with every server: what the path, the body, the headers and the status carry must come through. */
async function converse(url: string, fetch: typeof globalThis.fetch = globalThis.fetch): Promise<void> {
  const client = createHttpClient({ url: `${url}/api`, getToken: () => "clerk", fetch });
  const receive = { sku: "tea/50", storeId: "berlin", quantity: 5, idempotencyKey: "delivery-1" };
  expect(await client.stock.receive(receive)).toMatchObject({ replayed: false, movements: [{ actor: "clerk" }] });
  expect(await client.stock.receive(receive)).toMatchObject({ replayed: true });
  expect(await client.products.get("TEA/50")).toMatchObject({ name: "Green tea" });
  await expect(client.stock.sell({ sku: "TEA/50", storeId: "berlin", quantity: 9 })).rejects.toMatchObject({ code: "INSUFFICIENT_STOCK" });
  await expect(createHttpClient({ url: `${url}/api`, fetch }).products.list()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });

  const raw = (path: string, init?: RequestInit) =>
    fetch(`${url}/api${path}`, { ...init, headers: { authorization: "Bearer clerk", ...init?.headers } });
  const page = await raw("/levels?sku=TEA%2F50");
  expect(await page.json()).toMatchObject({ items: [{ onHand: 5 }] });
  expect((await raw("/levels?sku=TEA%2F50", { headers: { "if-none-match": page.headers.get("etag") ?? "" } })).status).toBe(304);
  const json = { "content-type": "application/json" };
  expect((await raw("/stock/sell", { method: "POST", headers: json, body: "{" })).status).toBe(400);
  expect((await raw("/stock/sell", { method: "POST", headers: json, body: JSON.stringify({ reason: "x".repeat(300_000) }) })).status).toBe(
    413,
  );
  const later = await raw("/stores/berlin", {
    method: "PATCH",
    headers: { ...json, prefer: "respond-async" },
    body: '{"name":"Berlin Mitte"}',
  });
  expect([later.status, later.headers.get("location")]).toEqual([202, expect.stringContaining("/api/jobs/")]);
  expect((await raw("/products/none")).headers.get("content-type")).toContain("application/problem+json");
}

describe("the handler is mounted as the guide says", () => {
  test("in node:http", async () => {
    const url = await listening(createServer(getRequestListener(handlerAt("/api"))));
    await converse(url);
  });

  test("in Express, beside a body parser of the host that comes later", async () => {
    const app = express();
    const onhand = getRequestListener(handlerAt("/api"));
    app.use((request, response, next) => (request.path.startsWith("/api/") ? void onhand(request, response) : next()));
    app.use(express.json());
    app.get("/", (_, response) => void response.send("the rest of the app"));
    const url = await listening(createServer(app));
    await converse(url);
    expect(await (await fetch(url)).text()).toBe("the rest of the app");
  });

  test("in Fastify", async () => {
    const app = fastify();
    const onhand = getRequestListener(handlerAt("/api"));
    app.register(async (scope) => {
      // The handler reads bodies itself, so Fastify leaves them alone here.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser("*", (_request, _body, done) => done(null));
      scope.all("/api/*", (request, reply) => {
        reply.hijack();
        return onhand(request.raw, reply.raw);
      });
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    closing.push(() => app.close());
    await converse(addressOf(app.server));
  });

  test("in a Next route handler, called as Next calls it", async () => {
    const handle = handlerAt("/api");
    // app/api/[...path]/route.ts exports these; Next hands them a Request and what is in the brackets.
    const route = { GET: handle, POST: handle, PUT: handle, PATCH: handle, DELETE: handle } as const;
    const next = async (input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, init);
      const answer = route[request.method as keyof typeof route] as (request: Request, context: object) => Promise<Response>;
      return answer(request, { params: Promise.resolve({ path: [] }) });
    };
    await converse("http://shop.example", next);
  });

  test("in NestJS", async () => {
    class Shop {}
    Module({})(Shop);
    const app = await NestFactory.create(Shop, { logger: false, bodyParser: false });
    const onhand = getRequestListener(handlerAt("/api"));
    app.use((request: { path: string }, response: unknown, next: () => void) =>
      request.path.startsWith("/api/") ? void onhand(request as never, response as never) : next(),
    );
    await app.listen(0, "127.0.0.1");
    closing.push(() => app.close());
    await converse(addressOf(app.getHttpServer() as Server));
  });

  test("in Hono", async () => {
    const app = new Hono();
    const handle = handlerAt("/api");
    app.all("/api/*", (context) => handle(context.req.raw));
    await converse("http://shop.example", async (input, init) => app.request(new Request(input, init)));
  });
});
