import { createInventory, InventoryError } from "@onhand/core";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { planReplay } from "../../src/replay/plan";
import type { InvoiceLine } from "../../src/replay/read-invoices";
import { replay } from "../../src/replay/replay";
import type { Target } from "../../src/replay/target";
import { invoiceLine } from "./fixture";

const timers = { now: () => 0, sleep: async () => {} };

const fileOf = (lines: readonly Partial<InvoiceLine>[]) => ({
  identity: "0123456789abcdef",
  lines: lines.map((fields, index) => invoiceLine({ ...fields, position: index + 1 })),
});

async function emptyInventory() {
  const inventory = await createInventory({ storage: memoryStorage() });
  const target: Target = {
    inFlight: 100,
    execute: inventory.execute,
    head: inventory.feed.head,
    verify: async () => (await inventory.verify()).ok,
    close: inventory.close,
  };
  return { inventory, target };
}

const run = (file: ReturnType<typeof fileOf>, target: Target) =>
  replay({ file, plan: planReplay(file.lines), target, speed: Number.POSITIVE_INFINITY, timers });

const few = fileOf([
  { quantity: 6 },
  { stockCode: "POST" },
  { invoice: "C536379", quantity: -1 },
  { quantity: -2, price: 0, customer: "", description: "damaged" },
]);

test("sales, returns and adjustments stand in the ledger with their time and invoice", async () => {
  const { inventory, target } = await emptyInventory();
  onTestFinished(target.close);
  const { summary } = await run(few, target);
  expect(summary).toEqual({
    lines: 4,
    applied: 3,
    skipped: 1,
    refused: 0,
    products: 1,
    stores: 1,
    seq: 6,
    seconds: 0.001,
    movementsPerSecond: 3_000,
    verify: "ok",
    replayed: 0,
  });
  const { items } = await inventory.stock.movements();
  expect(items.map(({ type, delta, reason, reference }) => ({ type, delta, reason, id: reference?.id }))).toEqual([
    { type: "received", delta: 7, reason: "opening stock", id: undefined },
    { type: "sold", delta: -6, reason: undefined, id: "536365" },
    { type: "returned", delta: 1, reason: undefined, id: "C536379" },
    { type: "adjusted", delta: -2, reason: "damaged", id: "536365" },
  ]);
  expect(items.slice(1).every(({ occurredAt }) => occurredAt === few.lines[0]?.occurredAt)).toBe(true);
});

test("a second run applies nothing and moves no level", async () => {
  const { inventory, target } = await emptyInventory();
  onTestFinished(target.close);
  const { summary: first } = await run(few, target);
  const { summary: second } = await run(few, target);
  expect(second).toMatchObject({ applied: 0, replayed: 3, refused: 0, seq: first.seq, verify: "ok" });
  expect((await inventory.stock.movements()).items).toHaveLength(4);
});

test("products and stores that exist already are used as they are", async () => {
  const { inventory, target } = await emptyInventory();
  onTestFinished(target.close);
  await inventory.products.create({ sku: "85123a", name: "Mine" });
  expect((await run(few, target)).summary).toMatchObject({ applied: 3, refused: 0 });
  expect((await inventory.products.get("85123A")).name).toBe("Mine");
});

test("a refused line is counted under its code and the rest goes on; a storage that fails ends the run", async () => {
  const { target } = await emptyInventory();
  onTestFinished(target.close);
  const failing = (code: "INSUFFICIENT_STOCK" | "STORAGE_FULL"): Target => ({
    ...target,
    execute: (command, input) =>
      command === "stock.sell" ? Promise.reject(new InventoryError(code, {} as never)) : target.execute(command, input),
  });
  const { summary, refusedBy } = await run(few, failing("INSUFFICIENT_STOCK"));
  expect(summary).toMatchObject({ applied: 2, refused: 1 });
  expect([...refusedBy]).toEqual([["INSUFFICIENT_STOCK", 1]]);
  await expect(run(few, failing("STORAGE_FULL"))).rejects.toMatchObject({ code: "STORAGE_FULL" });
});

test("no line of any file is refused, and some level of every receipt is used up", async () => {
  const line = fc.record({
    stockCode: fc.constantFrom("A1", "a1", "B2", "POST"),
    country: fc.constantFrom("EIRE", "France"),
    quantity: fc.integer({ min: -9, max: 9 }),
    price: fc.constantFrom(0, 1.25),
    customer: fc.constantFrom("", "17850"),
    invoice: fc.constantFrom("1", "C2"),
    occurredAt: fc.integer({ min: 1_000_000, max: 1_000_005 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 60 }), async (lines) => {
      const { inventory, target } = await emptyInventory();
      const file = fileOf(lines);
      const { summary } = await run(file, target);
      const { items } = await inventory.stock.movements({ limit: 1_000 });
      await target.close();
      expect(summary).toMatchObject({ lines: lines.length, refused: 0, replayed: 0, verify: "ok" });
      expect(summary.applied + summary.skipped).toBe(lines.length);
      for (const { sku, storeId } of items.filter(({ type }) => type === "received")) {
        const after = items.filter((item) => item.sku === sku && item.storeId === storeId).map((item) => item.onHandAfter);
        expect(Math.min(...after)).toBe(0);
      }
    }),
    { numRuns: 50 },
  );
});
