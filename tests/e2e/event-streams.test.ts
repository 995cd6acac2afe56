import type { InventoryClient } from "@onhand/client";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { launchBrowser } from "./support/browser";
import { type LiveServer, startLiveServer } from "./support/live-server";

interface Told {
  readonly event: string;
  readonly seq: number;
  readonly onHand: number | undefined;
}

let browser: Browser;
const tea = { sku: "TEA", storeId: "berlin" } as const;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

async function open(): Promise<{ readonly server: LiveServer; readonly page: Page }> {
  const server = await startLiveServer();
  onTestFinished(server.close);
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(server.url);
  return { server, page };
}

test("a browser's own EventSource reads on after a lost connection where it stopped: nothing lost, nothing twice", async () => {
  const { server, page } = await open();
  await page.evaluate(() => {
    const told: Told[] = [];
    const source = new EventSource("/live/events?entities=level&storeIds=berlin");
    for (const event of ["snap", "d"]) {
      source.addEventListener(event, ({ data }) => {
        for (const { seq, value } of JSON.parse(data).changes) told.push({ event, seq, onHand: value.onHand });
      });
    }
    Object.assign(window, { told });
  });
  const told = () => page.evaluate(() => (window as unknown as { readonly told: Told[] }).told);
  const shows = (onHand: number) =>
    page.waitForFunction((wanted) => (window as unknown as { readonly told: Told[] }).told.at(-1)?.onHand === wanted, onHand);

  await shows(10);
  await server.inventory.stock.sell({ ...tea, quantity: 1 });
  await shows(9);
  server.cut();
  await server.inventory.stock.sell({ ...tea, quantity: 2 });
  await shows(7);

  expect((await told()).map(({ event, onHand }) => `${event} ${onHand}`)).toEqual(["snap 10", "d 9", "d 7"]);
  expect(server.lastEventIds).toEqual([undefined, `${server.inventory.feed.epoch}:${(await told())[1]?.seq}`]);
});

test("where WebSockets are blocked a page is live over an event stream, sells over it, and returns to a WebSocket by itself", async () => {
  const { server, page } = await open();
  server.websockets = false;
  await page.evaluate(() => {
    const client = window.openClient();
    const seen: number[] = [];
    const level = client.level({ sku: "TEA", storeId: "berlin" });
    level.subscribe(() => {
      const onHand = level.get()?.onHand;
      if (onHand !== undefined && onHand !== seen.at(-1)) seen.push(onHand);
    });
    Object.assign(window, { client, seen });
  });
  const shows = (onHand: number) =>
    page.waitForFunction((wanted) => (window as unknown as { readonly seen: number[] }).seen.at(-1) === wanted, onHand);

  await shows(10);
  expect(server.links()).toEqual({ ws: 0, sse: 1 });
  await page.evaluate(
    (key) => (window as unknown as { client: InventoryClient }).client.command("stock.sell", { ...key, quantity: 4 }),
    tea,
  );
  await shows(6);
  expect((await server.inventory.stock.level(tea)).onHand).toBe(6);

  server.websockets = true;
  await expect.poll(server.links, { timeout: 60_000 }).toEqual({ ws: 1, sse: 0 });
  await server.inventory.stock.sell({ ...tea, quantity: 1 });
  await shows(5);
  const seen = await page.evaluate(() => (window as unknown as { readonly seen: number[] }).seen);
  expect(seen).toEqual([10, 6, 5]);
});
