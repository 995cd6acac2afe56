import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createInventory, type Inventory } from "@onhand/core";
import { duckDbMirror } from "@onhand/storage-adapters/duckdb";
import { sqlStorage } from "@onhand/storage-adapters/sql";
import type { Knex } from "knex";
import { openEngine } from "../sql/engine";
import { temporaryDirectory } from "../temporary";
import { movementColumns, shop } from "./shop";

/** The same ledger in PostgreSQL and in the mirror of it. */
export interface Ledger {
  /** Reports are worked out in DuckDB. */
  readonly mirrored: Inventory;
  /** Reports are worked out in PostgreSQL. */
  readonly plain: Inventory;
  readonly knex: Knex;
  /** Asks the mirror's own database, beside it. */
  askDuckDb(sql: string): Promise<unknown[][]>;
  close(): Promise<void>;
}

const now = shop.to;
/** A report over ten million rows may take longer than a sale is given. */
const statementTimeoutMs = 300_000;

/** Makes a ledger of so many movements in bulk: nobody decides on ten million sales one by one to read a report. */
export async function openLedger(movements: number, disk: string): Promise<Ledger> {
  const engine = await openEngine("postgres", disk);
  const place = await engine.place();
  const knex = place.knex();
  const directory = await temporaryDirectory(disk);
  const path = join(directory.path, "mirror.duckdb");
  const clock = { now: () => now };
  const open = () => createInventory({ storage: sqlStorage({ knex, statementTimeoutMs }), clock, analytics: duckDbMirror({ path }) });
  await (await open()).close();
  await fillPostgres(knex, movements);
  await fillMirror(path, movements);
  const mirrored = await open();
  const plain = await createInventory({ storage: sqlStorage({ knex, statementTimeoutMs }), clock });
  const beside = await DuckDBInstance.create(join(directory.path, "beside.duckdb"));
  const connection = await beside.connect();
  await fillBeside(connection, movements);
  return {
    mirrored,
    plain,
    knex,
    askDuckDb: async (sql) => (await connection.runAndReadAll(sql)).getRowsJS() as unknown[][],
    async close() {
      connection.closeSync();
      beside.closeSync();
      await mirrored.close();
      await plain.close();
      await knex.destroy();
      await place.remove();
      await directory.remove();
      await engine.close();
    },
  };
}

async function fillPostgres(knex: Knex, movements: number): Promise<void> {
  const columns = movementColumns("n", movements);
  // Indexes are made once at the end, as any bulk load does.
  const { rows: indexes } = await knex.raw(
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'onhand_movements' AND indexname NOT LIKE '%_pkey' AND schemaname = current_schema()",
  );
  for (const { indexname } of indexes) await knex.raw(`DROP INDEX "${indexname}"`);
  await knex.raw(
    `INSERT INTO onhand_movements (${Object.keys(columns).join(", ")}) SELECT ${Object.values(columns).join(", ")} FROM generate_series(1::bigint, ${movements}) AS made (n)`,
  );
  for (const { indexdef } of indexes) await knex.raw(indexdef);
  await knex.raw(`INSERT INTO onhand_levels (seq, sku, store_id, on_hand, reserved, incoming, decimals, updated_at)
    SELECT max(seq), sku, store_id, sum(delta), 0, 0, 0, max(recorded_at) FROM onhand_movements GROUP BY sku, store_id`);
  await knex.raw(`INSERT INTO onhand_products (seq, sku_key, sku, name, category, decimals, backorder_limit, attributes, archived, created_seq, created_at, updated_at)
    SELECT 1, 'p' || n, 'P' || n, 'Product ' || n, 'Category ' || (10 + n % ${shop.categories}), 0, 1000000, '{}', false, 1, 0, 0
    FROM generate_series(100000, ${100_000 + shop.products - 1}) AS made (n)`);
  await knex.raw(`INSERT INTO onhand_stores (seq, id, name, kind, archived, watched, created_seq, created_at, updated_at)
    SELECT 1, 'store-' || n, 'Store ' || n, 'store', false, false, 1, 0, 0 FROM generate_series(10, ${9 + shop.stores}) AS made (n)`);
  await knex.raw("UPDATE onhand_head SET seq = ?, commits = commits + 1", [movements]);
  for (const table of ["movements", "levels", "products", "stores"]) await knex.raw(`VACUUM ANALYZE onhand_${table}`);
}

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

async function fillMirror(path: string, movements: number): Promise<void> {
  const columns = movementColumns("n", movements);
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const recurring = ["sku", "store_id", "type", "unit_price_currency"];
  const texts = recurring.map((name) => `SELECT DISTINCT ${columns[name]} AS text FROM range(1, ${movements + 1}) AS made (n)`);
  await connection.run(`INSERT INTO onhand_texts SELECT row_number() OVER (), text FROM (${texts.join(" UNION ")}) WHERE text IS NOT NULL`);
  const names = Object.keys(columns).map((name) => `"${camel(name)}"`);
  const values = Object.entries(columns).map(([name, sql]) => (recurring.includes(name) ? `${name}.id` : sql));
  const joins = recurring.map((name) => `LEFT JOIN onhand_texts AS ${name} ON ${name}.text = ${columns[name]}`);
  await connection.run(
    `INSERT INTO movements (${names.join(", ")}) SELECT ${values.join(", ")} FROM range(1, ${movements + 1}) AS made (n) ${joins.join(" ")} ORDER BY n`,
  );
  await connection.run(`UPDATE onhand_mirror SET seq = ${movements}`);
  await connection.run("CHECKPOINT");
  connection.closeSync();
  instance.closeSync();
}

/** What somebody would keep who wrote the report by hand: only its columns, and the products beside them. */
async function fillBeside(connection: Awaited<ReturnType<DuckDBInstance["connect"]>>, movements: number): Promise<void> {
  const { sku, type, delta, unit_price_amount, occurred_at } = movementColumns("n", movements);
  await connection.run(`CREATE TABLE sales AS SELECT ${sku} AS sku, ${type} AS type, ${delta} AS delta, ${unit_price_amount} AS price,
    make_timestamp(${occurred_at} * 1000) AS moment FROM range(1, ${movements + 1}) AS made (n)`);
  await connection.run(`CREATE TABLE products AS SELECT 'P' || n AS sku, 'Category ' || (10 + n % ${shop.categories}) AS category
    FROM range(100000, ${100_000 + shop.products}) AS made (n)`);
}
