import { createHmac } from "node:crypto";
import {
  createNotifier,
  mailSink,
  type Notification,
  type NotificationRoute,
  type NotificationSink,
  textSink,
  webhookSink,
} from "@onhand/core";
import { minutes } from "@onhand/core/testing";
import { afterEach, describe, expect, it } from "vitest";
import { berlin, exampleInventory } from "../../test/inventory";
import { manualTimers } from "../../test/manual-timers";
import { quietTime } from "./quiet-hours";

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function shop() {
  const inventory = await exampleInventory();
  await inventory.stock.receive({ ...berlin, quantity: 10 });
  await inventory.stock.receive({ sku: "CUP", storeId: "hub", quantity: 10 });
  await inventory.thresholds.set({ reorderPoint: 5 });
  return inventory;
}

/** A sink that notes what it was told, and fails while it is told to. */
function noting() {
  const told: Notification[] = [];
  const tries: string[] = [];
  const state = { failing: false };
  const sink: NotificationSink = {
    async send(notification) {
      tries.push(notification.id);
      if (state.failing) throw new Error("down");
      told.push(notification);
    },
  };
  return { sink, told, tries, state, raised: () => told.map(({ raised }) => raised.map(({ sku }) => sku).join(" ")) };
}

function notify(inventory: Awaited<ReturnType<typeof shop>>, ...routes: NotificationRoute[]) {
  const timers = manualTimers();
  const errors: unknown[] = [];
  const logger = { error: (facts: unknown) => errors.push(facts), warn: () => undefined };
  const notifier = createNotifier({ inventory, routes, clock: inventory.clock, timers, logger, random: () => 1 });
  endings.push(() => notifier.stop());
  return {
    notifier,
    timers,
    errors,
    /** Lets every timer run out until nothing is left to be told. */
    async settle(): Promise<void> {
      const head = await inventory.feed.head();
      await expect
        .poll(
          () => {
            timers.runOut();
            return notifier.status().every(({ position }) => position >= head);
          },
          { interval: 1 },
        )
        .toBe(true);
    },
  };
}

const sellTea = (inventory: Awaited<ReturnType<typeof shop>>, quantity: number) => inventory.stock.sell({ ...berlin, quantity });

describe("a notifier", () => {
  it("tells each route what concerns it: its stores, its types, and what is over only where that is asked for", async () => {
    const inventory = await shop();
    const [all, hub, empty, both] = [noting(), noting(), noting(), noting()];
    const { settle } = notify(
      inventory,
      { name: "all", sink: all.sink },
      { name: "hub", sink: hub.sink, storeIds: ["hub"] },
      { name: "empty", sink: empty.sink, types: ["out_of_stock"] },
      { name: "both", sink: both.sink, closed: true },
    );
    await settle();
    await sellTea(inventory, 6);
    await settle();
    await inventory.stock.receive({ ...berlin, quantity: 20 });
    await settle();
    expect(all.raised()).toEqual(["TEA-50"]);
    expect(hub.told).toEqual([]);
    expect(empty.told).toEqual([]);
    expect(both.told.map(({ raised, closed }) => [raised.length, closed.length])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it("says nothing of what was raised before it began, nor again of what was acknowledged or assigned since", async () => {
    const inventory = await shop();
    await sellTea(inventory, 6);
    const { sink, raised } = noting();
    const { settle } = notify(inventory, { name: "all", sink });
    await settle();
    const { id } = (await inventory.alerts.list()).items[0] ?? { id: "" };
    await inventory.alerts.assign(id, { assignee: "tom" });
    await inventory.stock.sell({ sku: "CUP", storeId: "hub", quantity: 6 });
    await settle();
    await inventory.alerts.acknowledge(id);
    await settle();
    expect(raised()).toEqual(["CUP"]);
  });

  it("gathers a digest, and leaves out what is over by then", async () => {
    const inventory = await shop();
    const { sink, raised } = noting();
    const { settle, timers } = notify(inventory, { name: "all", sink, digestMs: minutes(15) });
    await settle();
    await sellTea(inventory, 6);
    await inventory.stock.sell({ sku: "CUP", storeId: "hub", quantity: 6 });
    expect(timers.delays()).toEqual([minutes(15)]);
    await inventory.stock.receive({ ...berlin, quantity: 20 });
    await settle();
    expect(raised()).toEqual(["CUP"]);
  });

  it("tries again, each time later, until it arrives, under the same name", async () => {
    const inventory = await shop();
    const { sink, told, tries, state } = noting();
    const { notifier, settle, timers, errors } = notify(inventory, { name: "all", sink });
    await settle();
    state.failing = true;
    await sellTea(inventory, 6);
    const delays: number[] = [];
    for (let failures = 1; failures <= 12; failures++) {
      timers.runOut();
      await expect.poll(() => notifier.status()[0]?.failures, { interval: 1 }).toBe(failures);
      delays.push(...timers.delays());
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map((seconds) => seconds * 1_000));
    expect(errors).toHaveLength(12);
    state.failing = false;
    await settle();
    expect(new Set(tries).size).toBe(1);
    expect(told).toHaveLength(1);
    expect(notifier.status()[0]).toMatchObject({ failures: 0, delivered: 1 });
  });

  it("keeps quiet in quiet hours, and then tells what is still so", async () => {
    const inventory = await shop();
    const { sink, raised } = noting();
    inventory.clock.set(Date.UTC(2026, 0, 5, 21, 30));
    const { settle, timers, notifier } = notify(inventory, {
      name: "all",
      sink,
      quietHours: { from: "22:00", to: "07:00", timeZone: "Europe/Berlin" },
    });
    await sellTea(inventory, 6);
    await inventory.stock.sell({ sku: "CUP", storeId: "hub", quantity: 6 });
    timers.runOut();
    await expect.poll(() => timers.delays(), { interval: 1 }).toEqual([minutes(8.5 * 60)]);
    await inventory.stock.receive({ ...berlin, quantity: 20 });
    expect(notifier.status()[0]?.delivered).toBe(0);
    inventory.clock.advance(minutes(8.5 * 60));
    await sellTea(inventory, 1);
    await settle();
    expect(raised()).toEqual([]);
    expect(notifier.status()[0]?.position).toBe(await inventory.feed.head());
  });

  it("goes on where the host says it was: what came while nobody ran is told, once", async () => {
    const inventory = await shop();
    let kept: number | undefined = await inventory.feed.head();
    const position = {
      load: async () => kept,
      save: async (seq: number) => {
        kept = seq;
      },
    };
    await sellTea(inventory, 6);
    const first = noting();
    const before = notify(inventory, { name: "all", sink: first.sink, position });
    await before.settle();
    await before.notifier.stop();
    const second = noting();
    await notify(inventory, { name: "all", sink: second.sink, position }).settle();
    expect(first.raised()).toEqual(["TEA-50"]);
    expect(second.told).toEqual([]);
  });

  it("stopped gives up the delivery under way, and refuses routes of one name", async () => {
    const inventory = await shop();
    let given = false;
    const sink: NotificationSink = {
      send: (_notification, signal) =>
        new Promise((_resolve, reject) => {
          given = true;
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    };
    const { notifier, timers, settle } = notify(inventory, { name: "all", sink });
    await settle();
    await sellTea(inventory, 6);
    timers.runOut();
    await expect.poll(() => given, { interval: 1 }).toBe(true);
    await notifier.stop();
    expect(timers.delays()).toEqual([]);
    expect(() =>
      createNotifier({
        inventory,
        routes: [
          { name: "a", sink },
          { name: "a", sink },
        ],
      }),
    ).toThrow(TypeError);
  });
});

describe("quiet hours", () => {
  const at = (hour: number, minute = 0) => Date.UTC(2026, 6, 1, hour, minute);

  it("go past midnight, by the clock on the wall", () => {
    const night = quietTime({ from: "22:00", to: "07:00", timeZone: "Europe/Berlin" });
    expect([at(19, 59), at(20), at(22, 30), at(4, 59), at(5)].map((time) => night(time) / 60_000)).toEqual([0, 540, 390, 1, 0]);
    const noon = quietTime({ from: "12:00", to: "13:00", timeZone: "UTC" });
    expect([at(11, 59), at(12), at(13)].map((time) => noon(time) / 60_000)).toEqual([0, 60, 0]);
  });

  it.each([
    [{ from: "25:00", to: "07:00", timeZone: "UTC" }],
    [{ from: "22:00", to: "7", timeZone: "UTC" }],
    [{ from: "22:00", to: "07:00", timeZone: "Mars/Olympus" }],
  ])("that are none are a mistake: %j", (hours) => {
    expect(() => quietTime(hours)).toThrow(TypeError);
  });
});

describe("sinks", () => {
  const alert = {
    id: "a9-0",
    sku: "TEA\n50",
    storeId: "berlin",
    type: "low_stock",
    status: "active",
    quantity: 4,
    limit: 5,
    raisedAt: 1,
    updatedAt: 1,
    seq: 9,
  } as const;
  const notification: Notification = {
    id: "e.all.8-9",
    raised: [alert, { ...alert, type: "out_of_stock", quantity: 0 }],
    closed: [{ ...alert, status: "resolved" }],
  };
  const { signal } = new AbortController();

  it("a webhook gets the notification as JSON with its name and a signature; anything but 2xx is a failure", async () => {
    const calls: Request[] = [];
    let status = 204;
    const fetch = async (...args: Parameters<typeof globalThis.fetch>) => {
      calls.push(new Request(...args));
      return new Response(null, { status });
    };
    const sink = webhookSink({ url: "https://erp.example/hook", secret: "s3cret", fetch });
    await sink.send(notification, signal);
    const body = await calls[0]?.text();
    expect(JSON.parse(body ?? "")).toEqual(notification);
    expect(calls[0]?.headers.get("onhand-delivery")).toBe("e.all.8-9");
    const expected = createHmac("sha256", "s3cret").update(`e.all.8-9.${body}`).digest("hex");
    expect(calls[0]?.headers.get("onhand-signature")).toBe(`sha256=${expected}`);
    status = 500;
    await expect(sink.send(notification, signal)).rejects.toThrow("500");
    expect(() => webhookSink({ url: "nonsense" })).toThrow(TypeError);
    expect(() => webhookSink({ url: "https://erp.example", secret: "" })).toThrow(TypeError);
  });

  it("a mail has a line for each alert, no header that a SKU could end, and the same Message-ID when it is repeated", async () => {
    const mails: Record<string, unknown>[] = [];
    const transport = { sendMail: async (mail: Record<string, unknown>) => mails.push(mail) };
    await mailSink({ transport, from: "a@shop.example", to: ["b@shop.example", "c@shop.example"], domain: "shop.example" }).send(
      notification,
      signal,
    );
    expect(mails[0]).toMatchObject({ to: "b@shop.example, c@shop.example", messageId: "<e.all.8-9@shop.example>" });
    expect(mails[0]?.subject).toBe("TEA 50 at berlin is low: 4 available, reorder at 5, and 1 more");
    expect(mails[0]?.text).toContain("is out of stock: 0 available");
    expect(mails[0]?.text).toContain("low_stock is resolved");
  });

  it("a text goes to the host with the delivery's name", async () => {
    const texts: unknown[] = [];
    await textSink(async (message) => texts.push(message)).send({ ...notification, raised: [] }, signal);
    expect(texts).toEqual([{ text: "1 stock alert is over", key: "e.all.8-9" }]);
  });
});
