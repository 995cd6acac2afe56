import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { createInventory, type Inventory, type Money, type StorageAdapter } from "@onhand/core";
import { duckDbMirror } from "@onhand/storage-adapters/duckdb";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { budgets, searchTimeoutMs } from "../../../../tests/budgets";
import { mysqlDatabase, postgresDatabase } from "../../../../tests/servers";
import { type Plan, planReplay } from "../../src/replay/plan";
import { type InvoiceFile, readInvoices } from "../../src/replay/read-invoices";
import { replay } from "../../src/replay/replay";
import { storageFromUrl } from "../../src/storage/storage-from-url";
import { type Oracle, openOracle } from "./oracle";

const data = fileURLToPath(new URL("../../../../../shared/data/transactions/online-retail-2010-12-to-2011-08.csv.gz", import.meta.url));
const lines = budgets.replayedLines;
const whole = !Number.isFinite(lines);
const dayMs = 86_400_000;
const gbp = (money: readonly Money[]): number => money.find(({ currency }) => currency === "GBP")?.amount ?? 0;

// The whole file is 320,000 lines on six storages, often on a machine that has more to do.
if (whole) vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let directory: string;
let oracle: Oracle;
let file: InvoiceFile;
let plan: Plan;
/** Just after the last line, a time in the middle, and the period between them. */
let now: number;
let middle: number;

beforeAll(async () => {
  if (!existsSync(data)) throw new Error("the retailer's ledger is missing: put ../shared/data/transactions beside the repository");
  directory = await mkdtemp(join(tmpdir(), "onhand-reports-"));
  const slice = join(directory, "invoices.csv");
  const kept: string[] = [];
  const reader = createInterface({ input: createReadStream(data).pipe(createGunzip()) });
  for await (const line of reader) {
    kept.push(line);
    if (kept.length > lines) break;
  }
  reader.close();
  await writeFile(slice, `${kept.join("\n")}\n`);
  oracle = await openOracle(slice);
  file = await readInvoices(slice);
  const bare = planReplay(file.lines);
  const grouped = bare.products.map((planned) => ({
    ...planned,
    input: { ...planned.input, category: `Group ${String(planned.input.sku)[0]?.toUpperCase()}` },
  }));
  plan = { ...bare, products: grouped };
  const times = plan.lines.map(({ occurredAt }) => occurredAt);
  now = (times.at(-1) as number) + 1;
  middle = times[Math.floor(times.length / 2)] as number;
}, searchTimeoutMs);

afterAll(async () => {
  oracle?.close();
  await rm(directory, { recursive: true, force: true });
});

interface Opened {
  readonly storage: StorageAdapter;
  readonly drop?: () => Promise<void>;
}

const storages: Readonly<Record<string, () => Promise<Opened>>> = {
  memory: async () => ({ storage: await storageFromUrl("memory:") }),
  csv: async () => ({ storage: await storageFromUrl(`csv:${join(directory, "ledger")}`) }),
  sqlite: async () => ({ storage: await storageFromUrl(`sqlite:${join(directory, "ledger.db")}`) }),
  postgres: async () => {
    const { url, drop } = await postgresDatabase();
    return { storage: await storageFromUrl(url), drop };
  },
  mysql: async () => {
    const { url, drop } = await mysqlDatabase();
    return { storage: await storageFromUrl(url), drop };
  },
};

describe.each(["memory", "csv", "sqlite", "postgres", "mysql", "duckdb"])("after the replay of a retailer's ledger, on %s", (name) => {
  let inventory: Inventory;
  let drop: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    const opened = await (storages[name === "duckdb" ? "memory" : name] as () => Promise<Opened>)();
    drop = opened.drop;
    const { storage } = opened;
    const clock = { now: () => now };
    inventory = await createInventory({ storage, clock, ...(name === "duckdb" && { analytics: duckDbMirror() }) });
    const target = {
      inFlight: 2_000,
      execute: inventory.execute,
      head: inventory.feed.head,
      verify: async () => undefined,
      close: inventory.close,
    };
    const { summary } = await replay({
      file,
      plan,
      target,
      speed: Number.POSITIVE_INFINITY,
      timers: { now: () => 0, sleep: async () => {} },
    });
    expect(summary.refused).toBe(0);
    await inventory.thresholds.set({ reorderPoint: 5, reorderQuantity: 20 });
  }, searchTimeoutMs);

  afterAll(async () => {
    await inventory?.close();
    await drop?.();
  }, 300_000);

  test("sales by category and month", async () => {
    const { rows, subtotals, totals } = await inventory.reports.salesByCategory({ by: ["category", "month"] });
    expect(rows.map(({ value, unpriced, ...row }) => ({ ...row, value: gbp(value) }))).toEqual(
      await oracle
        .ask(`SELECT category, month, ${salesSql} FROM moves WHERE kind <> 'adjusted' GROUP BY ALL ORDER BY category, month`)
        .then(withoutNulls),
    );
    expect(subtotals.map(({ category, units, value }) => ({ category, units, value: gbp(value) }))).toEqual(
      await oracle.ask(
        "SELECT category, -sum(delta) AS units, -sum(delta * pence) AS value FROM moves WHERE kind <> 'adjusted' GROUP BY category ORDER BY category",
      ),
    );
    expect(withoutNulls([{ ...totals, value: gbp(totals.value), unpriced: undefined }])).toEqual(
      withoutNulls(await oracle.ask(`SELECT ${salesSql} FROM moves WHERE kind <> 'adjusted'`)),
    );
    expect(totals.unpriced).toBe(0);
  });

  test("sales by product in a period at one store", async () => {
    const { rows } = await inventory.reports.salesByProduct({ storeId: "united-kingdom", from: middle, to: now - 1 });
    expect(rows.map(({ value, unpriced, name: _, ...row }) => ({ ...row, value: gbp(value) }))).toEqual(
      await oracle
        .ask(`SELECT sku, ${salesSql} FROM moves
          WHERE kind <> 'adjusted' AND store = 'united-kingdom' AND moment >= ${middle} AND moment < ${now - 1} GROUP BY sku ORDER BY sku`)
        .then(withoutNulls),
    );
  });

  test("what moved, by product and store", async () => {
    const { rows } = await inventory.reports.movementSummary();
    const moved = rows.map(({ sku, storeId, received, sold, returned, adjusted, net, movements }) => ({
      sku,
      storeId,
      received,
      sold,
      returned,
      adjusted,
      net,
      movements,
    }));
    const sums = ["received", "sold", "returned", "adjusted"].map((kind) => `coalesce(sum(delta) FILTER (kind = '${kind}'), 0) AS ${kind}`);
    expect(moved).toEqual(
      await oracle.ask(`SELECT sku, store AS storeId, ${sums.join(", ")}, sum(delta) AS net, count(*) AS movements
        FROM ledger GROUP BY sku, store ORDER BY sku, store`),
    );
  });

  test("stock on hand, now and as of a time", async () => {
    const shown = (rows: readonly { sku?: string; storeId?: string | null; onHand: number }[]) =>
      rows.map(({ sku, storeId, onHand }) => ({ sku, storeId, onHand }));
    const asOf = (time: number) =>
      oracle.ask(
        `SELECT sku, store AS storeId, sum(delta) AS onHand FROM ledger WHERE moment <= ${time} GROUP BY sku, store ORDER BY sku, store`,
      );
    expect(shown((await inventory.reports.stockOnHand()).rows)).toEqual(await asOf(now));
    expect(shown((await inventory.reports.stockOnHand({ at: middle })).rows)).toEqual(await asOf(middle));
    const byCategory = await inventory.reports.stockOnHand({ at: middle, by: ["category"] });
    expect(byCategory.rows.map(({ category, onHand }) => ({ category, onHand }))).toEqual(
      await oracle.ask(`SELECT category, sum(delta) AS onHand FROM ledger WHERE moment <= ${middle} GROUP BY category ORDER BY category`),
    );
  });

  test("turnover", async () => {
    const { rows } = await inventory.reports.turnover({ from: middle, to: now });
    expect(rows.map(({ sku, units, opening, closing }) => ({ sku, units, opening, closing }))).toEqual(
      await oracle.ask(`SELECT sku, coalesce(-sum(delta) FILTER (kind IN ('sold', 'returned') AND moment >= ${middle}), 0) AS units,
        coalesce(sum(delta) FILTER (moment < ${middle}), 0) AS opening, sum(delta) AS closing FROM ledger GROUP BY sku ORDER BY sku`),
    );
    for (const { units, opening, closing, turnover } of rows) {
      const average = (opening + closing) / 2;
      expect(turnover).toBe(average > 0 ? units / average : undefined);
    }
  });

  test("days of cover", async () => {
    const { rows } = await inventory.reports.daysOfCover({ days: 7 });
    const expected = await oracle.ask(`SELECT sku, store AS storeId, sum(delta) AS onHand,
        coalesce(-sum(delta) FILTER (kind IN ('sold', 'returned') AND moment >= ${now - 7 * dayMs}), 0) AS sold
      FROM ledger GROUP BY sku, store ORDER BY sku, store`);
    expect(rows.map(({ sku, storeId, onHand, unitsPerDay, daysOfCover }) => ({ sku, storeId, onHand, unitsPerDay, daysOfCover }))).toEqual(
      expected.map(({ sold, ...row }) => ({
        ...row,
        unitsPerDay: Number(sold) / 7,
        daysOfCover: Number(sold) > 0 ? Number(row.onHand) / (Number(sold) / 7) : undefined,
      })),
    );
  });

  test("ABC", async () => {
    const { rows } = await inventory.reports.abc();
    expect(rows.map(({ rank, sku, value, class: given }) => ({ rank, sku, value: gbp(value), class: given }))).toEqual(
      await oracle.ask(`
        WITH sales AS (SELECT sku, -sum(delta * pence) AS value FROM moves WHERE kind <> 'adjusted' GROUP BY sku),
        ranked AS (SELECT row_number() OVER (ORDER BY value DESC, sku) AS rank, sku, value,
          sum(greatest(value, 0)) OVER (ORDER BY value DESC, sku ROWS UNBOUNDED PRECEDING) - greatest(value, 0) AS before,
          sum(greatest(value, 0)) OVER () AS everything FROM sales)
        SELECT rank, sku, value, CASE WHEN value > 0 AND before < everything * 0.8 THEN 'A' WHEN value > 0 AND before < everything * 0.95 THEN 'B' ELSE 'C' END AS class
        FROM ranked ORDER BY rank`),
    );
  });

  test("dead stock", async () => {
    const days = Number.isFinite(lines) ? 2 : 60;
    const { rows } = await inventory.reports.deadStock({ days });
    const since = now - days * dayMs;
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.map(({ sku, storeId, onHand, lastSaleAt, lastMovedAt }) => ({ sku, storeId, onHand, lastSaleAt, lastMovedAt }))).toEqual(
      (
        await oracle.ask(`SELECT sku, store AS storeId, sum(delta) AS onHand, max(moment) FILTER (kind = 'sold') AS lastSaleAt, max(moment) AS lastMovedAt
          FROM ledger GROUP BY sku, store HAVING sum(delta) > 0 AND coalesce(lastSaleAt, 0) < ${since} AND min(moment) < ${since} ORDER BY sku, store`)
      ).map((row) => ({ ...row, lastSaleAt: row.lastSaleAt ?? undefined })),
    );
  });

  test("shrinkage by reason", async () => {
    const { rows, totals } = await inventory.reports.shrinkage();
    expect(rows.map(({ reason, lost, found, movements }) => ({ reason, lost, found, movements }))).toEqual(
      await oracle.ask(`SELECT reason, -coalesce(sum(delta) FILTER (delta < 0), 0) AS lost, coalesce(sum(delta) FILTER (delta > 0), 0) AS found,
        count(*) AS movements FROM moves WHERE kind = 'adjusted' GROUP BY reason ORDER BY reason`),
    );
    expect(totals.uncosted).toBe(totals.lost + totals.found);
  });

  test("low stock", async () => {
    const { rows } = await inventory.reports.lowStock({ storeId: "united-kingdom" });
    expect(rows.map(({ sku, available, missing, reorderQuantity }) => ({ sku, available, missing, reorderQuantity }))).toEqual(
      await oracle.ask(`SELECT sku, sum(delta) AS available, 5 - sum(delta) AS missing, 20 AS reorderQuantity
        FROM ledger WHERE store = 'united-kingdom' GROUP BY sku HAVING sum(delta) <= 5 ORDER BY sku`),
    );
  });
});

const salesSql = `coalesce(-sum(delta) FILTER (kind = 'sold'), 0) AS sold, coalesce(sum(delta) FILTER (kind = 'returned'), 0) AS returned,
  -sum(delta) AS units, count(*) FILTER (kind = 'sold') AS sales, -sum(delta * pence) AS value,
  min(moment) FILTER (kind = 'sold') AS firstSaleAt, max(moment) FILTER (kind = 'sold') AS lastSaleAt`;

const withoutNulls = (rows: readonly Record<string, unknown>[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined)));
