import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allOf } from "@onhand/core/testing";
import createKnex, { type Knex } from "knex";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { mysqlDatabase, postgresDatabase } from "../../../tests/servers";
import { type Erp, openErp } from "../src/open-erp";
import { type Order, placeOrder } from "../src/orders";

// Databases of one's own are made and dropped for each test, on machines that others use as well.
vi.setConfig({ testTimeout: 60_000 });

const silent = { error: () => undefined, warn: () => undefined };
const tea = { sku: "TEA", storeId: "main" };

async function sqliteFile(): Promise<() => Knex> {
  const directory = await mkdtemp(join(tmpdir(), "onhand-erp-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return () => createKnex({ client: "better-sqlite3", connection: { filename: join(directory, "erp.db") }, useNullAsDefault: true });
}

const onServer = (client: string, database: typeof postgresDatabase) => async (): Promise<() => Knex> => {
  const { url, drop } = await database();
  onTestFinished(drop);
  return () => createKnex({ client, connection: url, pool: { min: 0, max: 8 } });
};

const engines = [
  { name: "SQLite", database: sqliteFile },
  { name: "PostgreSQL", database: onServer("pg", postgresDatabase) },
  { name: "MariaDB", database: onServer("mysql2", mysqlDatabase) },
];

describe.each(engines)("an ERP on $name", ({ name, database }) => {
  async function opened(connect: () => Knex): Promise<{ erp: Erp; knex: Knex; close: () => Promise<void> }> {
    const knex = connect();
    const erp = await openErp(knex, silent);
    let closed = false;
    const close = async () => {
      if (closed) return;
      closed = true;
      await erp.close();
      await knex.destroy();
    };
    onTestFinished(close);
    return { erp, knex, close };
  }

  async function setUp(quantity = 20) {
    const connect = await database();
    const { erp, knex, close } = await opened(connect);
    await knex("erp_customers").insert({ id: "ada", credit: 1_000 });
    await erp.inventory.products.create({ sku: "TEA", name: "Tea" });
    await erp.inventory.products.create({ sku: "CUP", name: "Cup" });
    for (const sku of ["TEA", "CUP"]) await erp.inventory.stock.receive({ ...tea, sku, quantity });
    return { erp, knex, connect, close };
  }

  const order = (number: string, quantity: number, more: Partial<Order> = {}): Order => ({
    number,
    customerId: "ada",
    total: 10,
    lines: [{ sku: "TEA", quantity }],
    ...more,
  });

  async function books({ inventory }: Erp, knex: Knex) {
    const { credit } = await knex("erp_customers").where({ id: "ada" }).first();
    const orders = await knex("erp_orders").orderBy("number").select("number", "status");
    const sold = await allOf((page) => inventory.stock.movements({ ...page, type: "sold" }));
    return {
      credit: Number(credit),
      orders: orders.map(({ number, status }) => `${number} ${status}`),
      sold: sold.map(({ sku, delta, reference }) => `${reference?.id} ${sku} ${delta}`),
      tea: (await inventory.stock.level(tea)).onHand,
    };
  }

  test("an order is there with its stock and its credit, and taken back with both", async () => {
    const { erp, knex } = await setUp();
    const lines = [
      { sku: "TEA", quantity: 3 },
      { sku: "CUP", quantity: 1 },
    ];
    await erp.place(order("1", 0, { lines, total: 400 }));
    expect(await books(erp, knex)).toEqual({ credit: 600, orders: ["1 placed"], sold: ["1 TEA -3", "1 CUP -1"], tea: 17 });
    await erp.cancel("1");
    expect(await books(erp, knex)).toMatchObject({ credit: 1_000, orders: ["1 cancelled"], tea: 20 });
    await expect(erp.cancel("1")).rejects.toMatchObject({ code: "INVALID_STATE" });
    expect(await books(erp, knex)).toMatchObject({ credit: 1_000, tea: 20 });
  });

  test("without the stock there is no order, without the credit no sale, and no order twice", async () => {
    const { erp, knex } = await setUp();
    const before = await books(erp, knex);
    const lines = [
      { sku: "TEA", quantity: 1 },
      { sku: "CUP", quantity: 21 },
    ];
    await expect(erp.place(order("1", 0, { lines }))).rejects.toMatchObject({
      code: "INSUFFICIENT_STOCK",
      details: { lines: [{ index: 1 }] },
    });
    await expect(erp.place(order("2", 1, { total: 1_001 }))).rejects.toMatchObject({ code: "INVALID_STATE" });
    expect(await books(erp, knex)).toEqual(before);
    await erp.place(order("3", 1));
    const after = await books(erp, knex);
    await expect(erp.place(order("3", 1))).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    expect(await books(erp, knex)).toEqual(after);
  });

  test("when the ERP fails after the stock was taken, the stock is back and nobody ever heard of it", async () => {
    const { erp, knex } = await setUp();
    const before = await books(erp, knex);
    const heard: number[] = [];
    erp.inventory.on("stock.changed", ({ level }) => heard.push(level.onHand));
    const failing = knex.transaction(async (trx) => {
      await placeOrder(trx, erp.inventory, order("1", 5));
      throw new Error("the printer is on fire");
    });
    await expect(failing).rejects.toThrow("printer");
    expect(await books(erp, knex)).toEqual(before);
    await erp.place(order("2", 1));
    expect(await erp.inventory.verify()).toMatchObject({ ok: true });
    expect(heard).toEqual([19]);
  });

  test("of thirty who order one of twenty at once, twenty have an order and ten have none", async () => {
    const { erp, knex } = await setUp();
    const placed = await Promise.allSettled(Array.from({ length: 30 }, (_, number) => erp.place(order(String(number), 1))));
    expect(placed.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
    for (const outcome of placed) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "INSUFFICIENT_STOCK" });
    }
    const { orders, sold, tea: left, credit } = await books(erp, knex);
    expect([orders.length, sold.length, left, credit]).toEqual([20, 20, 0, 800]);
  });

  test("stock that falls to its threshold is suggested for purchase once, and no more when it has come", async () => {
    const { erp } = await setUp();
    await erp.inventory.thresholds.set({ ...tea, reorderPoint: 12, reorderQuantity: 48 });
    await erp.inventory.thresholds.set({ storeId: "main", reorderPoint: 5 });
    expect(await erp.suggestions()).toEqual([]);
    await erp.place(order("1", 8));
    await erp.place(order("2", 2));
    expect(await erp.suggestions()).toEqual([{ ...tea, quantity: 48 }]);
    await erp.place(order("3", 0, { lines: [{ sku: "CUP", quantity: 17 }] }));
    expect(await erp.suggestions()).toEqual([
      { sku: "CUP", storeId: "main", quantity: 7 },
      { ...tea, quantity: 48 },
    ]);
    await erp.inventory.stock.receive({ ...tea, quantity: 48 });
    expect(await erp.suggestions()).toEqual([{ sku: "CUP", storeId: "main", quantity: 7 }]);
  });

  test("an alert raised while nobody followed is suggested by whoever opens next, and by two only once", async () => {
    const { erp, connect, close } = await setUp();
    await erp.inventory.thresholds.set({ ...tea, reorderPoint: 12, reorderQuantity: 48 });
    await erp.place(order("1", 10));
    await close();
    const [one, other] = [await opened(connect), await opened(connect)];
    // As after a crash before anything was followed.
    await one.knex("erp_ledger_position").update({ seq: 0 });
    await one.knex("erp_purchase_suggestions").del();
    // SQLite waits for another connection's lock without letting go of the process, so there one comes after the other.
    const first = name === "SQLite" ? await one.erp.suggestions() : one.erp.suggestions();
    expect(await Promise.all([first, other.erp.suggestions()])).toEqual([[{ ...tea, quantity: 48 }], [{ ...tea, quantity: 48 }]]);
    expect(await one.knex("erp_purchase_suggestions")).toHaveLength(1);
  });
});
