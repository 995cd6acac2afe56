import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInventory, type Inventory, InventoryError, type Logger } from "@onhand/core";
import { encodeFrame, type ServerFrame } from "@onhand/core/protocol";
import { manualTime } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sseTransport } from "./client";
import { createEventReader, type StreamEvent } from "./event-stream";
import { allowEverythingForDemos, createSseServer, type SseServer, type SseServerOptions } from "./server";

const tea = { sku: "TEA", storeId: "berlin" };
const cleanups: (() => unknown)[] = [];
let inventory: Inventory;
let server: Server;
let url: string;
let logged: unknown[];

beforeEach(async () => {
  logged = [];
  inventory = await createInventory({ storage: memoryStorage() });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.products.create({ sku: "TEA", name: "Green tea" });
  await inventory.stock.receive({ ...tea, quantity: 10 });
});

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
  server.close();
  server.closeAllConnections();
  await inventory.close();
});

async function serve(options: Partial<SseServerOptions> = {}): Promise<SseServer> {
  const logger: Logger = { error: ({ error }) => void logged.push(error), warn: () => undefined };
  const live = createSseServer({
    inventory,
    authenticate: ({ token }) => (token === undefined || token === "bad" ? undefined : { id: token }),
    authorize: allowEverythingForDemos,
    logger,
    ...options,
  });
  server = createServer((request, response) => {
    if (!live.handle(request, response)) response.end("the host's own page");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live/events`;
  cleanups.push(() => live.close());
  return live;
}

/** Reads an event stream as a browser's EventSource would. */
async function open(query: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  cleanups.push(() => abort.abort());
  const response = await fetch(url + query, { headers: { authorization: "Bearer ada", ...headers }, signal: abort.signal });
  const texts: string[] = [];
  const events: StreamEvent[] = [];
  const take = createEventReader();
  const read = async () => {
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      const text = new TextDecoder().decode(piece);
      texts.push(text);
      events.push(...take(text));
    }
  };
  if (response.status === 200) read().catch(() => undefined);
  return {
    response,
    events,
    /** The id that a browser would come back with. */
    lastId: () => [...texts.join("").matchAll(/^id: (.*)$/gm)].at(-1)?.[1],
    frames: (name: string) => events.filter(({ event }) => event === name).map(({ data }) => JSON.parse(data) as ServerFrame),
    close: () => abort.abort(),
  };
}

const onHandOf = (frames: readonly ServerFrame[]) =>
  frames.flatMap((frame) => ("changes" in frame ? frame.changes.map(({ value }) => ("onHand" in value ? value.onHand : undefined)) : []));

describe("an EventSource", () => {
  it("reads a snapshot and then changes, and comes back by Last-Event-ID to just what it missed", async () => {
    const live = await serve();
    const first = await open("?entities=level&storeIds=berlin");
    expect(first.response.headers.get("content-type")).toContain("text/event-stream");
    await expect.poll(() => onHandOf(first.frames("snap"))).toEqual([10]);
    await inventory.stock.sell({ ...tea, quantity: 1 });
    await expect.poll(() => onHandOf(first.frames("d"))).toEqual([9]);
    const id = first.lastId();
    expect(id).toBe(`${inventory.feed.epoch}:4`);
    first.close();
    await expect.poll(() => live.connections).toBe(0);
    await inventory.stock.sell({ ...tea, quantity: 2 });
    const second = await open("?entities=level&storeIds=berlin", { "last-event-id": id ?? "" });
    await expect.poll(() => onHandOf(second.frames("d"))).toEqual([7]);
    expect(second.frames("snap")).toEqual([]);
    expect(second.frames("subbed")).toMatchObject([{ how: "replay", position: 4 }]);
  });

  it.each(["nonsense", ":", "other-epoch:3", "9".repeat(400)])("with the Last-Event-ID %s gets everything", async (id) => {
    await serve();
    const stream = await open("?entities=level", { "last-event-id": id });
    await expect.poll(() => onHandOf(stream.frames("snap"))).toEqual([10]);
  });

  it("stays while it reads: heartbeats are answered in its place", async () => {
    const time = manualTime();
    const live = await serve({ clock: time.clock, timers: time.timers });
    const stream = await open("?entities=level");
    await expect.poll(() => stream.frames("snap").at(-1)).toMatchObject({ last: true });
    for (let second = 0; second < 120; second += 1) {
      time.advance(1_000);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(live.connections).toBe(1);
  });

  it("is told in so many words when it may not read, and when to come back", async () => {
    const live = await serve({ authorize: () => false });
    const stream = await open("?entities=level");
    await expect.poll(() => stream.frames("nack")).toMatchObject([{ code: "FORBIDDEN" }]);
    await live.close({ afterMs: 100 });
    await expect.poll(() => stream.frames("bye")).toMatchObject([{ code: "STORAGE_UNAVAILABLE" }]);
  });

  it.each([
    ["without a login", "?entities=level", { authorization: "" }, 401],
    ["of nobody the server knows", "?entities=level", { authorization: "Bearer bad" }, 401],
    ["for what does not exist", "?entities=level,dragons", {}, 400],
    ["for nothing", "?entities=", {}, 400],
    ["of a foreign page", "?entities=level", { origin: "https://evil.example" }, 403],
    ["of a sandboxed page", "?entities=level", { origin: "null" }, 403],
  ])("%s is refused", async (_, query, headers, status) => {
    const live = await serve();
    expect((await open(query, headers as Record<string, string>)).response.status).toBe(status);
    expect(live.connections).toBe(0);
  });
});

describe("requests beside the stream", () => {
  async function link() {
    const stream = await open("");
    await expect.poll(() => stream.events.length).toBeGreaterThan(0);
    const name = stream.events[0]?.data ?? "";
    const post = async (batch: string, body: string, more: Record<string, string> = {}) =>
      (await fetch(url, { method: "POST", body, headers: { "onhand-link": name, "onhand-batch": batch, ...more } })).status;
    return { stream, post, name };
  }
  const sell = (id: string) => encodeFrame({ t: "op", id, command: "stock.sell", input: { ...tea, quantity: 1 } });

  it("are taken in order, once each, however often one is sent", async () => {
    await serve();
    const { stream, post } = await link();
    const hello = `${encodeFrame({ t: "hello", v: 1 })}\n${sell("a")}\n\n${sell("b")}`;
    expect([await post("1", hello), await post("1", hello), await post("2", sell("c")), await post("2", sell("c"))]).toEqual([
      204, 204, 204, 204,
    ]);
    const acks = () => stream.frames("message").flatMap((frame) => (frame.t === "ack" ? [[frame.id, frame.replayed]] : []));
    await expect.poll(acks).toEqual([
      ["a", false],
      ["b", false],
      ["c", false],
    ]);
    expect([await post("9", sell("d")), await post("", sell("d")), await post("x", sell("d"))]).toEqual([409, 409, 409]);
    expect((await inventory.stock.level(tea)).onHand).toBe(7);
  });

  it("of an unknown link, a foreign page or another method are refused", async () => {
    await serve({ allowedOrigins: ["https://shop.example"] });
    const { post } = await link();
    const status = async (init: RequestInit) => (await fetch(url, init)).status;
    expect(await status({ method: "POST", body: "{}", headers: { "onhand-link": "guessed" } })).toBe(404);
    expect(await status({ method: "POST", body: "{}" })).toBe(404);
    expect(await post("1", sell("a"), { origin: "https://evil.example" })).toBe(403);
    expect(await status({ method: "DELETE" })).toBe(405);
    expect((await inventory.stock.level(tea)).onHand).toBe(10);
  });

  it("that are far too long end the link, and keep nothing of it", async () => {
    const live = await serve({ limits: { maxFrameBytes: 1_000 } });
    const { post } = await link();
    expect(await post("1", "x".repeat(200_000)).catch(() => 413)).toBe(413);
    await expect.poll(() => live.connections).toBe(0);
  });

  it("that never end are few: the server keeps a bounded number of bodies for a link", async () => {
    await serve();
    const { name } = await link();
    const begin = () => {
      const unfinished = request(url, { method: "POST", headers: { "onhand-link": name, "onhand-batch": "1", "content-length": "1000" } });
      unfinished.on("error", () => undefined);
      cleanups.push(() => unfinished.destroy());
      unfinished.write("{");
      return unfinished;
    };
    const answered: number[] = [];
    for (const each of Array.from({ length: 7 }, begin)) each.on("response", ({ statusCode }) => answered.push(statusCode ?? 0));
    await expect.poll(() => answered).toEqual([429, 429, 429]);
  });

  it("of a listed page are allowed by CORS, and by it only", async () => {
    await serve({ allowedOrigins: ["https://shop.example"] });
    const preflight = await fetch(url, { method: "OPTIONS", headers: { origin: "https://shop.example" } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("https://shop.example");
    expect(preflight.headers.get("access-control-allow-headers")).toContain("onhand-link");
    const foreign = await fetch(url, { method: "OPTIONS", headers: { origin: "https://evil.example" } });
    expect([foreign.status, foreign.headers.get("access-control-allow-origin")]).toEqual([403, null]);
  });

  it("for other paths are the host's, and nothing of all this is logged as its trouble", async () => {
    await serve();
    expect(await (await fetch(new URL("/", url))).text()).toBe("the host's own page");
    expect(logged).toEqual([]);
  });

  it("are refused with the time to come back where an address has guessed too often", async () => {
    await serve({
      authenticate: () => {
        throw new InventoryError("RATE_LIMITED", { retryAfterMs: 1_500 });
      },
    });
    const { response } = await open("");
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "2"]);
    expect(logged).toEqual([]);
  });

  it("are refused while the server is full", async () => {
    await serve({ limits: { maxConnections: 1 } });
    await link();
    expect((await open("")).response.status).toBe(503);
  });
});

describe("the client's side", () => {
  const connect = (fetch: typeof globalThis.fetch) => {
    const told: string[] = [];
    const link = sseTransport({ url: "http://shop.example/live/events", fetch }).connect({
      onOpen: () => told.push("open"),
      onFrame: ({ t }) => told.push(t),
      onClose: ({ reason, code }) => told.push(`close ${code ?? ""} ${reason}`),
    });
    cleanups.push(() => link.close());
    return { told, link };
  };
  const streamOf = (...pieces: string[]) =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
        },
      }),
    );

  it("sends a request again that a dead connection swallowed, under the same number, and goes on after it", async () => {
    await serve();
    const posts: [string | null, string][] = [];
    const { told, link } = connect(async (_, init) => {
      if (init?.method !== "POST") return streamOf("event: link\ndata: n\n\n");
      posts.push([new Headers(init.headers).get("onhand-batch"), String(init.body)]);
      if (posts.length === 1) throw new TypeError("the socket was closed");
      return new Response(null, { status: 204 });
    });
    await expect.poll(() => told).toEqual(["open"]);
    link.send({ t: "pong" });
    link.send({ t: "unsub", sid: "f1" });
    await expect.poll(() => posts.length).toBe(3);
    expect(posts).toEqual([
      ["1", '{"t":"pong"}'],
      ["1", '{"t":"pong"}'],
      ["2", '{"t":"unsub","sid":"f1"}'],
    ]);
    expect(told).toEqual(["open"]);
  });

  it.each([
    ["what is no frame", "data: {}\n\n", "close 4502 the server sent a malformed frame"],
    ["a close", 'event: close\ndata: {"code":4001,"reason":"unavailable"}\n\n', "close 4001 unavailable"],
  ])("ends when the server sends %s", async (_, piece, close) => {
    await serve();
    const { told } = connect(async () => streamOf(piece, 'data: {"t":"hb","head":1}\n\n'));
    await expect.poll(() => told).toEqual([close]);
  });

  it("ends when the server refuses the stream or a request", async () => {
    await serve();
    const refused = connect(async () => new Response("{}", { status: 503 }));
    await expect.poll(() => refused.told).toEqual(["close  no connection could be opened: the server answered 503"]);
    const gone = connect(async (_, init) =>
      init?.method === "POST" ? new Response("{}", { status: 404 }) : streamOf("event: link\ndata: n\n\n"),
    );
    await expect.poll(() => gone.told).toEqual(["open"]);
    gone.link.send({ t: "pong" });
    await expect.poll(() => gone.told).toEqual(["open", "close  the server answered 404"]);
  });
});
