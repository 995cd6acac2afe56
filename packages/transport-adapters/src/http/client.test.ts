import { type Inventory, InventoryError } from "@onhand/core";
import { beforeEach, expect, test } from "vitest";
import { settled } from "../shared/testing/manual-time";
import { createHttpClient, type HttpClientOptions, type InventoryHttpClient } from "./client";
import { commandRoutes, readRoutes } from "./routes";
import { type Served, serve } from "./testing/served";

let shop: Served;
let client: InventoryHttpClient;
const tea = { sku: "TEA-50", storeId: "berlin" };

const clientOf = (served: Served, options: Partial<HttpClientOptions> = {}) =>
  createHttpClient({
    url: "http://shop.example/api/",
    getToken: () => "clerk",
    fetch: (input, init) => served.handle(new Request(input, init)),
    ...options,
  });

beforeEach(async () => {
  shop = await serve({ basePath: "/api" });
  client = clientOf(shop);
});

test("it has every method that has a route, and answers as the inventory itself does", async () => {
  for (const name of [...Object.keys(commandRoutes), ...Object.keys(readRoutes)]) {
    const [area, method] = name.split(".") as [keyof InventoryHttpClient, string];
    expect(client[area], name).toHaveProperty(method, expect.any(Function));
  }
  const { inventory } = shop;
  expect(await client.products.get("tea-50")).toEqual(await inventory.products.get("TEA-50"));
  expect(await client.products.list({ search: "tea", limit: 1 })).toEqual(await inventory.products.list({ search: "tea", limit: 1 }));
  expect(await client.stock.level(tea)).toEqual(await inventory.stock.level(tea));
  expect(await client.stock.level(tea, { minSeq: 1, consistency: "strong" })).toEqual(await inventory.stock.level(tea));
  expect(await client.stock.movements({ from: new Date(0), order: "desc" })).toEqual(await inventory.stock.movements({ order: "desc" }));
  const now = new Date(shop.clock.now());
  expect(await client.stock.asOf(now, { storeId: "berlin" })).toEqual(await inventory.stock.asOf(now, { storeId: "berlin" }));
  expect(await client.forecasts.demand({ sku: "TEA-50", horizonDays: 2 })).toEqual(
    await inventory.forecasts.demand({ sku: "TEA-50", horizonDays: 2 }),
  );
  expect(await client.forecasts.reorder({ storeId: "berlin" })).toEqual(await inventory.forecasts.reorder({ storeId: "berlin" }));
  expect(await client.alerts.counts()).toEqual(await inventory.alerts.counts());
  expect(await client.feed.head()).toEqual({ epoch: inventory.feed.epoch, head: 4 });
  const changes = await client.feed.since(0, { entities: ["level"], skus: ["TEA-50"] });
  expect(changes.items).toEqual((await inventory.feed.since(0, { filter: { entities: ["level"] } })).items);
});

test("commands go where they belong, whatever stands before the other arguments", async () => {
  await client.products.create({ sku: "CUP", name: "Cup", attributes: { colour: "blue" } });
  expect(await client.products.update("CUP", { name: "Mug" })).toMatchObject({ product: { name: "Mug" } });
  const { movements } = await client.stock.apply([{ type: "receive", ...tea, quantity: 2 }], { idempotencyKey: "delivery-1" });
  expect(await client.stock.apply([{ type: "receive", ...tea, quantity: 2 }], { idempotencyKey: "delivery-1" })).toMatchObject({
    replayed: true,
  });
  expect(await client.stock.reverse(movements[0]?.id ?? "")).toMatchObject({ levels: [{ onHand: 5 }] });
  const { reservation } = await client.reservations.hold({ ...tea, quantity: 3, expiresInMs: 60_000 });
  expect(await client.reservations.commit(reservation.id, { quantity: 1 })).toMatchObject({ reservation: { held: 2 } });
  expect(await client.reservations.get(reservation.id)).toMatchObject({ committed: 1 });
  await client.thresholds.set({ ...tea, reorderPoint: 50 });
  const [alert] = (await client.alerts.list({ sku: "TEA-50" })).items;
  expect(await client.alerts.assign(alert?.id ?? "", { assignee: "mia" })).toMatchObject({ alert: { assignee: "mia" } });
  expect(await client.thresholds.get(tea)).toMatchObject({ reorderPoint: 50 });
  expect(await client.thresholds.remove(tea)).toMatchObject({ threshold: { reorderPoint: 50 } });
  expect(await client.execute("stock.sell", { ...tea, quantity: 1 })).toMatchObject({ levels: [{ onHand: 3 }] });
});

test("documents are commanded and read as the inventory's own are", async () => {
  const { inventory } = shop;
  const { transfer } = await client.transfers.ship({ from: "berlin", to: "hamburg", lines: [{ sku: "TEA-50", quantity: 2 }] });
  await client.transfers.receive(transfer.id, { lines: [{ sku: "TEA-50", quantity: 1 }] });
  expect(await client.transfers.get(transfer.id)).toEqual(await inventory.transfers.get(transfer.id));
  expect((await client.transfers.list({ to: "hamburg", status: "partially_received" })).items).toHaveLength(1);
  const { count } = await client.counts.start({ storeId: "berlin", skus: ["TEA-50"] });
  await client.counts.record(count.id, { lines: [{ sku: "TEA-50", counted: 4 }] });
  await client.counts.recount(count.id, { skus: ["TEA-50"] });
  expect(await client.counts.get(count.id)).toEqual(await inventory.counts.get(count.id));

  await client.suppliers.create({ id: "weiss", name: "Weiss", currency: "EUR" });
  await client.suppliers.setTerms({ supplierId: "weiss", sku: "TEA-50", minimum: 24, multiple: 12 });
  await client.products.update("TEA-50", { supplierId: "weiss" });
  await client.thresholds.set({ ...tea, reorderPoint: 10, maximum: 100 });
  const { items } = await client.forecasts.reorder({ storeId: "berlin" });
  expect(items).toMatchObject([{ quantity: 24, minimum: 24, multiple: 12, reorderPoint: 10, maximum: 100 }]);
  const { purchaseOrders, leftOut } = await client.purchaseOrders.draftFrom(items, { idempotencyKey: "monday" });
  expect([purchaseOrders.length, leftOut]).toEqual([1, []]);
  const [draft] = purchaseOrders;
  const expectedBefore = new Date(shop.clock.now() + 86_400_000);
  await client.purchaseOrders.submit(draft?.id ?? "", { expectedAt: shop.clock.now() });
  expect(await client.purchaseOrders.list({ expectedBefore, sku: "tea-50" })).toEqual(await inventory.purchaseOrders.list());
  expect(await client.purchaseOrders.get(draft?.id ?? "")).toEqual(await inventory.purchaseOrders.get(draft?.id ?? ""));
  expect(await client.suppliers.removeTerms({ supplierId: "weiss", sku: "TEA-50" })).toMatchObject({ terms: { minimum: 24 } });
  expect(await client.suppliers.listTerms()).toEqual({ items: [] });
});

test("what is refused is thrown as the error it was", async () => {
  const refused = client.stock.sell({ ...tea, quantity: 9 });
  await expect(refused).rejects.toMatchObject({ code: "INSUFFICIENT_STOCK", details: { requested: 9, available: 5 } });
  await expect(client.products.get("NOPE")).rejects.toMatchObject({ code: "UNKNOWN_PRODUCT" });
  await expect(client.execute("stock.steal", {})).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(client.execute("constructor", {})).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(clientOf(shop, { getToken: () => undefined }).products.list()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

test("an answer that is lost leaves a command's outcome unknown, and the same key settles it", async () => {
  const losing = clientOf(shop, {
    fetch: async (input, init) => {
      await shop.handle(new Request(input, init));
      throw new TypeError("fetch failed");
    },
  });
  const sale = { ...tea, quantity: 1, idempotencyKey: "order-1" };
  await expect(losing.stock.sell(sale)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN", details: { idempotencyKey: "order-1" } });
  expect(await client.stock.sell(sale)).toMatchObject({ replayed: true, levels: [{ onHand: 4 }] });
  await expect(losing.products.list()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  const gateway = clientOf(shop, { fetch: async () => new Response("<h1>Bad Gateway</h1>", { status: 502 }) });
  await expect(gateway.stock.sell(sale)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  await expect(gateway.stores.list()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
});

test("any key comes through as it is, and one that is none is refused", async () => {
  const sell = (idempotencyKey: string) => client.stock.sell({ ...tea, quantity: 1, idempotencyKey });
  expect(await sell('"order"')).toMatchObject({ movements: [{ idempotencyKey: '"order"' }] });
  expect(await sell("order")).toMatchObject({ replayed: false, movements: [{ idempotencyKey: "order" }] });
  await expect(sell("ä")).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(sell("")).rejects.toMatchObject({ code: "INVALID_INPUT" });
});

test("jobs are started, looked at and cancelled", async () => {
  const { id } = await client.jobs.start("verify");
  await settled();
  expect(await client.jobs.get(id)).toMatchObject({ kind: "verify", status: "done", result: { ok: true } });
  await expect(client.jobs.cancel(id)).rejects.toMatchObject({ code: "INVALID_STATE" });
  await expect(client.jobs.file(id)).rejects.toMatchObject({ code: "INVALID_STATE" });
  await expect(client.jobs.get("nope")).rejects.toBeInstanceOf(InventoryError);
});

test("its types are those of an inventory", () => {
  const products: Inventory["products"] = client.products;
  const stock: Pick<Inventory["stock"], "sell" | "apply" | "levels"> = client.stock;
  expect([products, stock]).toHaveLength(2);
});
