import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Starts the Chromium of this machine: `CHROMIUM_PATH`, or where it usually is. */
export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath(), args: quiet });

function chromiumPath(): string {
  const known = [process.env.CHROMIUM_PATH, "/usr/bin/chromium"].find((path) => path && existsSync(path));
  // It fails when one of the names is unknown, and prints the others all the same.
  const { stdout } = spawnSync("which", ["chromium", "chromium-browser", "google-chrome"], { encoding: "utf8" });
  const path = known ?? stdout?.split("\n", 1)[0];
  if (!path) throw new Error("these tests need Chromium: install it, or say where it is in CHROMIUM_PATH");
  return path;
}

// Everything waited for takes moments; this is for a machine that others use as well.
const patienceMs = 20_000;

/** The dashboard as somebody sees it, and what their browser complained of. */
export interface Screen {
  readonly page: Page;
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Opens the dashboard in a window of its own and waits until it is live and shows products. */
export async function openScreen(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Screen> {
  const screen = await openWindow(browser, options);
  await screen.page.goto(url);
  await isLive(screen.page);
  await screen.page.locator("[data-sku] [data-testid=quantity]").first().waitFor({ state: "attached" });
  return screen;
}

/** Opens a window that shows nothing yet. */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Screen> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  return { page, complaints, close: () => context.close() };
}

/** Waits until the page says it is live. */
export const isLive = (page: Page) => page.locator("[data-testid=connection][data-status=live]").waitFor();

/** Waits until the page says it is not live. */
export const isDown = (page: Page) => page.locator("[data-testid=connection]:not([data-status=live])").waitFor();

/** The row of a product. */
export const rowOf = (page: Page, sku: string) => page.locator(`[data-sku="${sku}"]`);

/** Waits until a product's row shows this much. */
export const showsQuantity = (page: Page, sku: string, quantity: number) =>
  rowOf(page, sku)
    .locator("[data-testid=quantity]:visible", { hasText: new RegExp(`^${quantity}$`) })
    .waitFor();

/** Scans as a USB scanner does: keys, then Enter, wherever the focus is. */
export async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
}

/** Waits for a toast of this kind with this text. */
export const toast = (page: Page, kind: "success" | "warning" | "error", text: string) =>
  page.locator(`[data-sonner-toast][data-type=${kind}]`, { hasText: text }).first();
