import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CopyProgress,
  copyStorage,
  createInventory,
  type Inventory,
  isInventoryError,
  type Row,
  type StorageAdapter,
  type StorageTransaction,
  type Value,
} from "@onhand/core";
import { allOf, checkLedger, seededRandom } from "@onhand/core/testing";
import { csvStorage } from "@onhand/storage-adapters/csv";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { refusalOf } from "../../test/inventory";
import { inventoryTables } from "../domain/tables";

const stores = ["berlin", "hamburg"] as const;

let from: StorageAdapter;
let original: Inventory;
let sold: number;

beforeEach(async () => {
  from = memoryStorage();
  original = await createInventory({ storage: from });
  // Refused before anything was ever accepted, and kept because of its key.
  await refusalOf(original.stock.sell({ sku: "TEA", storeId: "berlin", quantity: 1, idempotencyKey: "too early" }));
  await original.products.create({
    sku: "TEA",
    name: "Tee “東方美人”",
    decimals: 3,
    attributes: { size: { width: 2, height: 1 }, tags: ["a"] },
  });
  for (const id of stores) await original.stores.create({ id, name: id });
  for (const storeId of stores) await original.stock.receive({ sku: "TEA", storeId, quantity: 500.125 });
  sold = 0;
  await sell(300);
});

async function sell(count: number): Promise<void> {
  const random = seededRandom(1);
  const sales = Array.from({ length: count }, () =>
    original.stock.sell({ sku: "TEA", storeId: random.pick(stores), quantity: 1, idempotencyKey: `sale-${sold++}` }),
  );
  await Promise.all(sales);
}

/** Everything that can be read of an inventory, its answers to retries included. */
async function contents(storage: StorageAdapter) {
  const inventory = await createInventory({ storage });
  return {
    products: await allOf((page) => inventory.products.list(page)),
    stores: await allOf((page) => inventory.stores.list(page)),
    levels: await allOf((page) => inventory.stock.levels(page)),
    movements: await allOf((page) => inventory.stock.movements(page)),
    head: await inventory.feed.head(),
    retried: await inventory.stock.sell({ sku: "TEA", storeId: "berlin", quantity: 1, idempotencyKey: "sale-0" }).catch(refused),
    refused: await inventory.stock.sell({ sku: "TEA", storeId: "berlin", quantity: 1, idempotencyKey: "too early" }).catch(refused),
  };
}

const refused = (error: unknown) => (isInventoryError(error) ? { code: error.code, ...error.details } : Promise.reject(error));

/** The storage, failing after so many transactions: what a copy that is cut off leaves. */
function failingAfter(storage: StorageAdapter, transactions: number): StorageAdapter {
  let left = transactions;
  return {
    ...storage,
    transaction: (work, options) => (left-- > 0 ? storage.transaction(work, options) : Promise.reject(new Error("cut off"))),
  };
}

/** The storage, as if somebody wrote to it whenever a page of it has been read. */
const busy = (storage: StorageAdapter, write: () => Promise<void>): StorageAdapter => ({
  ...storage,
  async changes(since, options) {
    const page = await storage.changes(since, options);
    await write();
    return page;
  },
});

/** The storage, spoiling what is written to it. */
const spoiling = (storage: StorageAdapter, spoil: (tx: StorageTransaction) => Partial<StorageTransaction>): StorageAdapter => ({
  ...storage,
  transaction: (work, options) => storage.transaction((tx) => work({ ...tx, ...spoil(tx) }), options),
});

describe.each([
  { pageRows: 1, cutAfter: 100 },
  { pageRows: 7, cutAfter: 1 },
  { pageRows: 2_000, cutAfter: 0 },
])("in pages of $pageRows rows", ({ pageRows, cutAfter }) => {
  test("the copy has every product, level, movement and answer under its number, and goes on as an inventory", async () => {
    const to = memoryStorage();
    const report = await copyStorage({ from, to, pageRows });
    const { products, levels, movements, operations } = report.rows;
    expect(report).toMatchObject({ ok: true, resumedFrom: 0, current: true, mismatches: [], seq: await original.feed.head() });
    expect({ products, stores: report.rows.stores, levels, movements }).toEqual({ products: 1, stores: 2, levels: 2, movements: 302 });
    expect(operations).toBe(301);
    expect(report.copied).toBe(Object.values(report.rows).reduce((sum, count) => sum + count));
    expect(await contents(to)).toEqual(await contents(from));
    const copy = await createInventory({ storage: to });
    await copy.stock.sell({ sku: "TEA", storeId: "berlin", quantity: 0.125 });
    await checkLedger(copy);
  });

  test("a copy that was cut off goes on where it stopped", async () => {
    const to = memoryStorage();
    await expect(copyStorage({ from, to: failingAfter(to, cutAfter), pageRows })).rejects.toThrow("cut off");
    const stopped = (await to.open(inventoryTables)).seq;
    const report = await copyStorage({ from, to, pageRows });
    expect(report).toMatchObject({ ok: true, resumedFrom: stopped });
    expect(await contents(to)).toEqual(await contents(from));
  });

  test("while the original is written to, the copy is the original of one moment; again, and it has caught up", async () => {
    const to = memoryStorage();
    let writes = 20;
    const first = await copyStorage({ from: busy(from, async () => void (writes-- > 0 && (await sell(3)))), to, pageRows });
    expect(first).toMatchObject({ ok: true, mismatches: [] });
    await sell(10);
    const second = await copyStorage({ from, to, pageRows });
    expect(second).toMatchObject({ ok: true, resumedFrom: first.seq, current: true });
    expect(await contents(to)).toEqual(await contents(from));
  });
});

test("refusals that came under the last number since are copied by the next call", async () => {
  const to = memoryStorage();
  await copyStorage({ from, to });
  await refusalOf(original.stock.sell({ sku: "TEA", storeId: "berlin", quantity: 9_999, idempotencyKey: "too much" }));
  expect(await copyStorage({ from, to })).toMatchObject({ ok: true, copied: 1, current: true });
  expect(await copyStorage({ from, to })).toMatchObject({ ok: true, copied: 0, current: true });
});

test("from a CSV directory, and into one, nothing differs", async () => {
  const directory = await mkdtemp(join(tmpdir(), "onhand-copy-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const csv = csvStorage({ directory });
  expect(await copyStorage({ from, to: csv, pageRows: 50 })).toMatchObject({ ok: true, current: true });
  const back = memoryStorage();
  expect(await copyStorage({ from: csv, to: back, pageRows: 70 })).toMatchObject({ ok: true, current: true });
  await csv.close();
  expect(await contents(back)).toEqual(await contents(from));
});

test("the copy is a ledger of its own: its epoch is another, so who followed the original starts over", async () => {
  const to = memoryStorage();
  await copyStorage({ from, to });
  expect((await to.open(inventoryTables)).epoch).not.toBe((await from.open(inventoryTables)).epoch);
});

test("a target that holds something else is refused and left as it is", async () => {
  const to = memoryStorage();
  const other = await createInventory({ storage: to });
  await other.stores.create({ id: "berlin", name: "Another" });
  expect(await refusalOf(copyStorage({ from, to }))).toMatchObject({ code: "INVALID_STATE", entity: "storage", key: "memory" });
  expect(await other.feed.head()).toBe(1);
  expect((await other.stores.list()).items.map(({ name }) => name)).toEqual(["Another"]);
});

test("a copy that went its own way is not copied over", async () => {
  const to = memoryStorage();
  await copyStorage({ from, to });
  const copy = await createInventory({ storage: to });
  await copy.stock.receive({ sku: "TEA", storeId: "berlin", quantity: 1 });
  await sell(5);
  expect(await refusalOf(copyStorage({ from, to }))).toMatchObject({ code: "INVALID_STATE" });
});

test("a storage is not copied onto itself", async () => {
  expect(await refusalOf(copyStorage({ from, to: from }))).toMatchObject({ code: "INVALID_INPUT" });
  expect(await refusalOf(copyStorage({ from, to: { ...from } }))).toMatchObject({ code: "INVALID_INPUT" });
});

test.each([0, 1.5, 100_001, Number.NaN])("pages of %d rows are refused", async (pageRows) => {
  expect(await refusalOf(copyStorage({ from, to: memoryStorage(), pageRows }))).toMatchObject({ code: "INVALID_INPUT" });
});

test("rows that a storage loses, changes or makes up are found", async () => {
  const spoiled = async (spoil: (tx: StorageTransaction) => Partial<StorageTransaction>) => {
    const { ok, mismatches } = await copyStorage({ from, to: spoiling(memoryStorage(), spoil) });
    return { ok, problems: mismatches.map(({ table, problem }) => `${table} ${problem}`) };
  };
  const losing = await spoiled((tx) => ({
    append: (table, rows) => tx.append(table, table === "movements" ? rows.slice(1) : rows),
  }));
  expect(losing).toEqual({ ok: false, problems: ["movements missing"] });
  const changing = await spoiled((tx) => ({
    put: (table, rows) => tx.put(table, table === "levels" ? rows.map((row) => ({ ...row, onHand: 1 })) : rows),
  }));
  expect(changing).toEqual({ ok: false, problems: ["levels different", "levels different"] });
  const afterFirst = ([first, ...rest]: readonly Row[], fields: Readonly<Record<string, Value>>) =>
    first ? [first, { ...first, ...fields }, ...rest] : [];
  const inventing = await spoiled((tx) => ({
    append: (table, rows) => tx.append(table, table === "operations" ? afterFirst(rows, { key: "made up" }) : rows),
    put: (table, rows) => tx.put(table, table === "stores" ? afterFirst(rows, { id: "nowhere" }) : rows),
  }));
  expect(inventing).toEqual({ ok: false, problems: ["operations unexpected", "stores unexpected"] });
});

test("progress goes from the first phase to the last and ends at the head; a signal stops it, to be resumed", async () => {
  const to = memoryStorage();
  const told: CopyProgress[] = [];
  const stop = new AbortController();
  const onProgress = (progress: CopyProgress) => {
    told.push(progress);
    if (told.length === 3) stop.abort();
  };
  expect(await refusalOf(copyStorage({ from, to, pageRows: 10, onProgress, signal: stop.signal }))).toMatchObject({ code: "ABORTED" });
  expect(told).toHaveLength(3);
  const { seq } = await copyStorage({ from, to, pageRows: 10, onProgress: (progress) => told.push(progress) });
  const phases = told.slice(3).map(({ phase }) => phase);
  expect([...new Set(phases)]).toEqual(["checking", "copying", "verifying"]);
  expect(told.at(-1)).toEqual({ phase: "verifying", seq, head: seq });
});
