import { execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createInventory } from "@onhand/core";
import { addExamples } from "@onhand/core/testing";
import { describe, expect, it } from "vitest";
import { idsOf, putCrate, silent, tables, useSql } from "./fixture";
import { engines, type Place } from "./servers";

const run = promisify(execFile);
const children = {
  order: fileURLToPath(new URL("./order-child.ts", import.meta.url)),
  process: fileURLToPath(new URL("./process-child.ts", import.meta.url)),
};
const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** How a process of its own is told where the tables are. */
function childArguments(place: Place, name: keyof typeof children, ...more: readonly string[]): string[] {
  const { client, connection, useNullAsDefault, searchPath } = place.connect().client.config;
  const config = JSON.stringify({ client, connection, useNullAsDefault, searchPath, pool: { min: 0, max: 4 } });
  return ["--conditions=@onhand/source", "--import", "tsx", children[name], config, JSON.stringify(place.where), ...more];
}

describe.each(engines)("a host process that is killed on $name", (engine) => {
  const sql = useSql();

  it.each([
    ["before", [], []],
    ["after", [1], ["ordered"]],
  ] as const)(
    "%s its commit leaves order and stock together: %j and %j",
    async (when, orders, crates) => {
      const place = await sql.place(engine);
      const storage = sql.storage(place);
      await storage.open(tables);
      const knex = place.connect();
      await knex.schema.createTable("orders", (table) => void table.integer("id").primary());
      const process_ = spawn(process.execPath, childArguments(place, "order", when), { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
      const gone = new Promise<void>((resolve) => process_.once("exit", () => resolve()));
      await Promise.race([new Promise<void>((resolve) => process_.stdout.once("data", () => resolve())), gone]);
      expect(process_.exitCode).toBe(null);
      process_.kill("SIGKILL");
      await gone;
      // The next writer waits until the database has noticed.
      expect(await storage.transaction(async (tx) => (await tx.head()).seq)).toBe(crates.length);
      expect(await storage.transaction((tx) => putCrate(tx, "z"))).toBe(crates.length + 1);
      expect(await knex("orders").pluck("id")).toEqual(orders);
      expect(await idsOf(storage)).toEqual([...crates, "z"]);
    },
    60_000,
  );
});

describe.each(engines)("four processes on $name", (engine) => {
  const sql = useSql();

  it("sell 50 units to 200 who want one: exactly 50, each movement with a number of its own", async () => {
    const place = await sql.place(engine);
    const inventory = await createInventory({ storage: sql.storage(place), logger: silent });
    await addExamples(inventory);
    await inventory.stock.receive({ sku: "TEA-50", storeId: "berlin", quantity: 50 });
    const seq = await inventory.feed.head();
    const args = childArguments(place, "process", "50");
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
