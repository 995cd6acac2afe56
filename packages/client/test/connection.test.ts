import { InventoryError } from "@onhand/core";
import { describe, expect, it } from "vitest";
import { createInventoryClient } from "../src/index";
import { levelChange } from "./support/rows";
import { settle, setUp } from "./support/set-up";

const tea = { sku: "TEA", storeId: "berlin" };
const listen = () => undefined;

async function live() {
  const all = setUp();
  all.server.commit([levelChange(1, tea, 5)]);
  all.client.level(tea).subscribe(listen);
  await all.start();
  expect(all.status()).toBe("live");
  return all;
}

describe("the connection", () => {
  it("is not begun without a transport", () => {
    expect(() => createInventoryClient({} as never)).toThrow(/^transport is missing/);
  });

  it("is live only once everything asked for stands at the head", async () => {
    const { client, server, start, status } = setUp();
    server.commit([levelChange(1, tea, 5)]);
    server.on({ sub: () => undefined });
    client.level(tea).subscribe(listen);
    await start();
    expect(status()).toBe("syncing");
    const asked = server.link().received.at(-1);
    if (asked?.t === "sub") server.subscribe(server.link(), asked);
    expect(status()).toBe("live");
    expect(client.connection.get()).toEqual({ status: "live", reason: "up to date", attempt: 0 });
  });

  it("comes back after a lost link from where it was, with the session it had", async () => {
    const { client, server, timers, status } = await live();
    server.link().drop("cable pulled");
    expect(client.connection.get()).toMatchObject({ status: "backoff", reason: "cable pulled", retryAt: timers.now() + 250 });
    server.commit([levelChange(2, tea, 3)]);
    timers.advance(250);
    await settle();
    expect(status()).toBe("live");
    expect(client.level(tea).get()?.onHand).toBe(3);
    expect(server.link().received).toMatchObject([
      { t: "hello", session: "x1" },
      { t: "sub", position: { epoch: "e1", seq: 1 } },
    ]);
  });

  it("waits longer with each vain attempt, and is suspended after two minutes", async () => {
    const { client, server, timers, status } = await live();
    server.refusesLinks = true;
    server.link().drop();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 16; attempt += 1) {
      waits.push((client.connection.get().retryAt ?? 0) - timers.now());
      timers.advance(waits.at(-1) ?? 0);
      await settle();
    }
    expect(waits.slice(0, 8)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    expect(status()).toBe("suspended");
    expect(client.level(tea).get()?.onHand).toBe(5);
  });

  it("answers heartbeats, and gives up a link that is silent for two and a half beats", async () => {
    const { client, server, timers, status } = await live();
    for (let beat = 0; beat < 5; beat += 1) {
      timers.advance(10_000);
      server.beat();
    }
    expect(server.link().received.filter(({ t }) => t === "pong")).toHaveLength(5);
    expect(status()).toBe("live");
    timers.advance(24_999);
    expect(status()).toBe("live");
    timers.advance(1);
    expect(client.connection.get()).toMatchObject({ status: "backoff", reason: "the server is silent" });
    expect(server.link().closedByClient()).toBe(true);
  });

  it("gives up a server that does not welcome it within ten seconds", async () => {
    const { server, timers, start, status } = setUp();
    server.on({ hello: () => undefined });
    await start();
    timers.advance(10_000);
    expect(status()).toBe("backoff");
  });

  it("tries at once when the device comes back", async () => {
    const { server, signal, status, timers } = await live();
    server.refusesLinks = true;
    server.link().drop();
    timers.advance(250);
    await settle();
    server.refusesLinks = false;
    signal("woke");
    await settle();
    expect(status()).toBe("live");
  });

  it("waking up on a link that missed beats replaces it at once; a fresh one stays", async () => {
    const { server, signal, status, timers } = await live();
    timers.advance(14_000);
    signal("woke");
    expect(server.links).toHaveLength(1);
    timers.advance(2_000);
    signal("woke");
    await settle();
    expect(server.links).toHaveLength(2);
    expect(status()).toBe("live");
  });

  it("an offline device suspends waiting, but does not cut a link that works", async () => {
    const { client, server, signal, status } = await live();
    signal("offline");
    expect(status()).toBe("live");
    server.refusesLinks = true;
    server.link().drop();
    signal("offline");
    expect(client.connection.get()).toMatchObject({ status: "suspended", reason: "the device is offline" });
  });

  it("comes back when the server's goodbye says", async () => {
    const { client, server, status, timers } = await live();
    server.bye("STORAGE_UNAVAILABLE", 7_000);
    expect(client.connection.get()).toMatchObject({ status: "backoff", code: "STORAGE_UNAVAILABLE", retryAt: timers.now() + 7_000 });
    timers.advance(6_999);
    expect(server.links).toHaveLength(1);
    timers.advance(1);
    await settle();
    expect(status()).toBe("live");
  });

  it("a goodbye for good is final until somebody starts it again", async () => {
    const { client, server, start, status, timers } = await live();
    server.bye("PROTOCOL_MISMATCH");
    expect(client.connection.get()).toMatchObject({ status: "failed", code: "PROTOCOL_MISMATCH" });
    timers.advance(600_000);
    expect(server.links).toHaveLength(1);
    await start();
    expect(status()).toBe("live");
  });

  it("an unknown caller waits for a token and goes on from where it was", async () => {
    const { client, server, status, timers } = await live();
    server.bye("UNAUTHENTICATED");
    expect(status()).toBe("needs-auth");
    timers.advance(600_000);
    expect(server.links).toHaveLength(1);
    server.on({ token: async () => "fresh" });
    client.authenticate();
    await settle();
    expect(status()).toBe("live");
    expect(server.link().received).toMatchObject([
      { t: "hello", token: "fresh" },
      { t: "sub", position: { seq: 1 } },
    ]);
  });

  it("a token's source that knows nobody asks for a login; one that fails is tried again", async () => {
    const { server, start, status, timers } = setUp();
    server.on({ token: () => Promise.reject(new Error("offline")) });
    await start();
    expect(status()).toBe("backoff");
    server.on({ token: () => Promise.reject(new InventoryError("UNAUTHENTICATED", {})) });
    timers.advance(1_000);
    await settle();
    expect(status()).toBe("needs-auth");
  });

  it("a running link takes a new token in band", async () => {
    const { client, server, status } = await live();
    server.on({ token: async () => "fresh" });
    client.authenticate();
    await settle();
    expect(server.link().received.at(-1)).toEqual({ t: "auth", token: "fresh" });
    expect(status()).toBe("live");
  });

  it("another ledger under the same address is taken over whole", async () => {
    const { client, server, status, timers } = await live();
    server.replace([levelChange(1, tea, 77)]);
    server.link().say({ t: "reset", sid: [...server.link().subs.keys()][0] ?? "", reason: "epoch" });
    expect(client.level(tea).get()?.onHand).toBe(5);
    timers.advance(250);
    await settle();
    expect(status()).toBe("live");
    expect(client.level(tea).get()?.onHand).toBe(77);
  });

  it("stopping ends the link and every timer", async () => {
    const { client, server, status, timers } = await live();
    client.stop();
    expect(status()).toBe("closed");
    expect(server.link().closedByClient()).toBe(true);
    expect(timers.pending()).toBe(0);
    expect(client.level(tea).get()?.onHand).toBe(5);
  });

  it("news of a link that was replaced is not heard", async () => {
    const { client, server, timers, status } = await live();
    const [old] = server.links;
    timers.advance(25_000);
    timers.advance(250);
    await settle();
    expect(status()).toBe("live");
    old?.say({ t: "bye", code: "UNAUTHENTICATED", details: {}, retryable: false });
    old?.drop();
    expect(status()).toBe("live");
    expect(client.connection.get().attempt).toBe(0);
  });
});
