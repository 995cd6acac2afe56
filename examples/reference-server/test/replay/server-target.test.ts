import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { serverTarget } from "../../src/replay/server-target";

type Answer = { readonly status: number; readonly body: object };

async function serverAnswering(answer: (request: IncomingMessage, body: unknown) => Answer | Promise<Answer>): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { status, body } = await answer(request, chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("commands go to the server's routes with their key and the token", async () => {
  const seen: unknown[] = [];
  const url = await serverAnswering((request, body) => {
    seen.push([request.method, request.url, request.headers.authorization, request.headers["idempotency-key"], body]);
    return { status: 200, body: { replayed: true, head: 12 } };
  });
  const target = serverTarget(`${url}/`, "secret");
  const input = { sku: "A", storeId: "eire", quantity: 1, idempotencyKey: "replay:1:line:1" };
  expect(await target.execute("stock.sell", input)).toEqual({ replayed: true });
  await target.execute("products.create", { sku: "A", name: "A" });
  expect(await target.head()).toBe(12);
  expect(await target.verify()).toBeUndefined();
  expect(seen).toEqual([
    ["POST", "/api/stock/sell", "Bearer secret", "replay:1:line:1", { sku: "A", storeId: "eire", quantity: 1 }],
    ["POST", "/api/products", "Bearer secret", undefined, { sku: "A", name: "A" }],
    ["GET", "/api/feed/head", "Bearer secret", undefined, undefined],
  ]);
});

test("commands on one level arrive one after the other, a refused one holding up nobody; other levels don't wait", async () => {
  const arrived: string[] = [];
  const release: (() => void)[] = [];
  const url = await serverAnswering(async (_, body) => {
    const { sku, quantity } = body as { sku: string; quantity: number };
    arrived.push(`${sku}${quantity}`);
    if (sku === "B") return { status: 200, body: { replayed: false } };
    await new Promise<void>((resolve) => release.push(resolve));
    return quantity === 1
      ? { status: 409, body: { code: "INSUFFICIENT_STOCK", details: { requested: 1, available: 0 } } }
      : { status: 200, body: { replayed: false } };
  });
  const target = serverTarget(url, undefined);
  const send = (sku: string, quantity: number) => target.execute("stock.sell", { sku, storeId: "eire", quantity });
  const first = send("A", 1);
  const second = send("A", 2);
  await send("B", 1);
  await expect.poll(() => arrived).toContain("A1");
  expect(arrived).not.toContain("A2");
  release.shift()?.();
  await expect(first).rejects.toMatchObject({ code: "INSUFFICIENT_STOCK" });
  await expect.poll(() => release).toHaveLength(1);
  release.shift()?.();
  await second;
});

test("a server that is not there, or answers something else, is named", async () => {
  await expect(serverTarget("http://127.0.0.1:1", undefined).head()).rejects.toThrow("http://127.0.0.1:1 gave no answer");
  const url = await serverAnswering(() => ({ status: 404, body: {} }));
  await expect(serverTarget(url, undefined).head()).rejects.toThrow(`${url} gave no answer (the server answered 404)`);
  expect(() => serverTarget("127.0.0.1:3000", undefined)).toThrow("--server must be an address such as");
});
