import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, stock } from "./support/api";
import { violations } from "./support/axe";
import { isDown, isLive, launchBrowser, openScreen, scan, showsQuantity, toast } from "./support/browser";
import { buildDashboard } from "./support/dashboard";
import { type ServerProcess, startServer } from "./support/server";

let browser: Browser;
let directory: string;
let args: (port: number) => readonly string[];
let server: ServerProcess;

beforeAll(async () => {
  const dashboard = await buildDashboard();
  directory = await mkdtemp(join(tmpdir(), "onhand-live-"));
  args = (port) => ["--open-for-demo", "--storage", `csv:${directory}`, "--port", String(port), "--dashboard", dashboard];
  [browser, server] = await Promise.all([launchBrowser(), startServer(args(0))]);
  await api(server.url, "/stores", { id: "berlin", name: "Berlin" });
  for (const number of [1, 2, 3])
    await stock(server.url, { sku: `P00${number}`, name: `Product ${number}`, storeId: "berlin", quantity: 40 });
});

afterAll(async () => {
  await browser?.close();
  await server?.kill();
  await rm(directory, { recursive: true, force: true });
});

const mark = (page: Page) => page.evaluate(() => Object.assign(window, { neverReloaded: true }));
const wasNeverReloaded = (page: Page) => page.evaluate(() => "neverReloaded" in window);

test("a sale in one page shows in the other; after kill -9 both come back by themselves with nothing lost or doubled", async () => {
  const [one, other] = await Promise.all([openScreen(browser, server.url), openScreen(browser, server.url)]);
  await Promise.all([mark(one.page), mark(other.page)]);

  await scan(one.page, "p001");
  await toast(one.page, "success", "Sold 1 × Product 1").waitFor();
  await showsQuantity(other.page, "P001", 39);

  await server.kill();
  await Promise.all([isDown(one.page), isDown(other.page)]);
  await scan(one.page, "p002");
  await toast(one.page, "warning", "No connection right now").waitFor();
  await showsQuantity(one.page, "P002", 39);
  expect(await violations(one.page)).toEqual([]);

  server = await startServer(args(server.port));
  // All at once: the toast goes after five seconds, and the other page may take longer to come back.
  await Promise.all([isLive(one.page), isLive(other.page), toast(one.page, "success", "Sold 1 × Product 2").waitFor()]);
  await showsQuantity(other.page, "P002", 39);
  await showsQuantity(other.page, "P001", 39);

  await scan(other.page, "p003");
  await showsQuantity(one.page, "P003", 39);
  expect(await Promise.all([wasNeverReloaded(one.page), wasNeverReloaded(other.page)])).toEqual([true, true]);

  const { items } = await api<{ items: { sku: string; type: string; delta: number }[] }>(server.url, "/movements");
  expect(items.map(({ sku, type, delta }) => `${sku} ${type} ${delta}`)).toEqual([
    "P001 received 40",
    "P002 received 40",
    "P003 received 40",
    "P001 sold -1",
    "P002 sold -1",
    "P003 sold -1",
  ]);
  await Promise.all([one.close(), other.close()]);
});
