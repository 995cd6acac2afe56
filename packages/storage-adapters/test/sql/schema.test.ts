import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createInventory, inventoryTables } from "@onhand/core";
import { addExamples } from "@onhand/core/testing";
import { createOnhandTables, sqlSchema } from "@onhand/storage-adapters/sql";
import { describe, expect, it } from "vitest";
import { silent, useSql } from "./fixture";
import { engines } from "./servers";

const dialects = { SQLite: "sqlite", PostgreSQL: "postgres", MariaDB: "mariadb" } as const;
const at = { sku: "TEA-50", storeId: "berlin" };

describe.each(engines)("the tables of an inventory on $name", (engine) => {
  const sql = useSql();

  it("made from the printed statements are complete: migrating them changes nothing, and a process that may create none works on them", async () => {
    const place = await sql.place(engine);
    const knex = place.connect();
    for (const statement of sqlSchema({ dialect: dialects[engine.name], ...place.where })) await knex.raw(statement);
    await createOnhandTables(knex, place.where);
    const inventory = await createInventory({ storage: sql.storage(place, { createTables: false }), logger: silent });
    await addExamples(inventory);
    await inventory.stock.receive({ ...at, quantity: 3 });
    expect(await inventory.verify()).toMatchObject({ ok: true });
    await inventory.close();
  });

  it("refuse what can never be, whoever writes it", async () => {
    const place = await sql.place(engine);
    const inventory = await createInventory({ storage: sql.storage(place), logger: silent });
    await addExamples(inventory);
    await inventory.stock.receive({ ...at, quantity: 3 });
    const knex = place.connect();
    for (const column of ["reserved", "incoming", "decimals", "seq"])
      await expect(knex.raw(`UPDATE ${place.table("levels")} SET ${column} = -1`), column).rejects.toThrow();
    await expect(knex.raw(`UPDATE ${place.table("movements")} SET line = -1`)).rejects.toThrow();
    await inventory.close();
  });
});

describe("the program that prints the statements", () => {
  const program = fileURLToPath(new URL("../../src/cli/sql-ddl.ts", import.meta.url));
  const run = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, ["--conditions=@onhand/source", "--import", "tsx", program, ...args]);

  it("prints one for every table, in the names asked for", async () => {
    const { stdout } = await run("--dialect", "postgres", "--schema", "stock", "--prefix", "shop_");
    for (const { name } of inventoryTables.tables) expect(stdout).toContain(`CREATE TABLE IF NOT EXISTS "stock"."shop_${name}"`);
    expect(stdout).toContain('CREATE SCHEMA IF NOT EXISTS "stock"');
  });

  it("says what it takes when it is asked for anything else", async () => {
    await expect(run("--dialect", "oracle")).rejects.toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("--dialect must be"),
    });
    await expect(run("--dialect", "sqlite", "--prefix", "x;drop")).rejects.toMatchObject({ code: 2, stdout: "" });
  });
});
