import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";

/**
 * The reports of a replayed file, worked out from the file itself by another engine in another language: nothing of the replay
 * or of the reports is used here.
 */
export interface Oracle {
  /** Rows as objects, whole numbers as numbers. */
  ask(sql: string): Promise<Record<string, unknown>[]>;
  close(): void;
}

/** Opens a file of invoice lines. What moves stock is in `moves` and, with the stock there was before the first line, in `ledger`. */
export async function openOracle(file: string): Promise<Oracle> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(tables(file.replaceAll("'", "''")));
  return {
    async ask(sql) {
      const result = await connection.runAndReadAll(sql);
      // Two empty answers are alike and prove nothing.
      if (result.currentRowCount === 0) throw new Error(`the file has no answer to ${sql}`);
      return result.getRowObjects().map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])));
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const plain = (value: DuckDBValue): unknown => (typeof value === "bigint" ? Number(value) : value);

const tables = (file: string) => `
CREATE TABLE raw AS
SELECT row_number() OVER () AS position, trim(InvoiceNo) AS invoice, trim(StockCode) AS code,
  trim(regexp_replace(coalesce(Description, ''), '\\s+', ' ', 'g')) AS description, Quantity::BIGINT AS quantity,
  epoch_ms(InvoiceDate::TIMESTAMP) AS moment, UnitPrice::DECIMAL(12, 3) AS price, coalesce(CustomerID, '') AS customer, Country AS country
FROM read_csv('${file}', all_varchar = true, header = true);

CREATE TABLE stock AS
SELECT *, lower(code) AS product, trim(regexp_replace(lower(country), '[^a-z0-9]+', '-', 'g'), '-') AS store
FROM raw
WHERE quantity <> 0 AND NOT invoice ILIKE 'a%' AND NOT lower(code) LIKE 'gift\\_%' ESCAPE '\\'
  AND lower(code) NOT IN ('b', 'post', 'dot', 'c2', 'm', 'd', 's', 'bank charges', 'amazonfee', 'cruk');

CREATE TABLE products AS SELECT product, arg_min(code, (moment, position)) AS sku FROM stock GROUP BY product;
CREATE TABLE names AS SELECT DISTINCT product, description FROM stock WHERE price > 0;

CREATE TABLE moves AS
SELECT s.position, p.sku, s.store, s.moment, 'Group ' || upper(p.sku[1]) AS category, strftime(make_timestamp(s.moment * 1000), '%Y-%m') AS month,
  CASE WHEN s.quantity < 0 AND s.invoice ILIKE 'c%' THEN 'returned'
    WHEN s.price = 0 AND s.customer = '' AND (s.quantity < 0 OR n.product IS NULL) THEN 'adjusted'
    WHEN s.quantity < 0 THEN 'returned' ELSE 'sold' END AS kind,
  CASE kind WHEN 'sold' THEN -s.quantity WHEN 'returned' THEN abs(s.quantity) ELSE s.quantity END AS delta,
  round(s.price * 100)::BIGINT AS pence,
  CASE WHEN s.description SIMILAR TO '(?i).*(throw|unsale?able|can''t sell).*' THEN 'scrapped'
    WHEN s.description SIMILAR TO '(?i).*(damag|broken|crack|crush|smash|faulty|wet|water|rust|mould|smudge).*' THEN 'damaged'
    WHEN s.description SIMILAR TO '(?i).*found.*' THEN 'found'
    WHEN s.description SIMILAR TO '(?i).*(lost|missing|myster|not rcvd).*' THEN 'lost'
    WHEN s.description SIMILAR TO '(?i).*(given away|mailout|sample|showroom|display).*' THEN 'promotion'
    WHEN regexp_matches(s.description, '(?i)code|wrong|incorrect|mix up|credit|sold as|sold in|sold set|sets?\\b') THEN 'data_entry_error'
    ELSE 'correction' END AS reason
FROM stock s JOIN products p USING (product) LEFT JOIN names n ON n.product = s.product AND n.description = s.description;

CREATE TABLE openings AS
SELECT sku, store, -least(0, min(running)) AS quantity
FROM (SELECT sku, store, sum(delta) OVER (PARTITION BY sku, store ORDER BY moment, position) AS running FROM moves)
GROUP BY sku, store HAVING min(running) < 0;

CREATE TABLE ledger AS
SELECT sku, store, moment, category, kind, delta FROM moves UNION ALL
SELECT sku, store, (SELECT (min(moment) // 86400000 - 1) * 86400000 FROM moves), 'Group ' || upper(sku[1]), 'received', quantity FROM openings;
`;
