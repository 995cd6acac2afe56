import { type Alert, createInventory } from "@onhand/core";
import { addExamples, allOf, checkLedger, manualClock, minutes } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";
import { hostMemory } from "../../test/host-memory";
import { berlin, exampleInventory, refusalOf } from "../../test/inventory";

async function watched(threshold: object = { reorderPoint: 5, maximum: 20 }) {
  const inventory = await exampleInventory();
  await inventory.stock.receive({ ...berlin, quantity: 10 });
  await inventory.thresholds.set({ ...berlin, reorderPoint: 5, ...threshold });
  return inventory;
}

const shown = (alerts: readonly Alert[]) => alerts.map(({ type, status }) => `${type} ${status}`).sort();
const listed = async ({ alerts }: Awaited<ReturnType<typeof watched>>, filter = {}) => shown((await alerts.list(filter)).items);

describe("an alert", () => {
  it("is raised in the command that crosses the threshold and resolved in the one that comes back", async () => {
    const inventory = await watched();
    const told: string[] = [];
    inventory.on("*", (type, event) => {
      if ("alert" in event) told.push(`${event.seq} ${type} ${event.alert.type} ${event.alert.quantity}/${event.alert.limit}`);
    });
    await inventory.stock.sell({ ...berlin, quantity: 4 });
    expect(await listed(inventory)).toEqual([]);
    const { seq } = await inventory.stock.sell({ ...berlin, quantity: 1 });
    expect(await listed(inventory)).toEqual(["low_stock active"]);
    const empty = await inventory.stock.sell({ ...berlin, quantity: 5 });
    const back = await inventory.stock.receive({ ...berlin, quantity: 30 });
    expect(told).toEqual([
      `${seq} alert.raised low_stock 5/5`,
      `${empty.seq} alert.raised out_of_stock 0/0`,
      `${back.seq} alert.resolved low_stock 5/5`,
      `${back.seq} alert.resolved out_of_stock 0/0`,
      `${back.seq} alert.raised overstock 30/20`,
    ]);
    await checkLedger(inventory);
  });

  it("is raised by a hold as well, and resolved when the hold ends", async () => {
    const inventory = await watched();
    const { reservation } = await inventory.reservations.hold({ ...berlin, quantity: 6, expiresInMs: minutes(5) });
    expect(await listed(inventory)).toEqual(["low_stock active"]);
    await inventory.reservations.release(reservation.id);
    expect(await listed(inventory)).toEqual(["low_stock resolved"]);
    await inventory.reservations.hold({ ...berlin, quantity: 10, expiresInMs: minutes(5) });
    expect(await listed(inventory, { status: "active" })).toEqual(["low_stock active", "out_of_stock active"]);
    inventory.clock.advance(minutes(5));
    await inventory.reservations.sweep();
    expect(await listed(inventory, { status: "active" })).toEqual([]);
  });

  it("is there once, however often stock goes on falling", async () => {
    const inventory = await watched();
    for (let index = 0; index < 9; index++) await inventory.stock.sell({ ...berlin, quantity: 1 });
    expect(await listed(inventory)).toEqual(["low_stock active"]);
  });

  it("that was dismissed stays quiet until stock has recovered once", async () => {
    const inventory = await watched();
    await inventory.stock.sell({ ...berlin, quantity: 6 });
    const [alert] = (await inventory.alerts.list()).items;
    await inventory.alerts.dismiss(alert?.id as string);
    await inventory.stock.sell({ ...berlin, quantity: 1 });
    await inventory.stock.receive({ ...berlin, quantity: 1 });
    expect(await listed(inventory)).toEqual(["low_stock dismissed"]);
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    expect(await listed(inventory)).toEqual(["low_stock dismissed"]);
    await inventory.stock.sell({ ...berlin, quantity: 10 });
    expect(await listed(inventory)).toEqual(["low_stock active", "low_stock dismissed"]);
  });

  it("is acknowledged, assigned and then resolved by itself; what is closed can't be changed", async () => {
    const inventory = await watched();
    await inventory.stock.sell({ ...berlin, quantity: 6 });
    const { id } = (await inventory.alerts.list()).items[0] as Alert;
    expect(await inventory.alerts.counts()).toEqual({ open: 1, unread: 1, byType: { low_stock: 1, out_of_stock: 0, overstock: 0 } });
    expect((await inventory.alerts.acknowledge(id, { actor: "mia" })).alert).toMatchObject({ status: "acknowledged" });
    expect(await refusalOf(inventory.alerts.acknowledge(id))).toMatchObject({ code: "INVALID_STATE", state: "acknowledged" });
    expect((await inventory.alerts.assign(id, { assignee: "tom" })).alert.assignee).toBe("tom");
    expect((await inventory.alerts.list({ assignee: "tom" })).items).toHaveLength(1);
    expect(await inventory.alerts.counts({ storeId: "berlin" })).toMatchObject({ open: 1, unread: 0 });
    expect(await inventory.alerts.counts({ storeId: "hub" })).toMatchObject({ open: 0 });
    expect((await inventory.alerts.assign(id, { assignee: null })).alert).not.toHaveProperty("assignee");
    await inventory.stock.receive({ ...berlin, quantity: 6 });
    expect(await inventory.alerts.get(id)).toMatchObject({ status: "resolved", closedAt: inventory.clock.now() });
    for (const call of [inventory.alerts.acknowledge(id), inventory.alerts.dismiss(id), inventory.alerts.assign(id, { assignee: "x" })])
      expect(await refusalOf(call)).toMatchObject({ code: "INVALID_STATE", state: "resolved" });
    expect((await refusalOf(inventory.alerts.dismiss("a999-0"))).code).toBe("UNKNOWN_ALERT");
    expect((await refusalOf(inventory.alerts.get("nonsense"))).code).toBe("UNKNOWN_ALERT");
  });

  it("commands repeated under their key give their first answer", async () => {
    const inventory = await watched();
    const set = { ...berlin, reorderPoint: 12, idempotencyKey: "set" };
    const first = await inventory.thresholds.set(set);
    expect(first.alerts).toMatchObject([{ type: "low_stock", status: "active" }]);
    const { id } = first.alerts[0] as Alert;
    expect(await inventory.thresholds.set(set)).toEqual({ ...first, replayed: true });
    for (const call of [
      () => inventory.alerts.acknowledge(id, { idempotencyKey: "1" }),
      () => inventory.alerts.assign(id, { assignee: "tom", idempotencyKey: "2" }),
      () => inventory.alerts.dismiss(id, { idempotencyKey: "3" }),
      () => inventory.thresholds.remove(berlin, { idempotencyKey: "4" }),
    ]) {
      const answer = await call();
      expect(await call()).toEqual({ ...answer, replayed: true });
    }
  });

  it("stands and falls with the sale: a batch that is refused and a host that rolls back leave none", async () => {
    const storage = hostMemory();
    const inventory = await createInventory({ storage, clock: manualClock() });
    await addExamples(inventory);
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    await inventory.thresholds.set({ ...berlin, reorderPoint: 5 });
    const lines = [
      { type: "sell" as const, ...berlin, quantity: 8 },
      { type: "sell" as const, sku: "CUP", storeId: "berlin", quantity: 1 },
    ];
    await refusalOf(inventory.stock.apply(lines));
    const host = await storage.begin();
    await inventory.with(host).stock.sell({ ...berlin, quantity: 8 });
    expect((await inventory.with(host).alerts.list()).items).toHaveLength(1);
    await host.rollback();
    expect((await inventory.alerts.list()).items).toEqual([]);
    // Both cross and come back in one command: only what it leaves is judged.
    await inventory.stock.apply([
      { type: "sell", ...berlin, quantity: 9 },
      { type: "receive", ...berlin, quantity: 9 },
    ]);
    expect((await inventory.alerts.list()).items).toEqual([]);
  });

  it("200 sales at once over two levels raise one of each kind a level", async () => {
    const inventory = await exampleInventory();
    const hub = { sku: "TEA-50", storeId: "hub" };
    await inventory.thresholds.set({ sku: "TEA-50", reorderPoint: 50 });
    for (const place of [berlin, hub]) await inventory.stock.receive({ ...place, quantity: 100 });
    await Promise.all(Array.from({ length: 200 }, (_, index) => inventory.stock.sell({ ...(index % 2 ? berlin : hub), quantity: 1 })));
    expect(shown((await inventory.alerts.list()).items)).toEqual([
      "low_stock active",
      "low_stock active",
      "out_of_stock active",
      "out_of_stock active",
    ]);
    await checkLedger(inventory);
  });
});

describe("thresholds", () => {
  it("the nearest that is set counts as a whole, and the next wider one once it is gone", async () => {
    const { thresholds } = await exampleInventory();
    await thresholds.set({ reorderPoint: 1, maximum: 9 });
    await thresholds.set({ storeId: "berlin", reorderPoint: 2 });
    await thresholds.set({ sku: "TEA-50", reorderPoint: 3 });
    await thresholds.set({ ...berlin, reorderPoint: 4, reorderQuantity: 24, safetyStock: 2 });
    expect(await thresholds.get(berlin)).toMatchObject({ ...berlin, reorderPoint: 4, reorderQuantity: 24, safetyStock: 2 });
    for (const reorderPoint of [3, 2, 1]) {
      const { sku, storeId } = await thresholds.get(berlin);
      await thresholds.remove({ ...(sku !== undefined && { sku }), ...(storeId !== undefined && { storeId }) });
      expect((await thresholds.get({ sku: "tea-50", storeId: "berlin" })).reorderPoint).toBe(reorderPoint);
    }
    expect((await thresholds.list()).items).toEqual([expect.objectContaining({ reorderPoint: 1, maximum: 9 })]);
    await thresholds.remove({});
    expect(await refusalOf(thresholds.get(berlin))).toMatchObject({ code: "UNKNOWN_THRESHOLD", ...berlin });
    expect((await refusalOf(thresholds.remove(berlin))).code).toBe("UNKNOWN_THRESHOLD");
  });

  it("judges at once what it is for, also where nothing was ever received, and takes back what no longer holds", async () => {
    const inventory = await watched({ reorderPoint: 12 });
    expect(await listed(inventory)).toEqual(["low_stock active"]);
    await inventory.thresholds.set({ ...berlin, reorderPoint: 3 });
    expect(await listed(inventory)).toEqual(["low_stock resolved"]);
    await inventory.thresholds.set({ sku: "CUP", storeId: "berlin", reorderPoint: 0 });
    expect(await listed(inventory, { sku: "CUP" })).toEqual(["low_stock active", "out_of_stock active"]);
    await inventory.stock.receive({ sku: "CUP", storeId: "berlin", quantity: 1 });
    expect(await listed(inventory, { sku: "CUP" })).toEqual(["low_stock resolved", "out_of_stock resolved"]);
  });

  it("for every product counts from a level's next change on, or when it is checked, in each product's own unit", async () => {
    const inventory = await exampleInventory();
    const beans = { sku: "BEANS", storeId: "berlin" };
    await inventory.stock.receive({ ...beans, quantity: 1.5 });
    await inventory.stock.receive({ ...berlin, quantity: 1 });
    await inventory.thresholds.set({ reorderPoint: 1.5 });
    expect(await listed(inventory)).toEqual([]);
    await inventory.stock.adjust({ ...beans, delta: 0.001, reason: "found" });
    expect(await listed(inventory)).toEqual([]);
    await inventory.stock.adjust({ ...beans, delta: -0.001, reason: "lost" });
    expect((await inventory.alerts.list()).items).toMatchObject([{ sku: "BEANS", quantity: 1.5, limit: 1.5 }]);
    const head = await inventory.feed.head();
    expect(await inventory.alerts.check()).toMatchObject({ checked: 2, alerts: [{ sku: "TEA-50", type: "low_stock" }] });
    expect(await inventory.alerts.check()).toEqual({ checked: 2, alerts: [] });
    expect(await inventory.feed.head()).toBe(head + 1);
    await inventory.stores.create({ id: "bonn", name: "Bonn" });
    await inventory.stock.receive({ sku: "CUP", storeId: "bonn", quantity: 1 });
    expect(await listed(inventory, { storeId: "bonn" })).toEqual(["low_stock active"]);
  });

  it("a check resolves what archiving left behind", async () => {
    const inventory = await watched();
    await inventory.stock.sell({ ...berlin, quantity: 10 });
    await inventory.products.archive("TEA-50");
    await inventory.alerts.check();
    expect(await listed(inventory)).toEqual(["low_stock resolved", "out_of_stock resolved"]);
  });

  it.each([
    ["a product that is none", { sku: "NO" }, "UNKNOWN_PRODUCT"],
    ["a store that is none", { storeId: "no" }, "UNKNOWN_STORE"],
    ["a maximum below the reorder point", { maximum: 1 }, "INVALID_INPUT"],
    ["less than nothing", { reorderPoint: -1 }, "INVALID_INPUT"],
    ["more decimals than the product has", { reorderPoint: 0.5 }, "INVALID_INPUT"],
    ["an unknown field", { minimum: 1 }, "INVALID_INPUT"],
  ])("with %s is refused", async (_name, fields, code) => {
    const { thresholds } = await exampleInventory();
    expect((await refusalOf(thresholds.set({ ...berlin, reorderPoint: 5, ...fields }))).code).toBe(code);
    expect((await thresholds.list()).items).toEqual([]);
  });

  it("where none is set, a sale looks for none", async () => {
    const memory = memoryStorage();
    const asked: string[] = [];
    const inventory = await createInventory({
      clock: manualClock(),
      storage: {
        ...memory,
        transaction: (work, options) =>
          memory.transaction(
            (tx) =>
              work({
                ...tx,
                get: (table, keys) => {
                  asked.push(table);
                  return tx.get(table, keys);
                },
                find: (table, query) => {
                  asked.push(table);
                  return tx.find(table, query);
                },
              }),
            options,
          ),
      },
    });
    await addExamples(inventory);
    asked.length = 0;
    await inventory.stock.receive({ ...berlin, quantity: 10 });
    await inventory.stock.sell({ ...berlin, quantity: 1 });
    expect(new Set(asked)).toEqual(new Set(["products", "stores", "levels"].filter((table) => asked.includes(table))));
    await inventory.thresholds.set({ ...berlin, reorderPoint: 1 });
    await inventory.stock.sell({ ...berlin, quantity: 1 });
    asked.length = 0;
    await inventory.stock.sell({ ...berlin, quantity: 1 });
    expect(asked).toEqual([]);
  });

  it("alerts reach the feed: open ones in a snapshot, closed ones by their id", async () => {
    const inventory = await watched();
    await inventory.stock.sell({ ...berlin, quantity: 10 });
    const all = await allOf((page) => inventory.alerts.list(page));
    const { id } = all.find(({ type }) => type === "low_stock") as Alert;
    await inventory.alerts.dismiss(id);
    expect((await inventory.feed.snapshot("alert")).items).toMatchObject([{ value: { type: "out_of_stock" } }]);
    expect((await inventory.feed.snapshot("alert", { filter: { ids: [id] } })).items).toMatchObject([
      { key: id, value: { status: "dismissed" } },
    ]);
    expect((await inventory.feed.since(0, { filter: { entities: ["alert"], storeIds: ["hub"] } })).items).toEqual([]);
  });
});
