import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { createInventory, inventoryTables, type StorageAdapter } from "@onhand/core";
import { csvStorage } from "@onhand/storage-adapters/csv";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { expect, onTestFinished, test } from "vitest";
import { runCopy } from "../src/copy/copy";

async function filled(): Promise<StorageAdapter> {
  const storage = memoryStorage();
  const inventory = await createInventory({ storage });
  await inventory.products.create({ sku: "TEA", name: "Tea" });
  await inventory.stores.create({ id: "berlin", name: "Berlin" });
  const receipts = Array.from({ length: 50 }, () => inventory.stock.receive({ sku: "TEA", storeId: "berlin", quantity: 1 }));
  await Promise.all(receipts);
  return storage;
}

async function csvDirectory(): Promise<StorageAdapter> {
  const directory = await mkdtemp(join(tmpdir(), "onhand-copy-cli-"));
  const storage = csvStorage({ directory });
  onTestFinished(async () => {
    await storage.close();
    await rm(directory, { recursive: true, force: true });
  });
  return storage;
}

/** A clock on which every look takes a second. */
function slowly(): () => number {
  let now = 0;
  return () => (now += 1_000);
}

test("a copy ends with a summary that says what was compared, and is told in lines where there is no terminal", async () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  const [from, to] = [await filled(), await csvDirectory()];
  const summary = await runCopy({ from, to, pageRows: 10, stream, now: slowly() });
  expect(summary).toEqual({
    ...Object.fromEntries(inventoryTables.tables.map(({ name }) => [name, 0])),
    verify: "ok",
    seq: 52,
    resumedFrom: 0,
    copied: 53,
    current: true,
    products: 1,
    stores: 1,
    levels: 1,
    movements: 50,
    mismatches: 0,
    seconds: expect.any(Number),
  });
  const said = String(stream.read());
  expect(said).toMatch(/of 52 commands, copying/u);
  expect(said).toMatch(/of 52 commands, verifying/u);
});

test("a second run finds everything there", async () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  const [from, to] = [await filled(), await csvDirectory()];
  await runCopy({ from, to, stream, now: slowly() });
  expect(await runCopy({ from, to, stream, now: slowly() })).toMatchObject({ verify: "ok", resumedFrom: 52, copied: 0, movements: 50 });
});

test("rows that are not alike are named, and the summary says so", async () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  const to = memoryStorage();
  const losing: StorageAdapter = {
    ...to,
    transaction: (work, options) =>
      to.transaction((tx) => work({ ...tx, append: (table, rows) => tx.append(table, rows.slice(1)) }), options),
  };
  const summary = await runCopy({ from: await filled(), to: losing, stream, now: slowly() });
  expect(summary).toMatchObject({ verify: "failed", mismatches: 1, movements: 49 });
  expect(String(stream.read())).toContain("movements [3,0] missing");
});
