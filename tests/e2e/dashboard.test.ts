import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { violations } from "./support/axe";
import { isLive, launchBrowser, openScreen, rowOf, type Screen, scan, showsQuantity, toast } from "./support/browser";
import { buildDashboard } from "./support/dashboard";
import { type ServerProcess, startServer } from "./support/server";

let browser: Browser;
let server: ServerProcess;
let screen: Screen | undefined;
let page: Page;
let dashboard: string;

beforeAll(async () => {
  dashboard = await buildDashboard();
  const quiet = ["--demo", "--rate", "0", "--seed", "7", "--storage", "memory:", "--port", "0", "--dashboard", dashboard];
  [browser, server] = await Promise.all([launchBrowser(), startServer(quiet)]);
});

afterAll(async () => {
  await browser?.close();
  await server?.kill();
});

async function open(options: Parameters<typeof openScreen>[2] = {}): Promise<void> {
  screen = await openScreen(browser, server.url, options);
  page = screen.page;
}

afterEach(async () => {
  expect(screen?.complaints ?? []).toEqual([]);
  await screen?.close();
});

const names = (): Promise<string[]> => page.locator("[data-sku] button").allTextContents();
const figures = async (): Promise<number[]> =>
  (await page.locator("[data-sku] [data-testid=quantity]:visible").allTextContents()).map(Number);
const sorted = (column: string, direction: "ascending" | "descending") =>
  page.locator(`[role=columnheader][aria-sort=${direction}]`, { hasText: column }).waitFor();
const isRising = (values: readonly number[]) => values.every((value, index) => index === 0 || (values[index - 1] ?? 0) <= value);

describe("on a desk", () => {
  beforeEach(() => open());

  test("search narrows by name, SKU, barcode and category, and Escape brings everything back", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("yirga 250");
    await page.getByTestId("found").filter({ hasText: "1 product" }).waitFor();
    expect(await names()).toEqual(["Ethiopia Yirgacheffe Kochere, filter 250 g"]);
    await page.keyboard.press("Escape");
    await page.getByTestId("found").filter({ hasText: "62 products" }).waitFor();
    await page.keyboard.type("grinders");
    await page.getByTestId("found").filter({ hasText: "5 products" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.type("nothing has this name");
    await page.getByText("No product matches.").waitFor();
  });

  test("every column sorts both ways", async () => {
    const [first] = await names();
    await page.getByRole("button", { name: "Product", exact: true }).click();
    await sorted("Product", "descending");
    expect((await names())[0]).not.toBe(first);
    await page.getByRole("button", { name: "Available" }).click();
    await sorted("Available", "ascending");
    expect(isRising(await figures())).toBe(true);
    await page.getByRole("button", { name: "Available" }).click();
    await sorted("Available", "descending");
    expect(isRising((await figures()).reverse())).toBe(true);
    await page.getByRole("button", { name: "Status" }).click();
    await sorted("Status", "ascending");
    expect(await rowStatus(0)).toBe("Out of stock");
    await page.getByRole("button", { name: "Status" }).click();
    await sorted("Status", "descending");
    expect(await rowStatus(0)).toBe("In stock");
  });

  test("the cards count, and low and out of stock narrow the table to what they count", async () => {
    const low = Number(await page.getByTestId("card-Low stock").textContent());
    expect(low).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Low stock" }).click();
    await page
      .getByTestId("found")
      .filter({ hasText: new RegExp(`^${low} products?$`) })
      .waitFor();
    expect(new Set(await page.locator("[data-sku] [data-testid=status]").allTextContents())).toEqual(new Set(["Low"]));
    await page.getByRole("button", { name: "Show all, not only Low" }).click();
    await page.getByTestId("found").filter({ hasText: "62 products" }).waitFor();
  });

  test("a scanner sells and adds without a mouse: SKU or barcode, quantity, and ready for the next scan", async () => {
    const field = page.getByLabel("Scan", { exact: true }).getByPlaceholder("SKU or barcode");
    await page.getByLabel("Book at store").selectOption("torstrasse");
    const before = await lookFor("COF-HAUS-1KG");
    await page.locator("body").press("c");
    await page.keyboard.type("of-haus-1kg");
    expect(await field.inputValue()).toBe("COF-HAUS-1KG");
    await page.getByRole("button", { name: "Quantity 50" }).press("Enter");
    await page.getByRole("group", { name: "Enter does" }).getByRole("button", { name: "Add" }).press("Enter");
    await page.keyboard.press("Enter");
    await toast(page, "success", "Added 50 × House Espresso, whole beans 1 kg").waitFor();
    await showsQuantity(page, "COF-HAUS-1KG", before + 50);
    expect(await field.inputValue()).toBe("");
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    // The second product of the catalogue, by its barcode.
    await page.getByRole("group", { name: "Enter does" }).getByRole("button", { name: "Sell" }).press("Enter");
    await scan(page, "2000001000021");
    await toast(page, "success", "Sold 1 × House Espresso, whole beans 1 kg").waitFor();
    await showsQuantity(page, "COF-HAUS-1KG", before + 49);
  });

  test("refusals and unknown codes are said, and nothing changes", async () => {
    await scan(page, "no-such-thing");
    await toast(page, "error", "No product has the code NO-SUCH-THING").waitFor();
    const before = await lookFor("HOM-GIFT-25");
    await page.getByRole("button", { name: "Quantity 100" }).click();
    await scan(page, "hom-gift-25");
    await toast(page, "error", "Not enough Gift Card").waitFor();
    await showsQuantity(page, "HOM-GIFT-25", before);
  });

  test("the first tab stop leads past what every page begins with", async () => {
    await page.reload();
    await isLive(page);
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to the page" });
    expect(await skip.evaluate((link) => link === document.activeElement && link.getBoundingClientRect().width > 50)).toBe(true);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.tagName === "MAIN");
  });

  test("rows are walked with the arrow keys, opened with Enter and left with Escape", async () => {
    await rowAt(0).focus();
    await page.keyboard.press("ArrowDown");
    await hasFocus(1);
    await page.keyboard.press("End");
    await hasFocus(61);
    await page.keyboard.press("Enter");
    await page.getByTestId("details").getByText("Where it is").waitFor();
    await page.getByTestId("details").getByTestId("movement").first().waitFor();
    await page.keyboard.press("Escape");
    await hasFocus(61);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard and scanner" }).waitFor();
  });

  test("a store's figures are its own", async () => {
    const all = await page.getByTestId("card-Units on hand").textContent();
    await page.getByLabel("Store", { exact: true }).selectOption("lager");
    await page
      .getByTestId("card-Units on hand")
      .filter({ hasNotText: new RegExp(`^(${all}|–)$`) })
      .waitFor();
  });
});

test("toasts are announced, stay for five seconds and go by themselves", async () => {
  await open();
  await page.clock.install();
  await scan(page, "unknown");
  const shown = toast(page, "error", "UNKNOWN");
  await shown.waitFor();
  expect(await page.locator("section[aria-live=polite]", { has: shown }).count()).toBe(1);
  await page.clock.fastForward(4_500);
  expect(await shown.isVisible()).toBe(true);
  await page.clock.fastForward(1_000);
  await shown.waitFor({ state: "detached" });
});

test.each(["light", "dark"] as const)("nobody is shut out in %s, with details open, or with the help open", async (colorScheme) => {
  await open({ colorScheme });
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
    colorScheme === "dark" ? "rgb(13, 15, 16)" : "rgb(246, 246, 244)",
  );
  await scan(page, "brw-aero-01");
  await page.locator("[data-sonner-toast]").first().waitFor();
  expect(await violations(page)).toEqual([]);
  await rowAt(0).click();
  await page.getByTestId("details").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Keyboard and scanner help" }).click();
  expect(await violations(page)).toEqual([]);
});

test("a closed server asks for its token, says when it is wrong, and opens with the right one", async () => {
  const closed = await startServer(["--token", "open-sesame", "--storage", "memory:", "--port", "0", "--dashboard", dashboard]);
  onTestFinished(() => closed.kill());
  const context = await browser.newContext();
  const door = await context.newPage();
  await door.goto(closed.url);
  await door.getByLabel("Token").fill("guess");
  await door.keyboard.press("Enter");
  await door.getByText("doesn't know that token").waitFor();
  await door.getByLabel("Token").fill("open-sesame");
  await door.keyboard.press("Enter");
  await isLive(door);
  await context.close();
});

test("a server with users asks for name and password, says when they are wrong, and knows who it is after a reload", async () => {
  const directory = await mkdtemp(join(tmpdir(), "onhand-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const users = ["--users", join(directory, "users.json"), "--admin-password", "correct horse battery"];
  const closed = await startServer([...users, "--storage", "memory:", "--port", "0", "--dashboard", dashboard]);
  onTestFinished(() => closed.kill());
  const context = await browser.newContext();
  const door = await context.newPage();
  await door.goto(closed.url);
  await door.getByLabel("Name").fill("admin");
  await door.getByLabel("Password").fill("guess");
  await door.keyboard.press("Enter");
  await door.getByText("The name or the password is wrong.").waitFor();
  expect(await violations(door)).toEqual([]);
  await door.getByLabel("Password").fill("correct horse battery");
  await door.keyboard.press("Enter");
  await isLive(door);
  await door.reload();
  await isLive(door);
  expect(await door.evaluate(() => document.cookie)).toBe("");
  await context.close();
});

test("a phone shows everything within its width", async () => {
  await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  expect(await overflow()).toBe(0);
  await rowAt(0).tap();
  await page.getByTestId("details").waitFor();
  expect(await overflow()).toBe(0);
  expect(await violations(page)).toEqual([]);
});

const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
const rowStatus = (index: number) => page.locator(`[data-sku]:has([data-index="${index}"]) [data-testid=status]`).textContent();

const rowAt = (index: number) => page.locator(`[data-sku] [data-index="${index}"]`);
const hasFocus = (index: number) => page.locator(`[data-sku] [data-index="${index}"]:focus`).waitFor();

/** Brings one product into view, leaves the search field, and tells how much of it there is. */
async function lookFor(sku: string): Promise<number> {
  await page.getByLabel("Search products").fill(sku);
  await page
    .getByTestId("found")
    .filter({ hasText: /^1 product$/ })
    .waitFor();
  await page.getByLabel("Search products").blur();
  return Number(await rowOf(page, sku).locator("[data-testid=quantity]:visible").textContent());
}
