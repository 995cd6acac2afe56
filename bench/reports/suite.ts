import { deepStrictEqual } from "node:assert/strict";
import type { SuiteOptions } from "../engine/suite";
import { median } from "../measure";
import { type Result, resultOf } from "../result";
import { type Ledger, openLedger } from "./open-ledger";
import { shop } from "./shop";

/** How large a ledger to make. */
export interface ReportsOptions {
  readonly movements: number;
}

const dayMs = 86_400_000;
const storeId = "store-27";

/** Times to ask about, by how long ago. */
const moments = { "a day ago": 1, "a month ago": 30, "a year ago": 365 } as const;

/** One question, asked of us and in plain SQL; the two answers must be the same. */
interface Question {
  readonly case: string;
  readonly engine: string;
  readonly ours: () => Promise<unknown>;
  readonly plain: () => Promise<unknown>;
}

/** Answers per second on a large ledger, beside the same question in SQL written by hand for it: a rate of 10 is 100 ms. */
export async function* reportsSuite({ movements, disk, rounds, only }: SuiteOptions & ReportsOptions): AsyncIterable<Result> {
  const ledger = await openLedger(movements, disk);
  try {
    for (const { case: name, engine, ours, plain } of [...salesQuestions(ledger), ...pastQuestions(ledger)]) {
      if (!only(`${engine}-${name}`)) continue;
      deepStrictEqual(await ours(), await plain());
      const times = { ours: [] as number[], rival: [] as number[] };
      for (let round = 0; round < rounds; round++) {
        times.ours.push(await seconds(ours));
        times.rival.push(await seconds(plain));
      }
      const named = { suite: "reports", case: name, engine, callers: 1 };
      yield resultOf(named, { ours: 1 / median(times.ours), rival: 1 / median(times.rival) });
    }
  } finally {
    await ledger.close();
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

function salesQuestions({ mirrored, plain, knex, askDuckDb }: Ledger): Question[] {
  const sales = (inventory: Ledger["plain"]) => async () => {
    const { rows } = await inventory.reports.salesByCategory({ by: ["category", "month"] });
    return rows.map(({ category, month, units, value }) => [category, month, units, value[0]?.amount]);
  };
  const byHand = (month: string, table: string) => `SELECT p.category, ${month} AS month, -sum(delta) AS units, -sum(delta * price) AS value
    FROM ${table} JOIN products p USING (sku) WHERE type IN ('sold', 'returned') GROUP BY 1, 2 ORDER BY 1, 2`;
  const numbers = (rows: readonly (readonly unknown[])[]) =>
    rows.map(([category, month, ...sums]) => [category, month, ...sums.map(Number)]);
  return [
    {
      case: "sales by category and month",
      engine: "duckdb",
      ours: sales(mirrored),
      plain: async () => numbers(await askDuckDb(byHand("strftime(moment, '%Y-%m')", "sales"))),
    },
    {
      case: "sales by category and month",
      engine: "postgres",
      ours: sales(plain),
      async plain() {
        const month = "to_char(to_timestamp(occurred_at / 1000) AT TIME ZONE 'UTC', 'YYYY-MM')";
        const text = byHand(month, "onhand_movements")
          .replace("price", "unit_price_amount")
          .replace("JOIN products", "JOIN onhand_products");
        const { rows } = await knex.raw(text);
        return numbers(rows.map((row: Record<string, unknown>) => [row.category, row.month, row.units, row.value]));
      },
    },
  ];
}

const pastQuestions = ({ plain, knex }: Ledger): Question[] =>
  Object.entries(moments).map(([name, days]) => {
    const at = shop.to - days * dayMs;
    return {
      case: `asOf of one store ${name}`,
      engine: "postgres",
      ours: async () => (await plain.stock.asOf(at, { storeId, limit: 1_000 })).items.map(({ sku, onHand }) => [sku, onHand]),
      async plain() {
        const { rows } = await knex.raw(
          "SELECT sku, sum(delta) AS on_hand FROM onhand_movements WHERE store_id = ? AND occurred_at <= ? GROUP BY sku ORDER BY sku LIMIT 1000",
          [storeId, at],
        );
        return rows.map((row: Record<string, unknown>) => [row.sku, Number(row.on_hand)]);
      },
    };
  });
