import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInventory } from "@onhand/core";
import { type ClientFrame, encodeFrame, protocolVersion, subprotocol } from "@onhand/core/protocol";
import { addExamples } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { createWebhooks, type WebhookRecord } from "@onhand/transport-adapters/webhooks";
import { allowEverythingForDemos, createWsServer } from "@onhand/transport-adapters/ws/server";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createMetrics } from "./prometheus";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const tea = { sku: "TEA-50", storeId: "berlin" };

async function measured() {
  const registry = new Registry();
  let time = 0;
  const metrics = createMetrics({ registry, now: () => time });
  const inventory = await createInventory({ storage: memoryStorage(), observers: [metrics.observer] });
  endings.push(() => inventory.close());
  await addExamples(inventory);
  return {
    registry,
    metrics,
    inventory,
    pass(milliseconds: number) {
      time += milliseconds;
    },
    /** What a scrape says of a metric: its labels and its value. */
    async scrape(name: string): Promise<string[]> {
      const lines = (await registry.metrics()).split("\n");
      return lines.filter((line) => line.startsWith(`onhand_${name}`)).map((line) => line.slice(`onhand_${name}`.length));
    },
  };
}

describe("metrics", () => {
  it("count commands by name and outcome, and measure how long they took", async () => {
    const { inventory, scrape, pass } = await measured();
    const held = inventory.stock.receive({ ...tea, quantity: 5 });
    pass(30);
    await held;
    await inventory.stock.sell({ ...tea, quantity: 9 }).catch(() => undefined);
    await inventory.stock.sell({ ...tea, quantity: -1 }).catch(() => undefined);
    const sale = { ...tea, quantity: 1, idempotencyKey: "k" };
    await inventory.stock.sell(sale);
    await inventory.stock.sell(sale);
    expect((await scrape("commands_total")).filter((line) => line.includes("stock."))).toEqual([
      '{command="stock.receive",outcome="OK"} 1',
      '{command="stock.sell",outcome="INSUFFICIENT_STOCK"} 1',
      '{command="stock.sell",outcome="INVALID_INPUT"} 1',
      '{command="stock.sell",outcome="OK"} 1',
      '{command="stock.sell",outcome="REPLAYED"} 1',
    ]);
    expect(await scrape('command_duration_seconds_bucket{le="0.025",command="stock.receive"}')).toEqual([" 0"]);
    expect(await scrape('command_duration_seconds_bucket{le="0.05",command="stock.receive"}')).toEqual([" 1"]);
  });

  it("tell how many wait, how large groups are, and how transactions end", async () => {
    const { inventory, scrape } = await measured();
    const answers = [1, 2, 3].map((quantity) => inventory.stock.receive({ ...tea, quantity }));
    expect(await scrape("commands_waiting")).toEqual([" 3"]);
    await Promise.all(answers);
    await inventory.stock.receive({ ...tea, quantity: -1 }).catch(() => undefined);
    expect(await scrape("commands_waiting")).toEqual([" 0"]);
    expect(await scrape("group_commands_count")).toEqual([" 2"]);
    expect(await scrape("group_commands_sum")).toEqual([" 11"]);
    expect(await scrape("transactions_total")).toEqual(['{outcome="OK"} 2']);
    expect(await scrape("group_duration_seconds_count")).toEqual(['{outcome="OK"} 2']);
  });

  it("tell where the ledger stands, and that it can't be read when it can't", async () => {
    const { inventory, metrics, scrape } = await measured();
    metrics.watchInventory(inventory);
    await inventory.stock.receive({ ...tea, quantity: 5 });
    expect([await scrape("head_seq"), await scrape("storage_up")]).toEqual([[" 9"], [" 1"]]);
    await inventory.close();
    expect([await scrape("head_seq"), await scrape("storage_up")]).toEqual([[], [" 0"]]);
  });

  it("tell of a live server's clients, what they read, and whom it ended", async () => {
    const { inventory, metrics, scrape } = await measured();
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    endings.push(() => server.close());
    const live = createWsServer({ inventory, server, authenticate: () => ({ id: "kim" }), authorize: allowEverythingForDemos });
    endings.push(() => live.close());
    metrics.watchServer("ws", live);
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/live`, subprotocol);
    const say = (frame: ClientFrame) => socket.send(encodeFrame(frame));
    const subscribed = new Promise<void>((resolve) => {
      socket.on("message", (data) => String(data).includes('"subbed"') && resolve());
    });
    await once(socket, "open");
    say({ t: "hello", v: protocolVersion });
    say({ t: "sub", ref: "r", filter: { entities: ["level"] } });
    await subscribed;
    expect([await scrape("connections{"), await scrape("subscriptions")]).toEqual([['server="ws"} 1'], ['{server="ws"} 1']]);
    expect(await scrape("slow_reader_drops_total")).toEqual(['{server="ws"} 0']);
    say({ t: "hello", v: protocolVersion });
    await once(socket, "close");
    expect(await scrape("connections_ended_total")).toEqual(['{server="ws",reason="malformed"} 1']);
    expect(await scrape("connections{")).toEqual(['server="ws"} 0']);
  });

  it("tell how far webhooks are behind, and forget endpoints that are gone", async () => {
    const { inventory, metrics, scrape } = await measured();
    const records = new Map<string, WebhookRecord>();
    const reached = new Promise<void>((resolve) => {
      const webhooks = createWebhooks({
        inventory,
        store: { load: async (name) => records.get(name), save: async (name, record) => records.set(name, record).has(name) },
        endpoints: ["erp", "shop"].map((name) => ({
          name,
          url: `https://${name}.example`,
          secrets: [Buffer.alloc(24).toString("base64")],
          from: 0,
        })),
        post: async ({ url }) => {
          if (!url.includes("erp")) return { status: 204 };
          setImmediate(resolve);
          return { status: 410 };
        },
        logger: { error: () => undefined, warn: () => undefined },
      });
      endings.push(() => webhooks.stop());
      metrics.watchWebhooks(webhooks);
    });
    await reached;
    await expect.poll(() => scrape("webhook_paused"), { interval: 1 }).toEqual(['{endpoint="erp"} 1', '{endpoint="shop"} 0']);
    await expect.poll(() => scrape("webhook_behind"), { interval: 1 }).toEqual(['{endpoint="erp"} 8', '{endpoint="shop"} 0']);
    expect(await scrape("webhook_delivered_total")).toEqual(['{endpoint="erp"} 0', '{endpoint="shop"} 1']);
    await endings.pop()?.();
    expect(await scrape("webhook_dead_letters")).toEqual([]);
  });

  it("hold no value of a command in any label", async () => {
    const { inventory, registry } = await measured();
    await inventory.stock.receive({ ...tea, quantity: 5, actor: "kim@shop.example", reference: { type: "order", id: "secret-7" } });
    await inventory.execute("nonsense", { sku: "TEA-50" }).catch(() => undefined);
    const text = await registry.metrics();
    for (const value of ["TEA-50", "berlin", "kim", "secret-7", "nonsense"]) expect(text).not.toContain(value);
  });

  it("of two inventories go side by side under prefixes of their own", async () => {
    const { registry } = await measured();
    expect(() => createMetrics({ registry })).toThrow("already been registered");
    createMetrics({ registry, prefix: "outlet_" });
    expect(await registry.metrics()).toContain("outlet_commands_waiting 0");
  });
});
