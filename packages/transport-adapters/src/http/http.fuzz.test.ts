import { deepStrictEqual, ok } from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { getRequestListener } from "@hono/node-server";
import type { StorageAdapter } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import * as fc from "fast-check";
import createKnex, { type Knex } from "knex";
import { expect, it, onTestFinished } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import { mysqlDatabase, postgresDatabase, type TestDatabase } from "../../../../tests/servers";
import { heapInUse } from "../shared/testing/heap";
import { insideWords } from "../shared/testing/hostile";
import { judgeRefusal } from "../shared/testing/judge-refusal";
import { type Document, type HostileRequest, hostileRequests, webRequest, wireRequest } from "./testing/hostile-requests";
import { type Served, serve } from "./testing/served";

const often = (everyDay: number): number => budgets.hostileInput * everyDay;
const mostGrowth = 64 * 1024 * 1024;

/** What a server may say of itself that is no mistake: it lacks something, or has no room. */
const allowedTroubles = new Set([501, 503]);

const known = {
  sku: ["TEA-50", "tea-50"],
  storeId: ["berlin", "hamburg"],
  from: ["berlin"],
  to: ["hamburg"],
  currency: ["EUR"],
  timeZone: ["UTC"],
  skus: ["TEA-50"],
  storeIds: ["berlin"],
  supplierId: ["weiss"],
  id: ["r5", "m4-0", "t6", "berlin", "x"],
};

const requestsOf = async (shop: Served): Promise<fc.Arbitrary<HostileRequest>> =>
  hostileRequests((await (await shop.send("GET", "/openapi.json")).json()) as Document, known);

function judge(
  shop: Served,
  { method }: HostileRequest,
  answer: { readonly status: number; readonly type: string; readonly body: string },
): void {
  const { status, type, body } = answer;
  // Whatever nobody foresaw is logged: a silent log says more than a status.
  deepStrictEqual(shop.logged, []);
  ok(status < 500 || allowedTroubles.has(status), `${status}: ${body.slice(0, 500)}`);
  ok(!insideWords.test(body), body.slice(0, 500));
  if (status < 400 || method === "HEAD") return;
  ok(type.startsWith("application/problem+json"), `${status} is ${type}`);
  judgeRefusal((JSON.parse(body) as { readonly code?: unknown }).code, body);
}

/** Whoever asks for something sensible is served as ever. */
async function expectHealthy({ send, inventory }: Served): Promise<void> {
  expect((await send("POST", "/products", { sku: "HEALTHY", name: "Apple" })).status).toBe(201);
  expect((await send("GET", "/products/HEALTHY")).status).toBe(200);
  expect(await inventory.verify()).toMatchObject({ ok: true });
}

function onKnex(config: Knex.Config): StorageAdapter {
  const knex = createKnex(config);
  onTestFinished(() => knex.destroy());
  return sqlStorage({ knex, logger: { warn: () => undefined, error: () => undefined } });
}

function onServer(client: "pg" | "mysql2", { url, drop }: TestDatabase): StorageAdapter {
  onTestFinished(drop);
  return onKnex({ client, connection: url });
}

const sqliteInMemory = { client: "better-sqlite3", connection: { filename: ":memory:" }, useNullAsDefault: true, pool: { min: 1, max: 1 } };
const storages: readonly (readonly [name: string, cases: number, open: () => Promise<StorageAdapter> | StorageAdapter])[] = [
  ["memory", 6_000, memoryStorage],
  ["SQLite", 3_000, () => onKnex(sqliteInMemory)],
  ["PostgreSQL", 500, async () => onServer("pg", await postgresDatabase())],
  ["MariaDB", 500, async () => onServer("mysql2", await mysqlDatabase())],
];

it.each(storages)(
  "whatever is asked of %s in %i requests, the answer is one of ours and the server goes on",
  { timeout: searchTimeoutMs },
  async (_name, cases, open) => {
    const shop = await serve({ storage: await open() });
    onTestFinished(() => shop.inventory.close());
    const requests = await requestsOf(shop);
    const before = heapInUse();
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const response = await shop.handle(webRequest(request));
        judge(shop, request, { status: response.status, type: response.headers.get("content-type") ?? "", body: await response.text() });
      }),
      { numRuns: often(cases) },
    );
    expect(heapInUse() - before, "bytes that are still held").toBeLessThan(mostGrowth);
    await expectHealthy(shop);
  },
);

it("whatever comes over a socket, in 1,000 requests, the answer is one of ours or of node:http, and the server goes on", {
  timeout: searchTimeoutMs,
}, async () => {
  const shop = await serve();
  const server = createServer(getRequestListener(shop.handle));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    return shop.inventory.close();
  });
  const { port } = server.address() as AddressInfo;
  await fc.assert(
    fc.asyncProperty(await requestsOf(shop), fc.nat(9), async (request, cutShort) => {
      const bytes = wireRequest(request);
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      // Now and then only a part of it comes.
      socket.end(cutShort === 0 ? bytes.subarray(0, bytes.byteLength / 2) : bytes);
      const answer = await text(socket).catch(() => "");
      deepStrictEqual(shop.logged, []);
      const [, status, head, body] = /^HTTP\/1\.1 (\d{3}) ([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(answer) ?? [];
      ok(!insideWords.test(answer), answer.slice(0, 500));
      if (status === undefined) return;
      ok(Number(status) < 500 || allowedTroubles.has(Number(status)), answer.slice(0, 500));
      if (head?.includes("application/problem+json"))
        judgeRefusal(/"code":"([A-Z_]+)"/.exec(body ?? "")?.[1] ?? (request.method === "HEAD" ? "INVALID_INPUT" : undefined), body ?? "");
    }),
    { numRuns: often(1_000) },
  );
  await expectHealthy(shop);
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
});
