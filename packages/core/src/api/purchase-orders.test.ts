import { createInventory } from "@onhand/core";
import { addExamples, allOf, checkLedger, days, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";
import { hostMemory } from "../../test/host-memory";
import { exampleInventory, refusalOf } from "../../test/inventory";

const weiss = { id: "porzellan-weiss", name: "Porzellan Weiß", currency: "EUR", leadTimeDays: 21 };
const cups = { sku: "CUP", storeId: "berlin" };
const order = { supplierId: weiss.id, storeId: "berlin", lines: [{ sku: "CUP", quantity: 48 }] };

async function supplied() {
  const inventory = await exampleInventory();
  await inventory.suppliers.create(weiss);
  return inventory;
}

describe("many callers", () => {
  it("50 callers receiving one order take it in once", async () => {
    const inventory = await supplied();
    const { id } = (await inventory.purchaseOrders.create(order)).purchaseOrder;
    await inventory.purchaseOrders.submit(id);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => inventory.purchaseOrders.receive(id)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "INVALID_STATE" });
    expect(await inventory.stock.level(cups)).toMatchObject({ onHand: 48, incoming: 0 });
    await checkLedger(inventory);
  });

  it("a receipt and a cancellation of one moment leave nothing on its way", async () => {
    const inventory = await supplied();
    const { id } = (await inventory.purchaseOrders.create(order)).purchaseOrder;
    await inventory.purchaseOrders.submit(id);
    await Promise.allSettled([
      inventory.purchaseOrders.receive(id, { lines: [{ sku: "CUP", quantity: 12 }] }),
      inventory.purchaseOrders.cancel(id),
    ]);
    expect(await inventory.stock.level(cups)).toMatchObject({ onHand: 12, incoming: 0 });
    await checkLedger(inventory);
  });
});

describe("keys", () => {
  it("every command repeated under its key gives its first answer and changes nothing", async () => {
    const inventory = await supplied();
    const { purchaseOrders } = inventory;
    const { id } = (await purchaseOrders.create({ ...order, idempotencyKey: "create" })).purchaseOrder;
    const lines = [{ sku: "CUP", quantity: 12 }];
    const steps: readonly (() => Promise<object>)[] = [
      () => purchaseOrders.create({ ...order, idempotencyKey: "another" }),
      () => purchaseOrders.update(id, { note: "soon", idempotencyKey: "update" }),
      () => purchaseOrders.submit(id, { idempotencyKey: "submit" }),
      () => purchaseOrders.receive(id, { lines, idempotencyKey: "receive" }),
      () => purchaseOrders.cancel(id, { idempotencyKey: "cancel" }),
      () => inventory.suppliers.setTerms({ supplierId: weiss.id, sku: "CUP", minimum: 12, idempotencyKey: "terms" }),
    ];
    for (const step of steps) {
      const answer = await step();
      const level = await inventory.stock.level(cups);
      inventory.clock.advance(days(1));
      expect(await step()).toEqual({ ...answer, replayed: true });
      expect(await inventory.stock.level(cups)).toEqual(level);
    }
    expect((await purchaseOrders.list()).items).toHaveLength(2);
    await checkLedger(inventory);
  });
});

describe("lists, events and the feed", () => {
  it("orders are listed newest first, narrowed, a page at a time", async () => {
    const inventory = await supplied();
    const { purchaseOrders } = inventory;
    await inventory.suppliers.create({ id: "other", name: "Other" });
    const reference = { type: "order", id: "17" };
    const made: string[] = [];
    for (let index = 0; index < 6; index++)
      made.push(
        (
          await purchaseOrders.create({
            ...order,
            supplierId: index % 2 === 0 ? weiss.id : "other",
            lines: [{ sku: index < 3 ? "CUP" : "TEA-50", quantity: 1 }],
            ...(index === 5 && { reference }),
          })
        ).purchaseOrder.id,
      );
    await purchaseOrders.submit(made[0] as string);
    const all = await allOf(({ cursor }) => purchaseOrders.list({ limit: 2, ...(cursor !== undefined && { cursor }) }));
    const ids = (filter: Parameters<typeof purchaseOrders.list>[0]) =>
      purchaseOrders.list(filter).then(({ items }) => items.map(({ id }) => made.indexOf(id)));
    expect(all.map(({ id }) => made.indexOf(id))).toEqual([5, 4, 3, 2, 1, 0]);
    expect(await ids({ order: "asc", limit: 2 })).toEqual([0, 1]);
    expect(await ids({ status: "submitted" })).toEqual([0]);
    expect(await ids({ supplierId: "other", storeId: "berlin" })).toEqual([5, 3, 1]);
    expect(await ids({ reference })).toEqual([5]);
    expect(await ids({ sku: "cup" })).toEqual([2, 1, 0]);
    expect(await ids({ sku: "cup", supplierId: weiss.id, status: "draft" })).toEqual([2]);
    const cupOrders = await allOf(({ cursor }) => purchaseOrders.list({ sku: "CUP", limit: 1, ...(cursor !== undefined && { cursor }) }));
    expect(cupOrders.map(({ id }) => made.indexOf(id))).toEqual([2, 1, 0]);
    const due = inventory.clock.now() + days(21);
    expect(await ids({ expectedBefore: due })).toEqual([]);
    expect(await ids({ expectedBefore: due + 1 })).toEqual([0]);
    expect(await ids({ sku: "CUP", expectedBefore: new Date(due + 1) })).toEqual([0]);
    expect((await refusalOf(purchaseOrders.list({ storeId: "no" }))).code).toBe("UNKNOWN_STORE");
    expect((await refusalOf(purchaseOrders.list({ sku: "NO" }))).code).toBe("UNKNOWN_PRODUCT");
    expect((await refusalOf(purchaseOrders.get("nonsense"))).code).toBe("UNKNOWN_PURCHASE_ORDER");
  });

  it("a draft that lost a product is not listed for it", async () => {
    const inventory = await supplied();
    const { id } = (await inventory.purchaseOrders.create(order)).purchaseOrder;
    await inventory.purchaseOrders.update(id, { lines: [{ sku: "TEA-50", quantity: 1 }] });
    expect((await inventory.purchaseOrders.list({ sku: "CUP" })).items).toEqual([]);
    expect((await inventory.purchaseOrders.list({ sku: "TEA-50" })).items).toMatchObject([{ id }]);
    await inventory.purchaseOrders.update(id, { lines: [{ sku: "CUP", quantity: 1 }] });
    expect((await inventory.purchaseOrders.list({ sku: "CUP" })).items).toMatchObject([{ id }]);
  });

  it("suppliers are searched, and terms listed by supplier or product", async () => {
    const inventory = await supplied();
    const { suppliers } = inventory;
    await suppliers.create({ id: "tee", name: "Teehaus", contact: "Jo Weiß" });
    await suppliers.archive("tee");
    const names = async (filter: Parameters<typeof suppliers.list>[0]) => (await suppliers.list(filter)).items.map(({ id }) => id);
    expect(await names({})).toEqual([weiss.id]);
    expect(await names({ search: "weiß", archived: "any" })).toEqual([weiss.id, "tee"]);
    expect(await names({ archived: true })).toEqual(["tee"]);
    await suppliers.setTerms({ supplierId: weiss.id, sku: "CUP", multiple: 12 });
    await suppliers.setTerms({ supplierId: "tee", sku: "CUP", multiple: 6 });
    await suppliers.setTerms({ supplierId: "tee", sku: "TEA-50", multiple: 1 });
    await suppliers.removeTerms({ supplierId: "tee", sku: "TEA-50" });
    expect((await suppliers.listTerms({ sku: "cup" })).items).toMatchObject([{ multiple: 12 }, { multiple: 6 }]);
    expect((await suppliers.listTerms({ supplierId: "tee" })).items).toMatchObject([{ sku: "CUP" }]);
    expect((await refusalOf(suppliers.get("no"))).code).toBe("UNKNOWN_SUPPLIER");
  });

  it("each step is told by its name, with the order as it left it, and the level", async () => {
    const inventory = await supplied();
    const told: string[] = [];
    inventory.on("*", (type, event) => {
      if ("purchaseOrder" in event) told.push(`${type} ${event.purchaseOrder.status}`);
      if ("level" in event) told.push(`${type} ${event.level.onHand} ${event.level.incoming}`);
    });
    const { id } = (await inventory.purchaseOrders.create(order)).purchaseOrder;
    await inventory.purchaseOrders.update(id, { note: "soon" });
    await inventory.purchaseOrders.submit(id);
    const { movements } = await inventory.purchaseOrders.receive(id, { lines: [{ sku: "CUP", quantity: 12 }] });
    await inventory.stock.reverse(movements[0]?.id ?? "");
    await inventory.purchaseOrders.cancel(id);
    expect(told.filter((text) => text.startsWith("purchaseOrder"))).toEqual([
      "purchaseOrder.created draft",
      "purchaseOrder.updated draft",
      "purchaseOrder.submitted submitted",
      "purchaseOrder.received partially_received",
      "purchaseOrder.reversed submitted",
      "purchaseOrder.cancelled cancelled",
    ]);
    expect(told.filter((text) => text.startsWith("stock"))).toEqual([
      "stock.changed 0 48",
      "stock.changed 12 36",
      "stock.changed 0 48",
      "stock.changed 0 0",
    ]);
  });

  it("a snapshot has what is not closed, of a store and of products; by id it has what is closed too", async () => {
    const inventory = await supplied();
    const { purchaseOrders, feed } = inventory;
    const closed = (await purchaseOrders.create(order)).purchaseOrder;
    await purchaseOrders.cancel(closed.id);
    const open = (await purchaseOrders.create({ ...order, storeId: "hub", lines: [{ sku: "TEA-50", quantity: 1 }] })).purchaseOrder;
    const keys = async (filter: object) => (await feed.snapshot("purchaseOrder", { filter })).items.map(({ key }) => key);
    expect(await keys({})).toEqual([open.id]);
    expect(await keys({ storeIds: ["berlin"] })).toEqual([]);
    expect(await keys({ storeIds: ["hub"], skus: ["tea-50"] })).toEqual([open.id]);
    expect(await keys({ skus: ["CUP"] })).toEqual([]);
    expect(await keys({ ids: [closed.id, "po0-0", "x"] })).toEqual([closed.id]);
    expect((await feed.snapshot("supplier")).items).toMatchObject([{ key: weiss.id, value: { leadTimeDays: 21 } }]);
    const missed = await feed.since(0, { filter: { entities: ["purchaseOrder"], skus: ["CUP"] } });
    expect(missed.items.map(({ key }) => key)).toEqual([closed.id]);
  });
});

describe("the rest of the inventory", () => {
  it("verify finds a level whose incoming is not what is on its way, and rebuild makes it right", async () => {
    const storage = memoryStorage();
    const inventory = await createInventory({ storage, clock: manualClock() });
    await addExamples(inventory);
    await inventory.suppliers.create(weiss);
    const { id } = (await inventory.purchaseOrders.create(order)).purchaseOrder;
    await inventory.purchaseOrders.submit(id);
    await storage.transaction(async (tx) => {
      const { seq } = await tx.head();
      const [row] = await tx.get("levels", [["CUP", "berlin"]]);
      await tx.put("levels", [{ ...row, incoming: 1, seq: seq + 1 }]);
      await tx.advance(seq + 1);
    });
    expect((await inventory.verify()).mismatches).toMatchObject([{ field: "incoming", expected: 48, actual: 1 }]);
    expect(await inventory.rebuild()).toMatchObject({ rebuilt: 1 });
    expect(await inventory.stock.level(cups)).toMatchObject({ incoming: 48 });
    await checkLedger(inventory);
  });

  it("a receipt inside a host's transaction is gone when the host rolls back, and stands when it commits", async () => {
    const storage = hostMemory();
    const inventory = await createInventory({ storage, clock: manualClock() });
    await addExamples(inventory);
    await inventory.suppliers.create(weiss);
    const { id } = (await inventory.purchaseOrders.create(order)).purchaseOrder;
    await inventory.purchaseOrders.submit(id);
    const lost = await storage.begin();
    await inventory.with(lost).purchaseOrders.receive(id);
    await lost.rollback();
    expect(await inventory.stock.level(cups)).toMatchObject({ onHand: 0, incoming: 48 });
    expect(await inventory.purchaseOrders.get(id)).toMatchObject({ status: "submitted" });
    const kept = await storage.begin();
    const inside = inventory.with(kept);
    await inside.purchaseOrders.receive(id);
    expect(await inside.purchaseOrders.get(id)).toMatchObject({ status: "received" });
    expect((await inside.purchaseOrders.list({ sku: "CUP" })).items).toMatchObject([{ status: "received" }]);
    expect(await inside.suppliers.get(weiss.id)).toMatchObject(weiss);
    await kept.commit();
    expect(await inventory.stock.level(cups)).toMatchObject({ onHand: 48, incoming: 0 });
    await checkLedger(inventory);
  });

  it("a command is known by its name, and asked about by it", async () => {
    const asked: string[] = [];
    const inventory = await exampleInventory({
      authorize: (_actor, action) => {
        asked.push(action);
        return action !== "purchaseOrders.submit";
      },
    });
    await inventory.execute("suppliers.create", { ...weiss });
    const { purchaseOrder } = await inventory.execute("purchaseOrders.create", { ...order });
    const { id } = purchaseOrder as { id: string };
    expect((await refusalOf(inventory.purchaseOrders.submit(id))).code).toBe("FORBIDDEN");
    expect(asked.slice(-3)).toEqual(["suppliers.create", "purchaseOrders.create", "purchaseOrders.submit"]);
  });

  it("an id among the options is refused, not lost", async () => {
    const inventory = await supplied();
    const options = { id: "po2-0" } as object;
    expect((await refusalOf(inventory.purchaseOrders.submit("po1-0", options))).code).toBe("INVALID_INPUT");
  });
});
