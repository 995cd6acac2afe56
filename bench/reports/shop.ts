/** A chain's ledger, told as formulas of a movement's number that give the same in every SQL: whole numbers only, nothing random. */
export const shop = {
  products: 10_000,
  stores: 50,
  categories: 40,
  /** Two years. */
  from: Date.UTC(2024, 0, 1),
  to: Date.UTC(2026, 0, 1),
} as const;

/** Steps through numbers so that neighbours land far apart, as often in each place. */
const scattered = (n: string, factor: number, size: number): string => `((${n} * ${factor}) % 1000003 % ${size})`;

/**
 * The columns of movement number `n` of `count`: nine in ten are sales, a third of them of the most popular tenth of products. A
 * little in each hundred comes back, gets lost or is counted.
 */
export function movementColumns(n: string, count: number): Readonly<Record<string, string>> {
  const { products, stores, from, to } = shop;
  const dice = scattered(n, 7919, 100);
  const product = `(CASE WHEN ${dice} < 33 THEN ${scattered(n, 104729, products / 10)} ELSE ${scattered(n, 611953, products)} END)`;
  const type = `(CASE WHEN ${dice} < 90 THEN 'sold' WHEN ${dice} < 95 THEN 'received' WHEN ${dice} < 98 THEN 'returned' ELSE 'adjusted' END)`;
  const pieces = `(1 + ${scattered(n, 15485863, 3)})`;
  return {
    seq: n,
    line: "0",
    sku: `('P' || CAST(100000 + ${product} AS VARCHAR))`,
    store_id: `('store-' || CAST(10 + ${scattered(n, 32452843, stores)} AS VARCHAR))`,
    type,
    delta: `(CASE WHEN ${dice} < 90 THEN -${pieces} WHEN ${dice} < 95 THEN 36 WHEN ${dice} < 98 THEN 1 ELSE -1 END)`,
    on_hand_after: "1000",
    reserved_after: "0",
    decimals: "0",
    unit_price_amount: `(CASE WHEN ${dice} < 90 OR (${dice} >= 95 AND ${dice} < 98) THEN 199 + ${scattered(n, 86028121, 40)} * 50 END)`,
    unit_price_currency: `(CASE WHEN ${dice} < 90 OR (${dice} >= 95 AND ${dice} < 98) THEN 'EUR' END)`,
    reason: `(CASE WHEN ${dice} >= 98 THEN 'lost' END)`,
    occurred_at: `(${from} + (${n} - 1) * ${Math.floor((to - from) / count)})`,
    recorded_at: `(${from} + (${n} - 1) * ${Math.floor((to - from) / count)})`,
  };
}
