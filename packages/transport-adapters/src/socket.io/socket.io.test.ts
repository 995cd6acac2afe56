import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Change, createInventory, type Inventory, InventoryError, type Logger, type StockLevel } from "@onhand/core";
import { createReplica, manualTime } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { Server } from "socket.io";
import { io as connectTo, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { socketIoTransport } from "./client";
import { allowEverythingForDemos, allowOrigins, createSocketIoServer, type SocketIoServer, type SocketIoServerOptions } from "./server";

const silent: Logger = { error: () => undefined, warn: () => undefined };
const tea = { sku: "TEA", storeId: "berlin" };
const cleanups: (() => unknown)[] = [];
let inventory: Inventory;
let server: HttpServer;
let io: Server;
let origin: string;

beforeEach(async () => {
  inventory = await createInventory({ storage: memoryStorage() });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  await inventory.stores.create({ id: "vault", name: "Vault" });
  await inventory.products.create({ sku: "TEA", name: "Green tea" });
  await inventory.stock.receive({ ...tea, quantity: 10 });
  await inventory.stock.receive({ ...tea, storeId: "vault", quantity: 99 });
  server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
  await io.close();
  await inventory.close();
});

function serve(options: Partial<SocketIoServerOptions> = {}, ioOptions: ConstructorParameters<typeof Server>[1] = {}): SocketIoServer {
  io = new Server(server, ioOptions);
  const live = createSocketIoServer({
    inventory,
    io,
    authenticate: ({ token }) => (token === undefined || token === "bad" ? undefined : { id: token }),
    authorize: allowEverythingForDemos,
    logger: silent,
    ...options,
  });
  cleanups.push(() => live.close());
  return live;
}

function plain(options: Partial<ManagerOptions & SocketOptions> = {}, path = "/"): Socket {
  const socket = connectTo(`${origin}${path}`, { forceNew: true, reconnection: false, auth: { token: "ada" }, ...options });
  cleanups.push(() => socket.disconnect());
  return socket;
}

/** The next event of this name, to be asked for before it can come. */
const next = <T>(socket: Socket, event: string): Promise<T> => new Promise((resolve) => socket.once(event, resolve));

const classicEvents = {
  filter: { entities: ["level"] },
  initial: "initial_inventory",
  update: "inventory_update",
  join: "join_inventory_room",
  leave: "leave_inventory_room",
  describeAll: (rows: readonly Change[]) => stocks(rows),
  describeUpdate: (changes: readonly Change[], rows: () => readonly Change[]) => ({
    inventory: stocks(rows()),
    message: `${changes.length} changed`,
  }),
} as const;

const stocks = (rows: readonly Change[]) =>
  Object.fromEntries(
    rows.map(({ value }) => [`${(value as StockLevel).sku}@${(value as StockLevel).storeId}`, (value as StockLevel).onHand]),
  );

describe("plain events", () => {
  it("keep the contract of an existing front end: everything on connect, updates to who joined, none after leaving", async () => {
    serve({ plainEvents: classicEvents });
    const [joined, idle] = [plain(), plain()];
    const first = next(joined, "initial_inventory");
    const other = next(idle, "initial_inventory");
    expect(await first).toEqual({ "TEA@berlin": 10, "TEA@vault": 99 });
    expect(await other).toEqual({ "TEA@berlin": 10, "TEA@vault": 99 });
    const heardByIdle = vi.fn();
    idle.on("inventory_update", heardByIdle);
    joined.emit("join_inventory_room");
    await expect.poll(() => io.sockets.adapter.rooms.get("inventory")?.size).toBe(1);
    const update = next(joined, "inventory_update");
    await inventory.stock.sell({ ...tea, quantity: 3 });
    expect(await update).toEqual({ inventory: { "TEA@berlin": 7, "TEA@vault": 99 }, message: "1 changed" });
    joined.emit("leave_inventory_room");
    idle.emit("join_inventory_room");
    await expect.poll(() => [...(io.sockets.adapter.rooms.get("inventory") ?? [])]).toEqual([idle.id]);
    const heardByJoined = vi.fn();
    joined.on("inventory_update", heardByJoined);
    await inventory.stock.sell({ ...tea, quantity: 2 });
    await expect.poll(() => heardByIdle.mock.calls).toEqual([[{ inventory: { "TEA@berlin": 5, "TEA@vault": 99 }, message: "1 changed" }]]);
    expect(heardByIdle).toHaveBeenCalledTimes(1);
    expect(heardByJoined).not.toHaveBeenCalled();
  });

  it("without names of one's own, updates come from the start, as rows", async () => {
    serve({ plainEvents: {} });
    const client = plain();
    const all = await next<{ rows: Change[] }>(client, "initial_inventory");
    expect(all.rows.map(({ entity }) => entity)).toEqual(["level", "level"]);
    const update = next<{ changes: Change[] }>(client, "inventory_update");
    const { seq } = await inventory.stock.sell({ ...tea, quantity: 1 });
    expect(await update).toMatchObject({ changes: [{ seq, entity: "level", value: { ...tea, onHand: 9 } }] });
  });

  it("show nobody a row they may not read", async () => {
    serve({
      plainEvents: classicEvents,
      authorize: (actor, action, { storeId }) => action !== "read" || storeId !== "vault" || actor?.id === "boss",
    });
    const [clerk, boss] = [plain(), plain({ auth: { token: "boss" } })];
    const seen = await Promise.all([next(clerk, "initial_inventory"), next(boss, "initial_inventory")]);
    expect(seen).toEqual([{ "TEA@berlin": 10 }, { "TEA@berlin": 10, "TEA@vault": 99 }]);
  });

  it("refuse an address that has guessed too often, with the code and nothing else", async () => {
    serve({
      plainEvents: classicEvents,
      authenticate: () => {
        throw new InventoryError("RATE_LIMITED", { retryAfterMs: 1_500 });
      },
    });
    const error = await next<Error & { data: unknown }>(plain(), "connect_error");
    expect([error.message, error.data]).toEqual(["RATE_LIMITED", { code: "RATE_LIMITED" }]);
  });

  it("refuse who is not known, with the code, and tell who may not subscribe", async () => {
    serve({ plainEvents: classicEvents, authorize: () => false });
    const stranger = plain({ auth: {} });
    const error = await next<Error & { data: unknown }>(stranger, "connect_error");
    expect(error.data).toEqual({ code: "UNAUTHENTICATED" });
    expect(await next(plain(), "inventory_refused")).toMatchObject({ code: "FORBIDDEN" });
  });

  it("reach who brings nothing, where the host lets everybody look", async () => {
    const seen = vi.fn(() => ({ id: "anybody" }));
    serve({ plainEvents: classicEvents, authenticate: seen });
    expect(await next(plain({ auth: {} }), "initial_inventory")).toEqual({ "TEA@berlin": 10, "TEA@vault": 99 });
    expect(seen).toHaveBeenCalledTimes(1);
  });

  it("reach clients whose network has no WebSockets", async () => {
    serve({ plainEvents: classicEvents });
    const client = plain({ transports: ["polling"] });
    expect(await next(client, "initial_inventory")).toEqual({ "TEA@berlin": 10, "TEA@vault": 99 });
  });

  it("heartbeats are answered in a plain client's place", async () => {
    const time = manualTime();
    const live = serve({ plainEvents: {}, clock: time.clock, timers: time.timers });
    const client = plain();
    await next(client, "initial_inventory");
    for (let second = 0; second < 120; second += 1) {
      time.advance(1_000);
      await Promise.resolve();
    }
    expect(live.connections).toBe(1);
  });
});

describe("the host's own Socket.IO server", () => {
  it("keeps its own sockets, on the same namespace: they are neither asked who they are nor cut", async () => {
    const live = serve({ authenticate: () => undefined });
    io.on("connection", (socket) => socket.on("chat", (text, answer) => answer(`host: ${text}`)));
    const client = plain({ auth: {} });
    expect(await client.emitWithAck("chat", "hello")).toBe("host: hello");
    expect(live.connections).toBe(0);
    await live.close();
    expect(await client.emitWithAck("chat", "still there?")).toBe("host: still there?");
  });

  it("serves our clients over long polling as well", async () => {
    serve();
    const transport = socketIoTransport({ url: origin, getToken: () => "ada", options: { transports: ["polling"] } });
    const replica = createReplica(transport, {
      filter: { entities: ["level"] },
      returns: false,
      distort: (frame, deliver) => deliver(frame),
    });
    cleanups.push(() => replica.leave());
    replica.connect();
    await expect.poll(() => replica.live).toBe(true);
    expect(await replica.command("k1", "stock.sell", { ...tea, quantity: 4 })).toMatchObject({ t: "ack" });
    await expect.poll(() => [...replica.rows.values()].some(({ value }) => "onHand" in value && value.onHand === 6)).toBe(true);
  });

  it("whoever sends what is no frame is told and cut", async () => {
    const live = serve();
    for (const sent of [Buffer.from("{}"), { t: "hello" }, undefined, 7]) {
      const client = plain({ auth: { onhand: "onhand.v1.json" } });
      const closed = next(client, "onhand:close");
      client.emit("onhand", sent);
      expect(await closed).toEqual({ code: 4502, reason: "malformed" });
    }
    await expect.poll(() => live.connections).toBe(0);
  });
});

describe("origins", () => {
  const from = (page: string) => ({ extraHeaders: { Origin: page }, transports: ["websocket" as const] });

  it.each([
    ["a foreign page is refused", "https://evil.example", undefined],
    ["a page that is not listed is refused", "https://other.example", ["https://shop.example"]],
    ["a sandboxed page is refused", "null", undefined],
  ])("%s, whatever it speaks", async (_, page, allowedOrigins) => {
    serve({ plainEvents: {}, ...(allowedOrigins && { allowedOrigins }) });
    for (const auth of [{ token: "ada" }, { onhand: "onhand.v1.json" }]) {
      const error = await next<Error & { data: unknown }>(plain({ ...from(page), auth }), "connect_error");
      expect(error.data).toEqual({ code: "FORBIDDEN" });
    }
  });

  it("a listed page is taken", async () => {
    serve({ plainEvents: {}, allowedOrigins: ["https://shop.example"] });
    await next(plain(from("https://shop.example")), "initial_inventory");
  });

  it("allowOrigins refuses others with 403 before a connection stands", async () => {
    serve({}, { allowRequest: allowOrigins(["https://shop.example"]) });
    const handshake = (page: string) => fetch(`${origin}/socket.io/?EIO=4&transport=polling`, { headers: { Origin: page } });
    expect((await handshake("https://evil.example")).status).toBe(403);
    expect((await handshake("https://shop.example")).status).toBe(200);
  });
});

it("without hooks there is no server", () => {
  io = new Server(server);
  expect(() => createSocketIoServer({ inventory, io, authenticate: () => ({ id: "x" }) } as never)).toThrow(TypeError);
  expect(() => createSocketIoServer({ inventory, io, authorize: allowEverythingForDemos } as never)).toThrow(TypeError);
});
