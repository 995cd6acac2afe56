import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInventoryClient } from "@onhand/client";
import { createInventory } from "@onhand/core";
import type { ClientFrame, ClientTransport, TransportEvents } from "@onhand/core/protocol";
import { manualTime } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";
import { sseTransport } from "../sse/client";
import { allowEverythingForDemos, createSseServer } from "../sse/server";
import { wsTransport } from "../ws/client";
import { createWsServer } from "../ws/server";
import { fallbackTransport } from "./fallback";

/** A way whose links a test opens, feeds and ends. */
function way(name: string) {
  const links: { events: TransportEvents; sent: ClientFrame[]; closed: boolean }[] = [];
  const transport: ClientTransport = {
    connect(events) {
      const link = { events, sent: [] as ClientFrame[], closed: false };
      links.push(link);
      return {
        send: (frame) => void link.sent.push(frame),
        close() {
          link.closed = true;
        },
      };
    },
    token: async () => `token of ${name}`,
  };
  const last = () => {
    const link = links.at(-1);
    if (!link) throw new TypeError(`${name} was not tried`);
    return link;
  };
  return {
    transport,
    links,
    last,
    work() {
      last().events.onOpen();
      last().events.onFrame({ t: "hb", head: 1 });
    },
    refuse: () => last().events.onClose({ reason: `${name} refused` }),
  };
}

function setUp() {
  const time = manualTime();
  const [ws, sse] = [way("ws"), way("sse")];
  const transport = fallbackTransport([ws.transport, sse.transport], { timers: time.timers, openWithinMs: 5_000, returnAfterMs: 60_000 });
  const told: string[] = [];
  const connect = () =>
    transport.connect({
      onOpen: () => told.push("open"),
      onFrame: ({ t }) => told.push(t),
      onClose: ({ reason }) => told.push(reason),
    });
  return { time, ws, sse, transport, told, connect };
}

describe("falling back", () => {
  it("takes the best way while it works, and no other", async () => {
    const { time, ws, sse, transport, told, connect } = setUp();
    const link = connect();
    ws.work();
    link.send({ t: "pong" });
    time.advance(10_000_000);
    expect(told).toEqual(["open", "hb"]);
    expect(ws.last().sent).toEqual([{ t: "pong" }]);
    expect(sse.links).toEqual([]);
    expect(await transport.token()).toBe("token of ws");
  });

  it("takes the next way at once when one is refused, unseen by the client", async () => {
    const { ws, sse, transport, told, connect } = setUp();
    const link = connect();
    ws.refuse();
    sse.work();
    link.send({ t: "pong" });
    expect(told).toEqual(["open", "hb"]);
    expect([ws.last().sent, sse.last().sent]).toEqual([[], [{ t: "pong" }]]);
    expect(await transport.token()).toBe("token of sse");
  });

  it("does not wait for ever for a way that neither opens nor fails", () => {
    const { time, ws, sse, told, connect } = setUp();
    connect();
    time.advance(4_999);
    expect(sse.links.length).toBe(0);
    time.advance(1);
    expect(ws.last().closed).toBe(true);
    sse.work();
    // What the first way says after all is not heard any more.
    ws.work();
    expect(told).toEqual(["open", "hb"]);
  });

  it("takes the next way with the next link when one opened and nothing came through it", () => {
    const { time, ws, sse, told, connect } = setUp();
    connect();
    ws.last().events.onOpen();
    time.advance(5_000);
    expect(told).toEqual(["open", "the connection was opened, and nothing came through"]);
    expect(ws.last().closed).toBe(true);
    connect();
    expect([ws.links.length, sse.links.length]).toEqual([1, 1]);
  });

  it("begins with the best again after all have failed", () => {
    const { ws, sse, told, connect } = setUp();
    connect();
    ws.refuse();
    sse.refuse();
    expect(told).toEqual(["sse refused"]);
    connect();
    expect([ws.links.length, sse.links.length]).toEqual([2, 1]);
  });

  it("a way that worked and was lost is taken again: a cut is no reason to fall back", () => {
    const { ws, sse, told, connect } = setUp();
    connect();
    ws.work();
    ws.last().events.onClose({ reason: "cut" });
    expect(told).toEqual(["open", "hb", "cut"]);
    connect();
    expect([ws.links.length, sse.links.length]).toEqual([2, 0]);
  });

  it("takes a way that fails while it is being asked", () => {
    const refusing: ClientTransport = {
      connect(events) {
        events.onClose({ reason: "refused at once" });
        return { send: () => undefined, close: () => undefined };
      },
      token: async () => undefined,
    };
    const sse = way("sse");
    const told: string[] = [];
    const events = {
      onOpen: () => told.push("open"),
      onFrame: () => undefined,
      onClose: ({ reason }: { reason: string }) => told.push(reason),
    };
    const { timers } = manualTime();
    fallbackTransport([refusing, sse.transport], { timers }).connect(events);
    sse.work();
    expect(told).toEqual(["open"]);
    fallbackTransport([refusing, refusing], { timers }).connect(events);
    expect(told).toEqual(["open", "refused at once"]);
  });

  it("without a way there is no transport", () => {
    expect(() => fallbackTransport([])).toThrow(TypeError);
  });
});

describe("going back", () => {
  it("ends the link when a better way opens, so that the next one takes it", () => {
    const { time, ws, sse, told, connect } = setUp();
    connect();
    ws.refuse();
    sse.work();
    time.advance(60_000);
    expect(ws.links.length).toBe(2);
    ws.last().events.onOpen();
    expect(told).toEqual(["open", "hb", "a better way to the server is open"]);
    expect([ws.last().closed, ws.last().sent, sse.last().closed]).toEqual([true, [], true]);
    connect();
    ws.work();
    expect([ws.links.length, sse.links.length]).toEqual([3, 1]);
    time.advance(10_000_000);
    expect(told.slice(3)).toEqual(["open", "hb"]);
  });

  it("asks ever less often while the better way stays blocked, whether it is refused or silent", () => {
    const { time, ws, sse, told, connect } = setUp();
    connect();
    ws.refuse();
    sse.work();
    const tries: number[] = [];
    const start = time.clock.now();
    for (let second = 0; second < 6_000; second += 1) {
      const before = ws.links.length;
      time.advance(1_000);
      if (ws.links.length === before) continue;
      tries.push((time.clock.now() - start) / 1_000);
      if (tries.length % 2 === 0) ws.refuse();
    }
    const waits = tries.map((at, index) => at - (tries[index - 1] ?? 0));
    // The wait for a silent way is on top.
    expect(waits).toEqual([60, 125, 240, 485, 960, 965, 960, 965, 960]);
    expect(told).toEqual(["open", "hb"]);
    expect(ws.links.slice(1, -1).every(({ closed }) => closed)).toBe(true);
  });

  it("a better way that opens and brings nothing is left again, and asked for later", () => {
    const { time, ws, sse, connect } = setUp();
    connect();
    ws.refuse();
    sse.work();
    time.advance(60_000);
    ws.last().events.onOpen();
    connect();
    ws.last().events.onOpen();
    time.advance(5_000);
    connect();
    sse.work();
    const before = ws.links.length;
    time.advance(119_999);
    expect(ws.links.length).toBe(before);
    time.advance(1);
    expect(ws.links.length).toBe(before + 1);
  });

  it("a closed link asks no more, and what it was asking is closed", () => {
    const { time, ws, sse, told, connect } = setUp();
    const link = connect();
    ws.refuse();
    sse.work();
    time.advance(60_000);
    link.close();
    expect([ws.last().closed, sse.last().closed]).toEqual([true, true]);
    ws.last().events.onOpen();
    time.advance(10_000_000);
    expect(ws.links.length).toBe(2);
    expect(told).toEqual(["open", "hb", "closed by the client"]);
  });
});

describe("with a real server", () => {
  it("a client behind a network without WebSockets is live over event streams, and moves to a WebSocket once it can", async () => {
    const time = manualTime();
    const inventory = await createInventory({ storage: memoryStorage() });
    await inventory.stores.create({ id: "berlin", name: "Berlin" });
    await inventory.products.create({ sku: "TEA", name: "Green tea" });
    const hooks = { authenticate: () => ({ id: "ada" }), authorize: allowEverythingForDemos };
    const sse = createSseServer({ inventory, ...hooks });
    const server = createServer((request, response) => void (sse.handle(request, response) || response.writeHead(404).end()));
    // The network: upgrades are answered as a proxy does that knows no WebSockets.
    const block = (_: unknown, socket: { end(text: string): void }) => socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    server.on("upgrade", block);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ways = [wsTransport({ url: `${origin}/live` }), sseTransport({ url: `${origin}/live/events` })];
    const client = createInventoryClient({ transport: fallbackTransport(ways, { timers: time.timers }), random: () => 0 });
    const level = client.level({ sku: "TEA", storeId: "berlin" });
    const stop = level.subscribe(() => undefined);
    client.start();
    try {
      await expect.poll(() => client.connection.get().status).toBe("live");
      expect(sse.connections).toBe(1);
      await client.command("stock.receive", { sku: "TEA", storeId: "berlin", quantity: 5 });
      await expect.poll(() => level.get()?.onHand).toBe(5);

      server.off("upgrade", block);
      const ws = createWsServer({ inventory, server, ...hooks });
      time.advance(60_000);
      await expect.poll(() => [ws.connections, sse.connections, client.connection.get().status]).toEqual([1, 0, "live"]);
      await inventory.stock.sell({ sku: "TEA", storeId: "berlin", quantity: 2 });
      await expect.poll(() => level.get()?.onHand).toBe(3);
      client.stop();
      await ws.close();
    } finally {
      stop();
      client.stop();
      await sse.close();
      server.close();
      server.closeAllConnections();
      await inventory.close();
    }
  });
});
