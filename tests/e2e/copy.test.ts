import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyStorage, createInventory, isInventoryError, type StorageAdapter } from "@onhand/core";
import { addExamples, allOf, seededRandom } from "@onhand/core/testing";
import { csvStorage } from "@onhand/storage-adapters/csv";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex from "knex";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { mysqlDatabase, postgresDatabase } from "../servers";

let directory: string;
let from: StorageAdapter;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "onhand-copy-"));
  const inventory = await createInventory({ storage: csvStorage({ directory }) });
  await addExamples(inventory);
  const random = seededRandom(5);
  const receipts = Array.from({ length: 2_000 }, (_, index) =>
    inventory.stock.receive({
      sku: random.pick(["TEA-50", "CUP", "GIFT-BOX"]),
      storeId: random.pick(["berlin", "hamburg", "hub"]),
      quantity: 1 + random.below(9),
      reference: { type: "delivery", id: `delivery “${index}”` },
      ...(index % 3 === 0 && { idempotencyKey: `receipt-${index}` }),
    }),
  );
  await Promise.all(receipts);
  await inventory.stock.sell({ sku: "CUP", storeId: "hub", quantity: 99_999, idempotencyKey: "too much" }).catch(refusedOnly);
  await inventory.close();
  from = csvStorage({ directory });
  onTestFinished(async () => {
    await from.close();
    await rm(directory, { recursive: true, force: true });
  });
});

function refusedOnly(error: unknown): void {
  if (!isInventoryError(error, "INSUFFICIENT_STOCK")) throw error;
}

const engines = {
  SQLite: async () =>
    createKnex({ client: "better-sqlite3", connection: { filename: join(directory, "copy.db") }, useNullAsDefault: true }),
  PostgreSQL: async () => onServer("pg", await postgresDatabase()),
  MariaDB: async () => onServer("mysql2", await mysqlDatabase()),
};

function onServer(client: "pg" | "mysql2", { url, drop }: { url: string; drop: () => Promise<void> }) {
  onTestFinished(drop);
  return createKnex({ client, connection: url });
}

const read = async (storage: StorageAdapter) => {
  const inventory = await createInventory({ storage });
  const contents = {
    levels: await allOf((page) => inventory.stock.levels(page)),
    movements: await allOf((page) => inventory.stock.movements(page)),
    products: await allOf((page) => inventory.products.list(page)),
    verified: (await inventory.verify()).ok,
  };
  await inventory.close();
  return contents;
};

test.each(Object.entries(engines))(
  "from a CSV directory to %s, stopped half way and resumed, every level and movement is the same",
  async (_name, open) => {
    const knex = await open();
    onTestFinished(() => knex.destroy());
    const to = sqlStorage({ knex });
    onTestFinished(() => to.close());
    const stop = new AbortController();
    const stopped = copyStorage({
      from,
      to,
      pageRows: 200,
      signal: stop.signal,
      onProgress: ({ seq, head }) => {
        if (seq > head / 2) stop.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
    const report = await copyStorage({ from, to });
    expect(report).toMatchObject({
      ok: true,
      current: true,
      mismatches: [],
      seq: 2_008,
      rows: { movements: 2_000, products: 5, stores: 3 },
    });
    expect(report.resumedFrom).toBeGreaterThan(1_000);
    expect(report.resumedFrom).toBeLessThan(2_008);
    const copied = await read(to);
    expect(copied.verified).toBe(true);
    expect(copied).toEqual(await read(from));
  },
);
