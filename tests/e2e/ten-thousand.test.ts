import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser, openScreen } from "./support/browser";
import { buildDashboard } from "./support/dashboard";
import { type ServerProcess, startServer } from "./support/server";

let browser: Browser;
let server: ServerProcess;

beforeAll(async () => {
  const dashboard = await buildDashboard();
  const busy = ["--demo", "--products", "10000", "--rate", "20", "--storage", "memory:", "--port", "0", "--dashboard", dashboard];
  [browser, server] = await Promise.all([launchBrowser(), startServer(busy)]);
});

afterAll(async () => {
  await browser?.close();
  await server?.kill();
});

test("of 10,000 products only those in view are in the page, and every one can be scrolled to while stock moves", async () => {
  const { page, complaints, close } = await openScreen(browser, server.url);
  expect(await page.getByRole("table", { name: "Products" }).getAttribute("aria-rowcount")).toBe("10001");
  const rows = page.locator("[data-sku]");
  expect(await rows.count()).toBeLessThan(50);
  for (const share of [0.25, 0.5, 0.75]) {
    const index = await page.evaluate((part) => {
      window.scrollTo(0, document.documentElement.scrollHeight * part);
      return Math.floor(10_000 * part);
    }, share);
    await page.waitForFunction(
      (near) => Math.abs(Number(document.querySelector<HTMLElement>("[data-index]")?.dataset.index) - near) < 100,
      index,
    );
    expect(await rows.count()).toBeLessThan(50);
  }
  await page.locator("[data-index]").first().focus();
  await page.keyboard.press("End");
  await page.locator("[data-index='9999']:focus").waitFor();
  await page.getByLabel("Search products").fill("genmaicha organic");
  await page
    .getByTestId("found")
    .filter({ hasText: /^\d{1,3} products$/ })
    .waitFor();
  expect(complaints).toEqual([]);
  await close();
});
