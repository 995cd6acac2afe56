import { createInventory, isInventoryError, type ReadOptions } from "@onhand/core";
import { addExamples, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { describe, expect, it } from "vitest";
import { hostMemory } from "../../test/host-memory";

const at = { sku: "TEA-50", storeId: "berlin" };

async function open(options?: Parameters<typeof hostMemory>[0]) {
  const storage = hostMemory(options);
  const inventory = await createInventory({ storage, clock: manualClock() });
  await addExamples(inventory);
  await inventory.stock.receive({ ...at, quantity: 10 });
  const told: number[] = [];
  inventory.feed.subscribe(({ to }) => told.push(to));
  const head = await inventory.feed.head();
  return { storage, inventory, told, head };
}

describe.each([
  { tells: true, when: "where the storage learns of the host's commits" },
  { tells: false, when: "where it does not" },
])("inside a host's transaction, $when", (options) => {
  it("commands are kept when the host commits, and listeners hear of them then and once", async () => {
    const { storage, inventory, told, head } = await open(options);
    const host = await storage.begin();
    const { stock } = inventory.with(host);
    const first = await stock.sell({ ...at, quantity: 2 });
    const second = await stock.sell({ ...at, quantity: 3 });
    expect([first.seq, second.seq, second.levels[0]?.onHand]).toEqual([head + 1, head + 2, 5]);
    expect(await stock.level(at)).toMatchObject({ onHand: 5, seq: head + 2 });
    expect(await inventory.stock.level(at)).toMatchObject({ onHand: 10, seq: head });
    expect(told).toEqual([]);
    await host.commit();
    expect(await inventory.stock.level(at)).toMatchObject({ onHand: 5, seq: head + 2 });
    await expect.poll(() => told.at(-1)).toBe(head + 2);
    expect(await inventory.verify()).toMatchObject({ ok: true, seq: head + 2 });
    await inventory.close();
    expect(told).toHaveLength(new Set(told).size);
  });

  it("nothing is left when the host rolls back: no row, no number, no key, no event", async () => {
    const { storage, inventory, told, head } = await open(options);
    const host = await storage.begin();
    const sale = { ...at, quantity: 2, idempotencyKey: "order-1" };
    await inventory.with(host).stock.sell(sale);
    await host.rollback();
    expect(await inventory.stock.level(at)).toMatchObject({ onHand: 10, seq: head });
    expect(await inventory.stock.sell(sale)).toMatchObject({ seq: head + 1, replayed: false });
    expect(told).toEqual([head + 1]);
    await inventory.close();
  });

  it("what it changed is never acted on outside before the commit, and always after it", async () => {
    const { storage, inventory } = await open(options);
    const host = await storage.begin();
    await inventory.with(host).stock.sell({ ...at, quantity: 8 });
    const outside = inventory.stock.sell({ ...at, quantity: 3 });
    await host.commit();
    const refusal: unknown = await outside.catch((error: unknown) => error);
    expect(isInventoryError(refusal, "INSUFFICIENT_STOCK") && refusal.details).toMatchObject({ requested: 3, available: 2 });
    await inventory.close();
  });

  it("commands called at once take turns in the order of their calls", async () => {
    const { storage, inventory, head } = await open(options);
    const host = await storage.begin();
    const sales = [4, 4, 4].map((quantity) => inventory.with(host).stock.sell({ ...at, quantity }));
    const [first, second, third] = await Promise.allSettled(sales);
    expect([first, second]).toMatchObject([{ value: { seq: head + 1 } }, { value: { seq: head + 2 } }]);
    expect(third?.status === "rejected" && isInventoryError(third.reason, "INSUFFICIENT_STOCK")).toBe(true);
    await host.commit();
    expect(await inventory.stock.level(at)).toMatchObject({ onHand: 2, seq: head + 2 });
    await inventory.close();
  });

  it("a key is known to later commands of the same transaction, and to everybody after the commit", async () => {
    const { storage, inventory } = await open(options);
    const host = await storage.begin();
    const sale = { ...at, quantity: 2, idempotencyKey: "order-1" };
    const first = await inventory.with(host).stock.sell(sale);
    expect(await inventory.with(host).stock.sell(sale)).toEqual({ ...first, replayed: true });
    await host.commit();
    expect(await inventory.stock.sell(sale)).toEqual({ ...first, replayed: true });
    await inventory.close();
  });

  it("products, stores and commands by name work there too", async () => {
    const { storage, inventory } = await open(options);
    const host = await storage.begin();
    const inside = inventory.with(host);
    await inside.products.create({ sku: "CUP-9", name: "Cup" });
    await inside.stores.create({ id: "bonn", name: "Bonn" });
    await inside.execute("stock.receive", { sku: "cup-9", storeId: "bonn", quantity: 3 });
    expect((await inside.products.list({ search: "CUP-9" })).items).toHaveLength(1);
    await expect(inventory.products.get("CUP-9")).rejects.toThrow();
    await host.commit();
    expect(await inventory.stock.level({ sku: "CUP-9", storeId: "bonn" })).toMatchObject({ onHand: 3 });
    await inventory.close();
  });

  it("a storage without host transactions and a handle that is none are refused at once", async () => {
    const plain = await createInventory({ storage: memoryStorage() });
    expect(() => plain.with({})).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
    const { inventory } = await open(options);
    expect(() => inventory.with(undefined as unknown as object)).toThrow(TypeError);
    await inventory.close();
    await plain.close();
  });

  it("after close nothing is taken any more", async () => {
    const { storage, inventory } = await open(options);
    const host = await storage.begin();
    const inside = inventory.with(host);
    await host.rollback();
    await inventory.close();
    await expect(inside.stock.sell({ ...at, quantity: 1 })).rejects.toMatchObject({ code: "STORAGE_CLOSED" });
  });
});

describe("how current an answer must be", () => {
  it("is handed to the storage with every question, and anything else there is refused", async () => {
    const asked: (ReadOptions | undefined)[] = [];
    const memory = memoryStorage();
    const storage = {
      ...memory,
      find: (...args: Parameters<typeof memory.find>) => {
        asked.push(args[2]);
        return memory.find(...args);
      },
      aggregate: (...args: Parameters<typeof memory.aggregate>) => {
        asked.push(args[2]);
        return memory.aggregate(...args);
      },
    };
    const inventory = await createInventory({ storage });
    await addExamples(inventory);
    await inventory.stock.receive({ ...at, quantity: 10 });
    asked.length = 0;
    const eventual = { consistency: "eventual", minSeq: 3 } as const;
    await inventory.stock.level(at, eventual);
    await inventory.stock.levels(at, eventual);
    await inventory.stock.movements(at, eventual);
    await inventory.stock.asOf(Date.now(), at, eventual);
    await inventory.products.get("TEA-50", eventual);
    await inventory.products.list({}, eventual);
    await inventory.stores.get("berlin", eventual);
    await inventory.stores.list({}, eventual);
    expect(asked.length).toBeGreaterThanOrEqual(8);
    // A second question may ask for no older answers than the first got.
    expect(asked.every((options) => options?.consistency === "eventual" && (options.minSeq ?? 0) >= 3)).toBe(true);
    await expect(inventory.stock.levels({}, { consistency: "maybe" as "strong" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(inventory.products.list({}, { minSeq: -1 })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await inventory.close();
  });
});
