import type { Row, StorageAdapter, TableDefinition, TableSet, Value } from "@onhand/core";

const chunk = 10_000;

export interface Seed {
  readonly table: string;
  readonly rows: Iterable<Readonly<Record<string, Value>>>;
}

/**
 * The storage, with rows written straight through its port the first time it is opened: making a million products one
 * command at a time would take longer than everything that is measured.
 */
export function seeded(storage: StorageAdapter, seeds: readonly Seed[]): StorageAdapter {
  return {
    ...storage,
    async open(tables) {
      await storage.open(tables);
      for (const { table, rows } of seeds) await write(storage, tableOf(tables, table), rows);
      return storage.open(tables);
    },
  };
}

async function write(storage: StorageAdapter, table: TableDefinition, rows: Seed["rows"]): Promise<void> {
  let batch: Readonly<Record<string, Value>>[] = [];
  const flush = () =>
    storage.transaction(async (tx) => {
      const { seq } = await tx.head();
      const complete = batch.map((row, index) => completeRow(table, { seq: seq + 1 + index, ...row }));
      await (table.kind === "state" ? tx.put(table.name, complete) : tx.append(table.name, complete));
      await tx.advance(seq + batch.length);
    });
  for (const row of rows) {
    batch.push(row);
    if (batch.length < chunk) continue;
    await flush();
    batch = [];
  }
  if (batch.length > 0) await flush();
}

function tableOf({ tables }: TableSet, name: string): TableDefinition {
  const table = tables.find((definition) => definition.name === name);
  if (table) return table;
  throw new TypeError(`there is no table ${name}`);
}

const blank = { text: "", integer: 0, boolean: false, timestamp: 0, json: {} } as const;

const completeRow = (table: TableDefinition, row: Row): Row =>
  Object.freeze({
    ...Object.fromEntries(Object.entries(table.columns).map(([name, { type, nullable }]) => [name, nullable ? null : blank[type]])),
    ...row,
  });

/** Rows of products, stores and full shelves. */
export function catalogueSeeds(skus: readonly string[], storeIds: readonly string[], onHand: number): Seed[] {
  return [
    { table: "stores", rows: storeIds.map((id) => ({ id, name: id, kind: "store" })) },
    { table: "products", rows: skus.map((sku) => ({ sku, skuKey: sku.toLowerCase(), name: sku })) },
    { table: "movements", rows: each(skus, storeIds, (level) => ({ ...level, type: "received", delta: onHand, onHandAfter: onHand })) },
    { table: "levels", rows: each(skus, storeIds, (level) => ({ ...level, onHand })) },
  ];
}

function* each<T>(
  skus: readonly string[],
  storeIds: readonly string[],
  rowOf: (level: { sku: string; storeId: string }) => T,
): Iterable<T> {
  for (const sku of skus) for (const storeId of storeIds) yield rowOf({ sku, storeId });
}
