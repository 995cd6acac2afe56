import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Aggregation,
  createInventory,
  type Inventory,
  type InventoryOptions,
  isInventoryError,
  type StorageAdapter,
} from "@onhand/core";
import { addExamples } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type DuckDbMirror, duckDbMirror } from "./duckdb-mirror";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function file(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "onhand-duckdb-"));
  ends.push(() => rm(directory, { recursive: true, force: true }));
  return join(directory, "mirror.duckdb");
}

interface Opened {
  readonly inventory: Inventory;
  readonly mirror: DuckDbMirror;
  readonly storage: StorageAdapter;
}

/** An inventory in memory with a mirror and the example products, with tea in Berlin. */
async function opened(options: Parameters<typeof duckDbMirror>[0] = {}, more: Partial<InventoryOptions> = {}): Promise<Opened> {
  const storage = memoryStorage();
  const mirror = duckDbMirror(options);
  const inventory = await createInventory({ storage, analytics: mirror, ...more });
  ends.push(inventory.close);
  await addExamples(inventory);
  await inventory.stock.receive({ ...tea, quantity: 100 });
  return { inventory, mirror, storage };
}

const tea = { sku: "TEA-50", storeId: "berlin" };
const moved: Aggregation = { by: ["sku", "storeId", "type"], measures: { n: { count: true }, delta: { sum: "delta" } } };
const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();

describe("a mirror in DuckDB", () => {
  it("answers with everything committed before the question, and as it stands when asked so", async () => {
    const { inventory } = await opened();
    const sold = async (options?: { consistency: "eventual" }) => (await inventory.reports.salesByProduct({}, options)).totals.units;
    await inventory.stock.sell({ ...tea, quantity: 3 });
    expect(await sold()).toBe(3);
    await inventory.stock.sell({ ...tea, quantity: 4 });
    expect(await sold({ consistency: "eventual" })).toBe(3);
    expect(await sold()).toBe(7);
    expect(await sold({ consistency: "eventual" })).toBe(7);
  });

  it("catches up as far as a question needs it, and no further", async () => {
    const { inventory, mirror } = await opened();
    const before = await mirror.catchUp();
    const { seq } = await inventory.stock.sell({ ...tea, quantity: 1 });
    const count = async (minSeq: number) =>
      (await mirror.aggregate("movements", { by: [], measures: { n: { count: true } } }, { minSeq }))[0]?.n;
    expect(await count(before)).toBe(1);
    expect(await count(seq)).toBe(2);
  });

  it("goes on in its file where it stopped, and copies nothing twice", async () => {
    const path = await file();
    const storage = memoryStorage();
    const writer = await createInventory({ storage });
    ends.push(writer.close);
    await addExamples(writer);
    await writer.stock.receive({ ...tea, quantity: 100 });
    const asked: number[] = [];
    const watched = (): StorageAdapter => ({
      ...storage,
      changes: (since, options) => {
        if (options.tables.length === 1) asked.push(since);
        return storage.changes(since, options);
      },
      close: async () => undefined,
    });
    for (const quantity of [1, 2, 3]) {
      const mirror = duckDbMirror({ path, pageRows: 1 });
      const inventory = await createInventory({ storage: watched(), analytics: mirror });
      await inventory.stock.sell({ ...tea, quantity });
      const verified = await mirror.verify();
      expect(verified).toEqual({ ok: true, seq: await writer.feed.head(), rows: quantity + 1, differing: [] });
      expect(sorted(await mirror.aggregate("movements", moved))).toEqual(sorted(await storage.aggregate("movements", moved)));
      await inventory.close();
    }
    expect(asked.filter((since) => since === 0)).toHaveLength(1);
  });

  it("begins anew for another ledger, and where its storage was put back to an earlier state", async () => {
    const path = await file();
    const first = await opened({ path });
    await first.mirror.catchUp();
    await first.inventory.close();
    const other = await opened({ path });
    expect(await other.mirror.verify()).toMatchObject({ ok: true, rows: 1 });
    await other.inventory.close();

    const { storage, inventory } = await opened();
    const early = await storage.changes(0, { limit: 1_000, tables: ["movements"] });
    await inventory.stock.sell({ ...tea, quantity: 1 });
    let restored = false;
    const source = {
      find: storage.find,
      aggregate: storage.aggregate,
      changes: async (...asked: Parameters<StorageAdapter["changes"]>) =>
        restored ? { ...early, items: early.items.filter(({ row }) => row.seq > asked[0]) } : storage.changes(...asked),
    };
    const mirror = duckDbMirror();
    ends.push(mirror.close);
    const { inventoryTables } = await import("@onhand/core");
    await mirror.open(source, "epoch", { version: 1, tables: inventoryTables.tables.filter(({ name }) => name === "movements") });
    const later = await mirror.catchUp();
    restored = true;
    expect(await mirror.catchUp()).toBe(early.head);
    expect(later).toBeGreaterThan(early.head);
    expect(await mirror.aggregate("movements", moved, { consistency: "eventual" })).toEqual([
      { ...tea, type: "received", n: 1, delta: 100 },
    ]);
  });

  it("keeps nothing of a page that could not be written as a whole", async () => {
    const { inventory, mirror, storage } = await opened();
    await mirror.catchUp();
    const spoiled = duckDbMirror({ pageRows: 100 });
    ends.push(spoiled.close);
    let broken = true;
    const source = {
      ...storage,
      changes: async (...asked: Parameters<StorageAdapter["changes"]>) => {
        const page = await storage.changes(...asked);
        return broken
          ? { ...page, items: page.items.map((item, place) => (place === 1 ? { ...item, row: { ...item.row, delta: "x" } } : item)) }
          : page;
      },
    };
    const { inventoryTables } = await import("@onhand/core");
    await spoiled.open(source, "epoch", { version: 1, tables: inventoryTables.tables.filter(({ name }) => name === "movements") });
    await inventory.stock.sell({ ...tea, quantity: 1 });
    await expect(spoiled.catchUp()).rejects.toThrow();
    const count = { by: [], measures: { n: { count: true } } } as const;
    expect(await spoiled.aggregate("movements", count, { consistency: "eventual" })).toEqual([]);
    broken = false;
    await spoiled.catchUp();
    expect(await spoiled.aggregate("movements", count, { consistency: "eventual" })).toEqual([{ n: 2 }]);
    expect(await spoiled.verify()).toMatchObject({ ok: true });
  });

  it("names the part of the ledger in which it differs", async () => {
    const { inventory, mirror, storage } = await opened();
    for (let sale = 0; sale < 5; sale++) await inventory.stock.sell({ ...tea, quantity: 1 });
    const { seq } = await mirror.verify();
    const lying = duckDbMirror();
    ends.push(lying.close);
    const source = {
      ...storage,
      changes: async (...asked: Parameters<StorageAdapter["changes"]>) => {
        const page = await storage.changes(...asked);
        return {
          ...page,
          items: page.items.map((item) => (item.row.seq === seq - 1 ? { ...item, row: { ...item.row, delta: -2 } } : item)),
        };
      },
    };
    const { inventoryTables } = await import("@onhand/core");
    await lying.open(source, "epoch", { version: 1, tables: inventoryTables.tables.filter(({ name }) => name === "movements") });
    expect(await lying.verify()).toMatchObject({ ok: false, differing: [{ from: seq - 1, to: seq - 1 }] });
  });

  it("refuses a file that another has open, after it was closed, and pages out of bounds", async () => {
    const { mirror, inventory } = await opened();
    await inventory.close();
    const closed = await mirror.catchUp().catch((error: unknown) => error);
    expect(isInventoryError(closed, "STORAGE_CLOSED")).toBe(true);
    for (const pageRows of [0, 1.5, 100_001]) expect(() => duckDbMirror({ pageRows })).toThrow("pageRows");
    const lost = duckDbMirror({ path: join(await file(), "no", "such", "folder") });
    const error = await createInventory({ storage: memoryStorage(), analytics: lost }).catch((thrown: unknown) => thrown);
    expect(isInventoryError(error, "STORAGE_UNAVAILABLE")).toBe(true);
  });

  it("refuses sums that are not exact", async () => {
    const { inventory, mirror } = await opened();
    const price = { amount: Number.MAX_SAFE_INTEGER, currency: "EUR" };
    await inventory.stock.sell({ ...tea, quantity: 3, unitPrice: price });
    const value = { by: [], measures: { value: { sum: "delta", times: "unitPriceAmount" } } } as const;
    await expect(mirror.aggregate("movements", value)).rejects.toThrow(RangeError);
  });

  it("gives what the storage gives, whatever is asked", async () => {
    const { inventory, mirror, storage } = await opened();
    const skus = ["TEA-50", "CUP", "BEANS"];
    for (let move = 0; move < 60; move++) {
      const place = { sku: skus[move % 3] as string, storeId: move % 4 === 0 ? "hamburg" : "berlin", occurredAt: 1_000 * (move % 17) };
      await inventory.stock.adjust({ ...place, delta: 1 + (move % 5), reason: ["found", "it's 中 \u{1F600}", "lost"][move % 3] as string });
      if (move % 2 === 0)
        await inventory.stock.sell({ ...place, quantity: 1, ...(move % 8 === 0 && { unitPrice: { amount: move, currency: "GBP" } }) });
    }
    const column = fc.constantFrom("sku", "storeId", "type", "reason", "unitPriceCurrency", "decimals");
    const condition = fc.oneof(
      fc.constant({}),
      fc.constantFrom<NonNullable<Aggregation["where"]>>(
        { sku: "CUP" },
        { sku: { in: ["CUP", "BEANS"] } },
        { reason: { in: ["it's 中 \u{1F600}", null] } },
        { reason: null },
        { reason: { not: null } },
        { reason: { not: "found" } },
        { sku: { in: [] } },
        { sku: { in: ["CUP", "NEVER-SEEN"] } },
        { sku: "NEVER-SEEN" },
        { sku: { not: "CUP" } },
        { sku: { not: "NEVER-SEEN" } },
        { unitPriceCurrency: null },
        { unitPriceCurrency: { not: "GBP" } },
        { sku: { gte: "CUP", lt: "TEA" } },
        { occurredAt: { gte: 3_000, lt: 9_000 } },
        { occurredAt: { gt: 3_000 }, seq: { lte: 60 } },
      ),
    );
    const measures = {
      n: { count: true },
      delta: { sum: "delta" },
      value: { sum: "delta", times: "unitPriceAmount" },
      first: { min: "occurredAt" },
      reason: { max: "reason" },
    } as const;
    const bounds = fc
      .uniqueArray(fc.integer({ min: -10, max: 20_000 }), { minLength: 1, maxLength: 40 })
      .map((all) => all.sort((a, b) => a - b));
    const naming = fc.record({
      column: fc.constantFrom("sku", "reason"),
      names: fc.array(
        fc.tuple(fc.constantFrom(...skus, "NEVER-SEEN", "found", "it's 中 \u{1F600}"), fc.constantFrom("dry", "it's 中 \u{1F600}", null)),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(column, { maxLength: 3 }),
        fc.option(bounds),
        fc.option(naming),
        condition,
        fc.subarray(Object.keys(measures) as (keyof typeof measures)[], { minLength: 1 }),
        async (columns, intervals, named, where, names) => {
          const by = [
            ...columns,
            ...(intervals ? [{ column: "occurredAt", bounds: intervals, as: "span" }] : []),
            ...(named ? [{ column: named.column, names: new Map(named.names), as: "category" }] : []),
          ];
          const asked = {
            where,
            by,
            measures: Object.fromEntries(names.map((name) => [name === "reason" ? "last" : name, measures[name]])),
          };
          expect(sorted(await mirror.aggregate("movements", asked))).toEqual(sorted(await storage.aggregate("movements", asked)));
        },
      ),
      { numRuns: 200 },
    );
  });
});
