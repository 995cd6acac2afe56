import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInventory, type HostInventory, type Inventory, isInventoryError } from "@onhand/core";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import createKnex, { type Knex } from "knex";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { putCrate, silent, useSql } from "./fixture";
import { engines } from "./servers";

const full = { code: "STORAGE_FULL", retryable: true };

describe("a SQLite file that may not grow", () => {
  const sql = useSql();

  it("refuses with STORAGE_FULL, keeps what there was, and goes on when there is room", async () => {
    const place = await sql.place(engines[0] as (typeof engines)[number]);
    const knex = place.connect({ min: 1, max: 1 });
    const storage = await sql.opened(place, { knex });
    await storage.transaction((tx) => putCrate(tx, "a"));
    const [{ page_count: pages }] = await knex.raw("PRAGMA page_count");
    await knex.raw(`PRAGMA max_page_count = ${pages}`);
    const big = () => storage.transaction((tx) => putCrate(tx, "b", 1, "x".repeat(100_000)));
    await expect(big()).rejects.toMatchObject(full);
    // The same in a transaction of the host, which SQLite undoes as a whole.
    const trx = await knex.transaction();
    await expect(storage.transaction((tx) => putCrate(tx, "b", 1, "x".repeat(100_000)), { host: trx })).rejects.toMatchObject(full);
    await Promise.allSettled([trx.rollback(), trx.executionPromise]);
    expect((await storage.find("crates", { limit: 9 })).rows.map((row) => row.id)).toEqual(["a"]);
    await knex.raw("PRAGMA max_page_count = 1000000");
    expect(await big()).toBe(2);
  });
});

const mebibyte = 1024 * 1024;
const directory = mkdtempSync(join(tmpdir(), "onhand-sql-full-"));

function mount(): unknown {
  try {
    execFileSync("/bin/mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", directory], { stdio: ["ignore", "ignore", "pipe"] });
    return undefined;
  } catch (error) {
    return error;
  }
}

const unmount = () => execFileSync("/bin/umount", [directory]);

/** Why there is no disk of a size of our own here; undefined where there is. Mounting takes root on Linux. */
const obstacle = mount();
if (obstacle === undefined) unmount();
else
  process.stderr.write(
    `NOT TESTED: SQLite on a disk that is full, as this process may not mount one (that takes root on Linux): ${obstacle}\n`,
  );

afterAll(() => rmSync(directory, { recursive: true }));

describe.skipIf(obstacle !== undefined)("a disk that is full, under SQLite on a tmpfs of 4 MiB", () => {
  const shelf = { sku: "TEA-50", storeId: "berlin" };
  const filler = join(directory, "filler");
  const pools: Knex[] = [];
  const inventories: Inventory[] = [];

  beforeEach(() => {
    const refusal = mount();
    if (refusal) throw refusal;
  });

  afterEach(async () => {
    for (const inventory of inventories.splice(0)) await inventory.close();
    for (const pool of pools.splice(0)) await pool.destroy();
    unmount();
  });

  async function open(file = "stock.db"): Promise<{ inventory: Inventory; knex: Knex }> {
    const connection = { filename: join(directory, file) };
    const knex = createKnex({ client: "better-sqlite3", connection, useNullAsDefault: true, pool: { min: 1, max: 4 } });
    pools.push(knex);
    const inventory = await createInventory({ storage: sqlStorage({ knex, logger: silent }) });
    inventories.push(inventory);
    return { inventory, knex };
  }

  async function close(): Promise<void> {
    for (const inventory of inventories.splice(0)) await inventory.close();
    for (const pool of pools.splice(0)) await pool.destroy();
  }

  async function stocked() {
    const opened = await open();
    await opened.inventory.products.create({ sku: shelf.sku, name: "Green tea 50 g" });
    await opened.inventory.stores.create({ id: shelf.storeId, name: "Berlin" });
    return opened;
  }

  /** Somebody else takes all the room there is, but for so many bytes. */
  function takeRoom(left = 0): void {
    const { bavail, bsize } = statfsSync(directory);
    writeFileSync(filler, Buffer.alloc(bavail * bsize - left));
  }

  const receive = (inventory: Pick<HostInventory, "stock">) => inventory.stock.receive({ ...shelf, quantity: 1 });

  /** What was acknowledged, all of it and nothing else, by every way of asking. */
  async function expectExactly(inventory: Inventory, received: number): Promise<void> {
    expect((await inventory.stock.level(shelf)).onHand).toBe(received);
    const { items } = await inventory.stock.movements({ ...shelf, limit: 1_000 });
    expect(items.map(({ onHandAfter }) => onHandAfter).sort((a, b) => a - b)).toEqual(Array.from({ length: received }, (_, at) => at + 1));
    expect(await inventory.feed.head()).toBe(received + 2);
    expect(await inventory.verify()).toMatchObject({ ok: true });
  }

  async function receiveUntilFull(inventory: Inventory): Promise<number> {
    for (let received = 0; received < 10_000; received++) {
      try {
        await receive(inventory);
      } catch (error) {
        expect(isInventoryError(error, "STORAGE_FULL")).toBe(true);
        return received;
      }
    }
    throw new Error("it never got full");
  }

  it("refuses with STORAGE_FULL, reads on, and goes on by itself when there is room", async () => {
    const { inventory } = await stocked();
    takeRoom(mebibyte);
    const received = await receiveUntilFull(inventory);
    expect(received).toBeGreaterThan(10);
    await expectExactly(inventory, received);
    // A group of many is refused to every caller, and leaves nothing behind.
    for (const refused of await Promise.allSettled(Array.from({ length: 100 }, () => receive(inventory))))
      expect(refused).toMatchObject({ status: "rejected", reason: full });
    await expectExactly(inventory, received);
    rmSync(filler);
    await receive(inventory);
    await expectExactly(inventory, received + 1);
    await close();
    await expectExactly((await open()).inventory, received + 1);
  });

  it("keeps neither the host's row nor its stock when their transaction does not fit", async () => {
    const { inventory, knex } = await stocked();
    await receive(inventory);
    await knex.raw("CREATE TABLE orders (id integer PRIMARY KEY)");
    takeRoom();
    const ordering = knex.transaction(async (trx) => {
      await trx("orders").insert({ id: 1 });
      await receive(inventory.with(trx));
    });
    // Here it is the host's own COMMIT that finds no room, so it hears of it in SQLite's words.
    await expect(ordering).rejects.toMatchObject({ code: "SQLITE_FULL" });
    expect(await knex("orders")).toEqual([]);
    await expectExactly(inventory, 1);
    rmSync(filler);
    await knex.transaction(async (trx) => {
      await trx("orders").insert({ id: 1 });
      await receive(inventory.with(trx));
    });
    expect(await knex("orders")).toEqual([{ id: 1 }]);
    await expectExactly(inventory, 2);
  });

  it("says STORAGE_FULL to whoever opens a ledger on it or makes a new one, and opens when there is room", async () => {
    await receive((await stocked()).inventory);
    await close();
    takeRoom();
    for (const file of ["stock.db", "new.db"]) await expect(open(file)).rejects.toMatchObject(full);
    rmSync(filler);
    await expectExactly((await open()).inventory, 1);
    await (await open("new.db")).inventory.stores.create({ id: "graz", name: "Graz" });
  });
});
