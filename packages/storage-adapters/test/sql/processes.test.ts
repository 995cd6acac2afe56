import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createInventory } from "@onhand/core";
import { addExamples } from "@onhand/core/testing";
import { describe, expect, it } from "vitest";
import { putCrate, silent, useSql } from "./fixture";
import { engines } from "./servers";

const run = promisify(execFile);
const child = fileURLToPath(new URL("./process-child.ts", import.meta.url));
const root = fileURLToPath(new URL("../../../../", import.meta.url));

describe.each(engines)("four processes on $name", (engine) => {
  const sql = useSql();

  it("sell 50 units to 200 who want one: exactly 50, each movement with a number of its own", async () => {
    const place = await sql.place(engine);
    const inventory = await createInventory({ storage: sql.storage(place), logger: silent });
    await addExamples(inventory);
    await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 50 });
    const seq = await inventory.feed.head();
    const { client, connection, useNullAsDefault } = place.connect().client.config;
    const config = JSON.stringify({ client, connection, useNullAsDefault, pool: { min: 0, max: 4 } });
    const args = ["--conditions=@onhand/source", "--import", "tsx", child, config, JSON.stringify(place.where), "50"];
    const ended = await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, args, { cwd: root })));
    const tallies = ended.map(({ stdout }) => JSON.parse(stdout) as { sold: number; refused: number });
    expect(tallies.reduce((sum, { sold }) => sum + sold, 0)).toBe(50);
    expect(tallies.reduce((sum, { refused }) => sum + refused, 0)).toBe(150);
    expect((await inventory.stock.level({ sku: "TEA-50", storeId: "berlin" })).onHand).toBe(0);
    expect(await inventory.verify()).toMatchObject({ ok: true });
    expect(await inventory.feed.head()).toBe(seq + 50);
    await inventory.close();
  }, 120_000);
});

describe("a full disk under SQLite", () => {
  const sql = useSql();

  it("refuses with STORAGE_FULL, keeps what there was, and goes on when there is room", async () => {
    const place = await sql.place(engines[0] as (typeof engines)[number]);
    const knex = place.connect({ min: 1, max: 1 });
    const storage = await sql.opened(place, { knex });
    await storage.transaction((tx) => putCrate(tx, "a"));
    // A file that may not grow any further is what a full disk is to SQLite.
    const [{ page_count: pages }] = await knex.raw("PRAGMA page_count");
    await knex.raw(`PRAGMA max_page_count = ${pages}`);
    const big = storage.transaction((tx) => putCrate(tx, "b", 1, "x".repeat(100_000)));
    await expect(big).rejects.toMatchObject({ code: "STORAGE_FULL", retryable: true });
    expect((await storage.find("crates", { limit: 9 })).rows.map((row) => row.id)).toEqual(["a"]);
    await knex.raw("PRAGMA max_page_count = 1000000");
    expect(await storage.transaction((tx) => putCrate(tx, "b", 1, "x".repeat(100_000)))).toBe(2);
  });
});
