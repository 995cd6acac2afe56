import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect as connectTcp, type Socket } from "node:net";
import { createInventory, type Inventory, InventoryError, type Logger } from "@onhand/core";
import {
  type ClientFrame,
  encodeFrame,
  parseServerFrame,
  type ServerFrame,
  subprotocol,
  type TransportConnection,
} from "@onhand/core/protocol";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { wsTransport } from "./client";
import { allowEverythingForDemos, createWsServer, type WsServer, type WsServerOptions } from "./server";

const silent: Logger = { error: () => undefined, warn: () => undefined };
const cleanups: (() => unknown)[] = [];
let inventory: Inventory;
let server: Server;
let origin: string;

beforeEach(async () => {
  inventory = await createInventory({ storage: memoryStorage() });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.products.create({ sku: "A", name: "Apple" });
  await inventory.stock.receive({ sku: "A", storeId: "berlin", quantity: 10 });
  server = createServer((_, response) => response.end("the host's own page"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
  server.close();
  server.closeAllConnections();
  await inventory.close();
});

function serve(options: Partial<WsServerOptions> = {}): WsServer {
  const live = createWsServer({
    inventory,
    server,
    authenticate: ({ token }) => (token === undefined || token === "bad" ? undefined : { id: token }),
    authorize: allowEverythingForDemos,
    logger: silent,
    ...options,
  });
  cleanups.push(() => live.close());
  return live;
}

/** A client of the transport, and a way to wait for what it hears. */
function connect({ token = "ada", url = `${origin}/live` } = {}) {
  const frames: ServerFrame[] = [];
  const waiting = new Set<() => void>();
  let closed: { reason: string; code?: number } | undefined;
  const wake = () => {
    for (const check of [...waiting]) check();
  };
  const link: TransportConnection = wsTransport({ url, getToken: () => token }).connect({
    onOpen: () => link.send({ t: "hello", v: 1, token }),
    onFrame(frame) {
      frames.push(frame);
      wake();
    },
    onClose(why) {
      closed = why;
      wake();
    },
  });
  cleanups.push(() => link.close());

  function until<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const check = () => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  }

  type FrameOf<T extends ServerFrame["t"]> = Extract<ServerFrame, { t: T }>;
  return {
    say: (frame: ClientFrame) => link.send(frame),
    close: () => link.close(),
    /** The first frame of this type that fits, now or later. */
    hear: <T extends ServerFrame["t"]>(type: T, fits: (frame: FrameOf<T>) => boolean = () => true) =>
      until(() => frames.find((frame): frame is FrameOf<T> => frame.t === type && fits(frame as FrameOf<T>))),
    closed: () => until(() => closed),
  };
}

/** A bare socket, for what a well-behaved client never does. */
function bare(headers: Record<string, string> = {}, protocols: string[] = [subprotocol], path = "/live"): WebSocket {
  const socket = new WebSocket(origin.replace("http", "ws") + path, protocols, { headers });
  socket.on("error", () => undefined);
  cleanups.push(() => socket.terminate());
  return socket;
}

async function statusOf(socket: WebSocket): Promise<number | undefined> {
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  response.resume();
  return response.statusCode;
}

async function frameOf(socket: WebSocket): Promise<ServerFrame> {
  const [data] = (await once(socket, "message")) as [Buffer];
  return parseServerFrame(data.toString());
}

const levels = { entities: ["level" as const] };

describe("two clients on real sockets", () => {
  it("see each other's sales", async () => {
    serve();
    const [ada, grace] = [connect({ token: "ada" }), connect({ token: "grace" })];
    await Promise.all([ada.hear("welcome"), grace.hear("welcome")]);
    for (const client of [ada, grace]) client.say({ t: "sub", ref: "r", filter: levels });
    await Promise.all([ada.hear("snap", ({ last }) => last), grace.hear("snap", ({ last }) => last)]);
    ada.say({ t: "op", id: "sale-1", command: "stock.sell", input: { sku: "A", storeId: "berlin", quantity: 3 } });
    const { seq } = await ada.hear("ack");
    const fits = (frame: { to: number }) => frame.to === seq;
    for (const client of [ada, grace]) {
      expect((await client.hear("d", fits)).changes).toMatchObject([{ key: "A/berlin", value: { onHand: 7 } }]);
    }
    const { items } = await inventory.stock.movements({ order: "desc", limit: 1 });
    expect(items).toMatchObject([{ actor: "ada", delta: -3 }]);
  });

  it("a client that lost its link resumes where it was", async () => {
    serve();
    const first = connect();
    const { epoch, session } = await first.hear("welcome");
    first.say({ t: "sub", ref: "r", filter: levels });
    const { at } = await first.hear("snap", ({ last }) => last);
    first.close();
    await inventory.stock.sell({ sku: "A", storeId: "berlin", quantity: 1 });
    const second = connect();
    await second.hear("welcome", (frame) => frame.session !== session);
    second.say({ t: "sub", ref: "r", filter: levels, position: { epoch, seq: at } });
    expect(await second.hear("subbed")).toMatchObject({ how: "replay", position: at });
    expect(await second.hear("d")).toMatchObject({ from: at, to: at + 1, changes: [{ value: { onHand: 9 } }] });
  });
});

describe("the upgrade", () => {
  it.each([
    ["of a foreign page is refused", "https://evil.example", undefined, 403],
    ["of a page that is not listed is refused, even the host's own", "own", ["https://shop.example"], 403],
    ["of a sandboxed page is refused", "null", undefined, 403],
  ])("%s", async (_, from, allowedOrigins, status) => {
    serve(allowedOrigins ? { allowedOrigins } : {});
    expect(await statusOf(bare({ origin: from === "own" ? origin : from }))).toBe(status);
  });

  it.each([
    ["of a listed page is taken", "https://shop.example", ["https://shop.example"]],
    ["of a page of the same host is taken", "own", undefined],
  ])("%s", async (_, from, allowedOrigins) => {
    serve(allowedOrigins ? { allowedOrigins } : {});
    const socket = bare({ origin: from === "own" ? origin : from });
    await once(socket, "open");
    expect(socket.protocol).toBe(subprotocol);
  });

  it("for another subprotocol is refused", async () => {
    serve();
    expect(await statusOf(bare({}, ["graphql-ws"]))).toBe(400);
  });

  it("on another path is left to the host", async () => {
    serve();
    const other = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
      if (request.url === "/other") other.handleUpgrade(request, socket, head, (ws) => ws.send("the host's own socket"));
    });
    const [data] = (await once(bare({}, [], "/other"), "message")) as [Buffer];
    expect(data.toString()).toBe("the host's own socket");
    expect(await (await fetch(origin)).text()).toBe("the host's own page");
  });

  it("on another path is answered with 404 where the host listens to none", async () => {
    serve();
    expect(await statusOf(bare({}, [], "/other"))).toBe(404);
  });

  it.each(["/live", "/other"])("refused on %s leaves no socket open, though the client never closes its side", async (path) => {
    serve();
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const client = connectTcp({ port: Number(new URL(origin).port), host: "127.0.0.1", allowHalfOpen: true });
    const head = ["Host: x", "Connection: Upgrade", "Upgrade: websocket", "Origin: https://evil.example"];
    const key = ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"];
    client.on("error", () => undefined);
    client.write([`GET ${path} HTTP/1.1`, ...head, ...key, "", "sent too early"].join("\r\n"));
    const [socket] = await accepted;
    await once(socket, "close");
    client.destroy();
  });

  it("authenticates by header, so that hello needs no token", async () => {
    serve({ authenticate: ({ request, token }) => (request?.headers.cookie === "sid=1" || token === "t" ? { id: "ada" } : undefined) });
    for (const headers of [{ cookie: "sid=1" }, { authorization: "Bearer t" }]) {
      const socket = bare(headers);
      await once(socket, "open");
      socket.send(encodeFrame({ t: "hello", v: 1 }));
      expect(await frameOf(socket)).toMatchObject({ t: "welcome" });
    }
  });

  it("whoever brings a bad token is sent away for good", async () => {
    serve();
    const client = connect({ token: "bad" });
    expect(await client.hear("bye")).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await client.closed()).toEqual({ code: 4501, reason: "unauthenticated" });
  });

  it("is refused while the server is full", async () => {
    serve({ limits: { maxConnections: 1 } });
    await connect().hear("welcome");
    expect(await statusOf(bare())).toBe(503);
  });

  it("is refused with the time to come back where an address has guessed too often", async () => {
    serve({
      authenticate: () => {
        throw new InventoryError("RATE_LIMITED", { retryAfterMs: 1_500 });
      },
    });
    const [, response] = (await once(bare({ authorization: "Bearer x" }), "unexpected-response")) as [unknown, IncomingMessage];
    expect([response.statusCode, response.headers["retry-after"]]).toEqual([429, "2"]);
  });

  it("without hooks there is no server", () => {
    expect(() => createWsServer({ inventory, server, authenticate: () => ({ id: "x" }) } as never)).toThrow(TypeError);
    expect(() => createWsServer({ inventory, server, authorize: allowEverythingForDemos } as never)).toThrow(TypeError);
    expect(server.listenerCount("upgrade")).toBe(0);
  });
});

describe("frames on a real socket", () => {
  it("a frame that is a little too long is refused by name, one that is far too long is cut", async () => {
    serve({ limits: { maxFrameBytes: 1_000 } });
    for (const [length, code] of [
      [1_500, 4502],
      [5_000, 1009],
    ] as const) {
      const socket = bare();
      await once(socket, "open");
      socket.send("x".repeat(length));
      expect((await once(socket, "close"))[0]).toBe(code);
    }
  });

  it("a binary frame is refused by name", async () => {
    serve();
    const socket = bare();
    await once(socket, "open");
    socket.send(Buffer.from(encodeFrame({ t: "hello", v: 1, token: "ada" })));
    expect(await frameOf(socket)).toMatchObject({ t: "bye", code: "INVALID_INPUT" });
    expect((await once(socket, "close"))[0]).toBe(4502);
  });
});

describe("a reader that stops reading", () => {
  it("costs the server a bounded queue, and gets everything once it reads again", async () => {
    const sockets: Socket[] = [];
    server.on("connection", (socket: Socket) => sockets.push(socket));
    serve({ limits: { softQueueBytes: 100_000 } });
    const { hostname, port } = new URL(origin);
    const wire = connectTcp({ host: hostname, port: Number(port) });
    const socket = new WebSocket(`ws://${hostname}:${port}/live`, [subprotocol], { createConnection: () => wire });
    cleanups.push(() => socket.terminate());
    const rows = new Set<string>();
    let position = 0;
    const caughtUp = new Promise<void>((resolve) => {
      socket.on("message", (data: Buffer) => {
        const frame = parseServerFrame(data.toString());
        if (frame.t === "hb") socket.send(encodeFrame({ t: "pong" }));
        if (frame.t === "welcome") socket.send(encodeFrame({ t: "sub", ref: "r", filter: { entities: ["product"] } }));
        if (frame.t === "snap" && frame.last) {
          position = frame.at;
          setImmediate(() => {
            wire.pause();
            writeMuch().then(() => wire.resume());
          });
        }
        if (frame.t !== "d") return;
        expect(frame.from).toBeLessThanOrEqual(position);
        position = frame.to;
        for (const change of frame.changes) rows.add(change.key);
        if (position === written) resolve();
      });
    });
    let written = Number.POSITIVE_INFINITY;
    let mostQueued = 0;
    const attributes = { text: "x".repeat(15_000) };
    // More than the kernel's own buffers take.
    async function writeMuch(): Promise<void> {
      let seq = 0;
      for (let batch = 0; batch < 60; batch += 1) {
        const made = Array.from({ length: 20 }, (_, index) => `P${batch}-${index}`);
        const receipts = await Promise.all(made.map((sku) => inventory.products.create({ sku, name: sku, attributes })));
        seq = Math.max(...receipts.map((receipt) => receipt.seq));
        mostQueued = Math.max(mostQueued, ...sockets.map(({ writableLength }) => writableLength));
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      written = seq;
    }
    await once(socket, "open");
    socket.send(encodeFrame({ t: "hello", v: 1, token: "ada" }));
    await caughtUp;
    expect(rows.size).toBe(1_200);
    expect(mostQueued).toBeGreaterThan(0);
    expect(mostQueued).toBeLessThan(1_000_000);
  });
});

describe("closing", () => {
  it("says when to come back, ends every link and gives the upgrade event back", async () => {
    const live = serve();
    const client = connect();
    await client.hear("welcome");
    expect(live.connections).toBe(1);
    await live.close({ afterMs: 100 });
    const bye = await client.hear("bye");
    expect(bye).toMatchObject({ code: "STORAGE_UNAVAILABLE", retryable: true });
    expect(bye.afterMs).toBeGreaterThanOrEqual(100);
    expect(bye.afterMs).toBeLessThanOrEqual(200);
    expect(await client.closed()).toEqual({ code: 4001, reason: "unavailable" });
    expect(live.connections).toBe(0);
    expect(server.listenerCount("upgrade")).toBe(0);
  });
});

describe("the client's side", () => {
  const serveRaw = (greet: (socket: WebSocket) => void) => {
    const raw = new WebSocketServer({ server });
    raw.on("connection", greet);
    cleanups.push(() => raw.close());
  };

  it.each([
    ["no JSON", "hello"],
    ["an unknown frame", '{"t":"surprise"}'],
    ["a change without its seq", '{"t":"d","sid":"f1","from":0,"to":1,"changes":[{"entity":"level","key":"k","value":{}}]}'],
    ["a binary frame", Buffer.from('{"t":"hb","head":1}')],
  ])("closes with a reason when the server sends %s", async (_, data) => {
    const codes: Promise<unknown[]>[] = [];
    serveRaw((socket) => {
      codes.push(once(socket, "close"));
      socket.send(data);
    });
    const client = connect();
    expect(await client.closed()).toEqual({ code: 4502, reason: "the server sent a malformed frame" });
    expect((await codes[0])?.[0]).toBe(4502);
  });

  it("a server that is not there, and an address that is none, are a close and never a throw", async () => {
    expect((await connect({ url: "ws://127.0.0.1:1/live" }).closed()).reason).toBe("no connection could be opened");
    expect((await connect({ url: "nonsense" }).closed()).reason).toContain("Invalid URL");
  });

  it("closing before the link is open ends it without opening", async () => {
    serve();
    const events: string[] = [];
    const link = wsTransport({ url: `${origin}/live` }).connect({
      onOpen: () => events.push("open"),
      onFrame: () => events.push("frame"),
      onClose: ({ reason }) => events.push(reason),
    });
    link.close();
    link.send({ t: "pong" });
    await connect().hear("welcome");
    expect(events).toEqual(["closed by the client"]);
  });

  it("asks for the token anew each time", async () => {
    let asked = 0;
    const transport = wsTransport({ url: origin, getToken: () => `t${++asked}` });
    expect([await transport.token(), await transport.token()]).toEqual(["t1", "t2"]);
    expect(await wsTransport({ url: origin }).token()).toBeUndefined();
  });

  it("uses the WebSocket it is given", async () => {
    const made: unknown[] = [];
    class Given {
      readonly readyState = 0;
      onopen = null;
      onmessage = null;
      onclose = null;
      onerror = null;
      constructor(...given: unknown[]) {
        made.push(given);
      }
      send() {}
      close() {}
    }
    wsTransport({ url: "https://shop.example/live", WebSocket: Given }).connect({
      onOpen: () => undefined,
      onFrame: () => undefined,
      onClose: () => undefined,
    });
    await Promise.resolve();
    expect(made).toEqual([["wss://shop.example/live", [subprotocol]]]);
  });
});
