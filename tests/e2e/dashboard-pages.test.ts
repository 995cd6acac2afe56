import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { api } from "./support/api";
import { violations } from "./support/axe";
import { isLive, launchBrowser, openWindow, type Screen, toast } from "./support/browser";
import { buildDashboard } from "./support/dashboard";
import { addUser, type ServerProcess, startServer } from "./support/server";

let browser: Browser;
let server: ServerProcess;
let dashboard: string;
let screen: Screen | undefined;
let page: Page;

beforeAll(async () => {
  dashboard = await buildDashboard();
  const quiet = ["--demo", "--rate", "0", "--seed", "7", "--storage", "memory:", "--port", "0", "--dashboard", dashboard];
  [browser, server] = await Promise.all([launchBrowser(), startServer(quiet)]);
});

afterAll(async () => {
  await browser?.close();
  await server?.kill();
});

afterEach(async () => {
  expect(screen?.complaints ?? []).toEqual([]);
  await screen?.close();
  screen = undefined;
});

/** Opens the dashboard at an address of its own, as a bookmark does. */
async function visit(path: string): Promise<void> {
  screen ??= await openWindow(browser);
  page = screen.page;
  await page.goto(server.url + path);
  await isLive(page);
}

const button = (name: string | RegExp, within: Pick<Page, "getByRole"> = page) => within.getByRole("button", { name });
const follow = (name: string) => page.getByRole("link", { name: new RegExp(`^${name}`) }).click();
const unread = async () => Number(await page.getByTestId("unread").evaluate((element) => element.firstChild?.textContent));
const dialog = () => page.locator("dialog[open]");

describe("alerts", () => {
  test("one that is raised elsewhere shows at once, is acknowledged, assigned and dismissed, and stays dismissed after a reload", async () => {
    await visit("/alerts");
    await page.getByTestId("alert").first().waitFor();
    const before = await unread();
    const [level] = (await api<{ items: { available: number }[] }>(server.url, "/levels?sku=COF-HAUS-1KG&storeId=torstrasse")).items;
    await api(server.url, "/stock/sell", { sku: "COF-HAUS-1KG", storeId: "torstrasse", quantity: level?.available });
    const raised = page
      .getByTestId("alert")
      .filter({ hasText: "COF-HAUS-1KG" })
      .filter({ hasText: "Torstraße 110" })
      .filter({ hasText: "Out of stock" });
    await raised.waitFor();
    const after = await unread();
    expect(after).toBeGreaterThan(before);
    await button("Acknowledge", raised).click();
    await toast(page, "success", "Acknowledged").waitFor();
    await page
      .getByTestId("unread")
      .filter({ hasText: String(after - 1) })
      .waitFor();
    await button("Assign", raised).click();
    await dialog().getByLabel("Name").fill("jonas");
    await page.keyboard.press("Enter");
    await raised.getByText("jonas").waitFor();
    await button("Dismiss", raised).click();
    await raised.waitFor({ state: "detached" });
    await page.reload();
    await button("Dismissed").click();
    await raised.waitFor();
    expect(await button("Dismiss", raised).count()).toBe(0);
  });
});

describe("orders", () => {
  test("goods are scanned onto a draft, ordered, taken in piece by piece, and then the order is received", async () => {
    await visit("/orders/new");
    await page.getByLabel("Supplier").selectOption("feinkost-spree");
    await page.getByLabel("Your number").fill("E2E-1");
    await page.locator("main").focus();
    await page.keyboard.type("pan-choc-70");
    await page.keyboard.press("Enter");
    await page.getByLabel("Quantity of PAN-CHOC-70").fill("10");
    await button("Draft order").click();
    await page.getByRole("heading", { name: "Order E2E-1" }).waitFor();
    await button("Submit").click();
    await button("Take in goods").click();
    await dialog().getByLabel("Arrived of PAN-CHOC-70").fill("4");
    await button("Take in", dialog()).click();
    await page.getByTestId("line").filter({ hasText: "4 of 10 here" }).waitFor();
    await button("Take in goods").click();
    await button("Take in", dialog()).click();
    await page.getByTestId("badge").filter({ hasText: "Received" }).waitFor();
    expect(await button("Take in goods").count()).toBe(0);
    await follow("Orders");
    await follow("Received");
    await page.getByTestId("order").filter({ hasText: "E2E-1" }).waitFor();
  });

  test("one that is over is there from its own address, as every order, transfer and count is", async () => {
    type Rows = { items: { id: string; status: string }[] };
    const idOf = async (path: string, status: string) =>
      (await api<Rows>(server.url, path)).items.find((row) => row.status === status)?.id as string;
    await visit(`/orders/${await idOf("/purchase-orders", "received")}`);
    await page.getByTestId("badge").filter({ hasText: "Received" }).waitFor();
    await visit(`/orders/${await idOf("/purchase-orders", "cancelled")}`);
    await page.getByTestId("badge").filter({ hasText: "Cancelled" }).waitFor();
    await visit(`/counts/${await idOf("/counts", "approved")}`);
    await page.getByRole("heading", { name: /^Count / }).waitFor();
  });

  test("what is delivered too much is refused in words, and nothing is booked", async () => {
    await visit("/orders");
    await page.getByTestId("order").filter({ hasText: "Rösterei Nord" }).getByRole("link").click();
    await button("Take in goods").click();
    await dialog().getByLabel("Arrived of COF-DRIP-10").fill("999");
    await button("Take in", dialog()).click();
    await toast(page, "error", "Nothing was taken in").waitFor();
    await page.keyboard.press("Escape");
    await page.getByTestId("line").filter({ hasText: "0 of 24 here" }).first().waitFor();
  });

  test("what should be reordered is looked through and drafted, for each supplier and store", async () => {
    await visit("/orders/proposals");
    await page.getByTestId("proposal").first().waitFor();
    const before = await api<{ items: unknown[] }>(server.url, "/purchase-orders?status=draft");
    await page.getByRole("spinbutton").first().fill("0");
    await button(/^Draft \d+ lines$/).click();
    await toast(page, "success", "Drafted").waitFor();
    await page
      .getByTestId("order")
      .nth(before.items.length + 1)
      .waitFor();
    await visit("/orders/proposals");
    await page.getByRole("spinbutton").first().fill("0");
    await button(/^Draft \d+ lines$/).click();
    await toast(page, "success", "All of it is drafted already").waitFor();
  });

  test("a supplier is added and changed", async () => {
    await visit("/orders/suppliers");
    await button("Add a supplier").click();
    await dialog().getByLabel("Short name").fill("moorhof");
    await dialog().getByLabel("Name", { exact: true }).fill("Moorhof");
    await dialog().getByLabel("Days to deliver").fill("4");
    await button("Add", dialog()).click();
    await page.getByTestId("supplier").filter({ hasText: "Moorhof" }).filter({ hasText: "4 days" }).waitFor();
    await button("Change Moorhof").click();
    await button("Archive", dialog()).click();
    await page.getByTestId("supplier").filter({ hasText: "Moorhof" }).waitFor({ state: "detached" });
  });
});

describe("a product", () => {
  test("tells where it is, why, what is expected, and prints a label, from its own address", async () => {
    await visit("/products/PAN-OATM-1L");
    await page.getByTestId("demand").waitFor();
    expect(await page.getByTestId("shelf").count()).toBe(4);
    const shelf = page.getByTestId("shelf").filter({ hasText: "Lager Westhafen" });
    await shelf.getByText("6 promised").waitFor();
    await button(/^Why/, shelf).click();
    await page.getByTestId("cause").filter({ hasText: "transfer" }).waitFor();
    await page.getByTestId("cause").filter({ hasText: "+6 promised" }).waitFor();
    await page.keyboard.press("Escape");
    await button("Label").click();
    const codes = dialog().getByTestId("label").getByRole("img");
    await codes.first().waitFor();
    expect(await codes.evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth > 0))).toEqual([true, true]);
  });

  test("has its lots, and a level that changes shows at once", async () => {
    await visit("/products/PAN-GRAN-400");
    await page.getByText("L-2417").first().waitFor();
    const shelf = page.getByTestId("shelf").filter({ hasText: "Lager Westhafen" });
    const before = Number(await button(/^Why/, shelf).textContent());
    await api(server.url, "/stock/sell", { sku: "PAN-GRAN-400", storeId: "lager", quantity: 1 });
    await shelf.getByRole("button", { name: `Why ${before - 1} at` }).waitFor();
  });
});

describe("reports", () => {
  test("are chosen, grouped with sub-totals, kept over a reload, and taken down as files", async () => {
    await visit("/reports");
    await page.getByTestId("report").waitFor();
    await page.getByLabel("By").selectOption("category,sku");
    await page.getByRole("cell", { name: "together" }).first().waitFor();
    await page.reload();
    await page.getByRole("cell", { name: "together" }).first().waitFor();
    const [csv] = await Promise.all([page.waitForEvent("download"), button("CSV").click()]);
    expect(csv.suggestedFilename()).toBe("salesByCategory.csv");
    const text = await readFile(await csv.path(), "utf8");
    expect(text.split("\n").length).toBeGreaterThan(40);
    const [pdf] = await Promise.all([page.waitForEvent("download"), button("PDF").click()]);
    expect((await readFile(await pdf.path())).subarray(0, 5).toString()).toBe("%PDF-");
  });

  test("stock is valued by store and category, with totals, and taken down as a table or on paper", async () => {
    await visit("/reports/valuation");
    await page.getByRole("cell", { name: "Lager Westhafen" }).first().waitFor();
    await page.getByRole("cell", { name: "together" }).first().waitFor();
    const { totals } = await api<{ totals: { value: { amount: number }[] } }>(server.url, "/reports/valuation?by=category");
    const shown = await page.getByTestId("report").locator("tfoot td[data-name=Value]").textContent();
    expect(Number(shown?.replaceAll(/[€,.]/gu, ""))).toBe(totals.value[0]?.amount);
    const [csv] = await Promise.all([page.waitForEvent("download"), button("CSV").click()]);
    expect(await readFile(await csv.path(), "utf8")).toMatch(
      /^storeId,category,quantity,value EUR,unknown,unsettled\r?\n(?:.*\r?\n)*lager,Brewing,\d+,/u,
    );
    const [pdf] = await Promise.all([page.waitForEvent("download"), button("PDF").click()]);
    expect((await readFile(await pdf.path())).subarray(0, 5).toString()).toBe("%PDF-");
  });

  test("every one of them has figures of the demo, or says that it has none", async () => {
    await visit("/reports");
    const options = page.getByLabel("Report").locator("option");
    await expect.poll(() => options.count()).toBe(11);
    const names = await options.evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
    for (const name of names) {
      await page.getByLabel("Report").selectOption(name);
      const answer = page.getByTestId("report").locator("tfoot").or(page.getByText("There is nothing to report."));
      await answer.first().waitFor();
      expect(new URL(page.url()).pathname).toBe(`/reports/${name}`);
    }
  });
});

describe("transfers", () => {
  test("goods are sent, arrive, and what is missing is written off", async () => {
    await visit("/transfers/new");
    await page.locator("select[name=from]").selectOption("lager");
    await page.locator("select[name=to]").selectOption("maybachufer");
    await page.getByPlaceholder("Add a product").fill("PAN-CHOC-70");
    await page.keyboard.press("Enter");
    await page.getByLabel("Quantity of PAN-CHOC-70").fill("3");
    await button("Send").click();
    await page.getByRole("heading", { name: "Lager Westhafen to Maybachufer 8" }).waitFor();
    await button("Take in goods").click();
    await dialog().getByLabel("Arrived of PAN-CHOC-70").fill("2");
    await button("Take in", dialog()).click();
    await page.getByTestId("line").filter({ hasText: "2 of 3 arrived" }).waitFor();
    await button("End transfer").click();
    await button("It is lost", dialog()).click();
    await page.getByTestId("line").filter({ hasText: "1 written off" }).waitFor();
    expect(await button("Take in goods").count()).toBe(0);
  });
});

describe("counts", () => {
  test("a store is counted blind with a scanner, and what was found becomes the stock", async () => {
    await visit("/counts/new");
    await page.locator("select[name=store]").selectOption("torstrasse");
    await page.getByLabel("What").selectOption("Grinders");
    await button("Start").click();
    await page.getByTestId("counted").waitFor();
    await page.locator("main").focus();
    await page.keyboard.type("grd-brush");
    await page.keyboard.press("Enter");
    await page.getByLabel(/^How many of Grinder Brush/).waitFor();
    await page.keyboard.type("17");
    await page.keyboard.press("Enter");
    const line = page.locator("[data-testid=line][data-sku=GRD-BRUSH]");
    await line.filter({ hasText: "17" }).waitFor();
    expect(await line.textContent()).not.toContain("expected");
    await button("Approve").click();
    await button("Approve", dialog()).click();
    await line.filter({ hasText: "booked" }).waitFor();
    const { items } = await api<{ items: { onHand: number }[] }>(server.url, "/levels?sku=GRD-BRUSH&storeId=torstrasse");
    expect(items[0]?.onHand).toBe(17);
  });
});

describe("lots and serial numbers", () => {
  test("are named when goods are scanned in, with the day they expire, shown with the product, and set right there", async () => {
    await visit("/");
    await button("Add", page.getByTestId("scan")).first().click();
    await page.getByLabel("Book at store").selectOption("lager");
    await page.locator("main").focus();
    await page.keyboard.type("pan-gran-400");
    await page.keyboard.press("Enter");
    await dialog().getByLabel("Lot 1 of PAN-GRAN-400", { exact: true }).fill("L-E2E");
    await dialog().getByLabel("Quantity of lot 1").fill("5");
    await dialog().getByLabel("Last day of lot 1").fill("2031-03-31");
    await page.keyboard.press("Enter");
    await toast(page, "success", "Added 5").waitFor();
    await visit("/products/PAN-GRAN-400");
    const lot = page.getByRole("listitem").filter({ hasText: "L-E2E" }).filter({ hasText: "Lager Westhafen" });
    await lot.filter({ hasText: "until Mar 31, 2031" }).waitFor();
    await button("Change when lot L-E2E at Lager Westhafen expires").click();
    expect(await dialog().getByLabel("Last day to sell").inputValue()).toBe("2031-03-31");
    await dialog().getByLabel("Last day to sell").fill("2031-05-02");
    await button("Save", dialog()).click();
    await lot.filter({ hasText: "until May 2, 2031" }).waitFor();
    await button("Change when lot L-E2E at Lager Westhafen expires").click();
    await button("It never expires", dialog()).click();
    await lot.filter({ hasNotText: "until" }).waitFor();
    const { items } = await api<{ items: { lot: string; expiresAt?: number }[] }>(server.url, "/lots?sku=PAN-GRAN-400&lot=L-E2E");
    expect(items.map(({ expiresAt }) => expiresAt)).toEqual([undefined]);
  });

  test("are chosen where goods are sent, taken in lot by lot, and counted", async () => {
    await visit("/transfers/new");
    await page.locator("select[name=from]").selectOption("lager");
    await page.locator("select[name=to]").selectOption("torstrasse");
    await page.getByPlaceholder("Add a product").fill("PAN-CANT-200");
    await page.keyboard.press("Enter");
    await button("Choose lots").click();
    await page.getByLabel("Quantity of lot L-2436").fill("4");
    await button("Send").click();
    await page.getByTestId("line").filter({ hasText: "L-2436: 4" }).waitFor();
    await button("Take in goods").click();
    await dialog().getByLabel("Quantity of lot L-2436").fill("3");
    await button("Take in", dialog()).click();
    await page.getByTestId("line").filter({ hasText: "3 of 4 arrived" }).waitFor();

    const { count } = await api<{ count: { id: string } }>(server.url, "/counts", { storeId: "markthalle", skus: ["PAN-CANT-200"] });
    await visit(`/counts/${count.id}`);
    await page.getByPlaceholder("Scan what you count").fill("pan-cant-200");
    await button(/PAN-CANT-200/, page.getByRole("list", { name: "Products that match" })).click();
    await page.getByLabel("Lot 1 of PAN-CANT-200", { exact: true }).fill("L-FOUND");
    await page.getByLabel("Quantity of lot 1").fill("7");
    await button("Note").click();
    await page.getByTestId("line").filter({ hasText: "L-FOUND: 7" }).waitFor();
  });

  test("are asked for where an order arrives, and serial numbers wherever they move", async () => {
    await api(server.url, "/products", { sku: "GRD-SERIAL", name: "Grinder with a number", tracking: "serial" });
    const lines = [
      { sku: "GRD-SERIAL", quantity: 2 },
      { sku: "PAN-GRAN-400", quantity: 6 },
    ];
    const { purchaseOrder } = await api<{ purchaseOrder: { id: string } }>(server.url, "/purchase-orders", {
      supplierId: "feinkost-spree",
      storeId: "lager",
      lines,
    });
    await visit(`/orders/${purchaseOrder.id}`);
    await button("Submit").click();
    await button("Take in goods").click();
    await dialog().getByLabel("Serial numbers of GRD-SERIAL").fill("SN-1\nSN-2\n");
    await button("Take in", dialog()).click();
    expect(
      await dialog()
        .getByLabel("Lot 1 of PAN-GRAN-400", { exact: true })
        .evaluate((input) => (input as HTMLInputElement).validity.valueMissing),
    ).toBe(true);
    await dialog().getByLabel("Lot 1 of PAN-GRAN-400", { exact: true }).fill("L-2436");
    await dialog().getByText("known, until").waitFor();
    await button("Take in", dialog()).click();
    await page.getByTestId("badge").filter({ hasText: "Received" }).waitFor();
    await visit("/");
    await page.getByLabel("Book at store").selectOption("lager");
    await page.locator("main").focus();
    await page.keyboard.type("grd-serial");
    await page.keyboard.press("Enter");
    await dialog().getByLabel("Serial numbers of GRD-SERIAL").fill("SN-2");
    await button("Sell", dialog()).click();
    await toast(page, "warning", "Sold 1").waitFor();
    const { items } = await api<{ items: { lot: string }[] }>(server.url, "/lots?sku=GRD-SERIAL");
    expect(items.map(({ lot }) => lot)).toEqual(["SN-1"]);
  });
});

test("a limit that is set raises its alert at once, and is taken away again", async () => {
  await visit("/thresholds");
  await page.getByTestId("threshold").first().waitFor();
  await button("Set a limit").click();
  await dialog().getByPlaceholder("Product: scan").fill("HOM-BAG-JUT");
  await page.keyboard.press("Enter");
  await dialog().locator("select[name=store]").selectOption("markthalle");
  await dialog().getByLabel("Low at or below").fill("500");
  await button("Set", dialog()).click();
  await toast(page, "success", "Set").waitFor();
  await follow("Alerts");
  await page.getByTestId("alert").filter({ hasText: "HOM-BAG-JUT" }).filter({ hasText: "Markthalle" }).first().waitFor();
  await follow("Limits");
  await button("Change the limit of HOM-BAG-JUT at Markthalle Neun").click();
  await button("Take away", dialog()).click();
  await button("Change the limit of HOM-BAG-JUT at Markthalle Neun").waitFor({ state: "detached" });
});

test("a page whose code can't be had says so, and is there once it can", async () => {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  page = await context.newPage();
  const code = /\/assets\/orders-.*\.js$/u;
  await page.route(code, (route) => route.abort());
  await page.goto(server.url);
  await isLive(page);
  await page.getByRole("link", { name: "Orders", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "the server can't be reached" }).waitFor();
  await page.unroute(code);
  await button("Try again").click();
  await page.getByTestId("order").first().waitFor();
});

test("a viewer sees everything and no button that would be refused", async () => {
  const directory = await mkdtemp(join(tmpdir(), "onhand-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const users = join(directory, "users.json");
  await addUser(users, { name: "vic", role: "viewer", password: "correct horse battery" });
  const closed = await startServer([
    "--demo",
    "--rate",
    "0",
    "--users",
    users,
    "--storage",
    "memory:",
    "--port",
    "0",
    "--dashboard",
    dashboard,
  ]);
  onTestFinished(() => closed.kill());
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  page = await context.newPage();
  await page.goto(`${closed.url}/alerts`);
  await page.getByLabel("Name").fill("vic");
  await page.getByLabel("Password").fill("correct horse battery");
  const answered = page.waitForResponse("**/api/session/permissions");
  await page.keyboard.press("Enter");
  await isLive(page);
  await answered;
  await page.getByTestId("alert").first().waitFor();
  for (const [path, shown, name] of [
    ["/alerts", "alert", /Acknowledge|Assign|Dismiss$/],
    ["/orders/suppliers", "supplier", /Change|Add/],
    ["/transfers", "transfer", /Send/],
    ["/counts", "count", /Start/],
    ["/thresholds", "threshold", /Change|Set/],
    ["/products/PAN-GRAN-400", "lot", /Change when lot/],
  ] as const) {
    const known = page.waitForResponse("**/api/session/permissions");
    await page.goto(closed.url + path);
    await known;
    await page.getByTestId(shown).first().waitFor();
    expect(await page.locator("main").getByRole("button", { name }).count(), path).toBe(0);
    expect(await page.getByRole("link", { name: /New order|Send goods|Start a count/ }).count(), path).toBe(0);
  }
  await page.goto(`${closed.url}/transfers/new`);
  await page.getByText("signed in as vic, who may look but not do this").waitFor();
});

test.each([
  ["/products/NONE", "There is no product NONE.", "All products"],
  ["/orders/none", "There is no order none.", "All orders"],
  ["/transfers/none", "There is no transfer none.", "All transfers"],
  ["/counts/none", "There is no count none.", "All counts"],
])("what does not exist at %s is said, with a way back", async (path, words, back) => {
  await visit(path);
  await page.getByText(words).waitFor();
  await page.getByRole("link", { name: back }).click();
  await page.getByText(words).waitFor({ state: "detached" });
});

test("an address that nobody knows says so, and files that are not there are not the page", async () => {
  await visit("/nothing-here");
  await page.getByText("There is no such page.").waitFor();
  expect((await fetch(`${server.url}/assets/none.js`, { headers: { Accept: "text/html" } })).status).toBe(404);
  expect((await fetch(`${server.url}/nothing-here`)).status).toBe(404);
});

// Each page is looked at four times, on a machine that others use as well.
const patientlyMs = 240_000;
const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const backgrounds = { light: "rgb(246, 246, 244)", dark: "rgb(13, 15, 16)" };

/** Changes the theme, and waits until the page has been drawn in it. */
async function turn(colorScheme: keyof typeof backgrounds): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction(
    (color) => getComputedStyle(document.documentElement).backgroundColor === color && document.getAnimations().length === 0,
    backgrounds[colorScheme],
  );
}
const addresses = [
  ["/alerts", "alert"],
  ["/orders", "order"],
  ["/orders/proposals", "proposal"],
  ["/orders/suppliers", "supplier"],
  ["/orders/new", "connection"],
  ["/products/PAN-OATM-1L", "demand"],
  ["/products/PAN-GRAN-400", "lot"],
  ["/reports/salesByCategory?by=storeId%2Ccategory", "report"],
  ["/transfers", "transfer"],
  ["/counts", "count"],
  ["/thresholds", "threshold"],
] as const;

test("nobody is shut out of any page in light or dark, on a desk or on a phone", { timeout: patientlyMs }, async () => {
  let theme: keyof typeof backgrounds = "light";
  for (const [path, shown] of addresses) {
    await visit(path);
    await page.getByTestId(shown).first().waitFor();
    for (const about of ["everything", "colors"] as const) {
      for (const viewport of [desk, phone]) {
        await page.setViewportSize(viewport);
        const where = `${path} in ${theme} at ${viewport.width}`;
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), where).toBeLessThanOrEqual(0);
        expect(await violations(page, about), where).toEqual([]);
      }
      // The next page is looked at in this theme first.
      if (about === "everything") {
        theme = theme === "light" ? "dark" : "light";
        await turn(theme);
      }
    }
  }
});

test("the pages are reached by keyboard, and the focus goes with them", async () => {
  await visit("/");
  await page.getByRole("link", { name: "Orders", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Orders" }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
});

test("a shop with nothing in it says what comes first, and not that nothing matches or that all is well", async () => {
  const empty = await startServer(["--open-for-demo", "--storage", "memory:", "--port", "0", "--dashboard", dashboard]);
  onTestFinished(() => empty.kill());
  screen = await openWindow(browser, { viewport: { width: 390, height: 844 } });
  page = screen.page;
  const says = async (path: string, text: string) => {
    await page.goto(empty.url + path);
    await page.getByText(text).waitFor();
  };
  await says("/", "There are no products yet.");
  await says("/alerts", "as far as limits are set");
  await says("/orders/new", "There are no suppliers yet");
  await page.getByRole("link", { name: "add one" }).click();
  await button("Add a supplier").waitFor();
  // Parts of a page stand in one row on a phone.
  const tops = await page
    .getByRole("navigation", { name: "Orders" })
    .getByRole("link")
    .evaluateAll((links) => links.map((link) => link.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);
});
