import type { CostingMethod } from "../../domain/catalog/tables";
import { type Amount, amountOf, share } from "../../domain/costing/amount";
import { costEntries, type ProductCostRow, productCosts } from "../../domain/costing/tables";
import type { AggregateRow, Query, ReadOptions, Reads, Where } from "../../ports/storage";
import { readsAt } from "../reads";

/** A product's goods at a time, as the books say: scaled quantities, exact amounts. */
export interface CostedProduct {
  readonly sku: string;
  readonly method: CostingMethod;
  readonly currency: string;
  readonly decimals: number;
  /** All of them, wherever they are. */
  readonly quantity: number;
  readonly unknown: number;
  readonly owed: number;
  readonly amount: Amount;
  readonly transit: number;
  readonly stores: ReadonlyMap<string, number>;
}

/** What of a product's value is at a store; at none where it is on its way. */
export interface StoreShare {
  readonly storeId?: string;
  readonly quantity: number;
  readonly amount: Amount;
}

interface CostedQuery {
  /** Conditions on `sku`. */
  readonly where: Where;
  readonly at?: number | undefined;
}

const pageRows = 2_000;

/** Costed products by SKU, as they stand now or at a time. Each is of one moment, though the ledger goes on meanwhile. */
export async function* readCosted(
  storage: Reads,
  { where, at }: CostedQuery,
  options: ReadOptions | undefined,
): AsyncIterable<CostedProduct> {
  const reads = readsAt(storage, options);
  let after: readonly string[] | undefined;
  for (;;) {
    const { rows, more, head } = await wholeProducts(reads, { where, ...(after && { after }) });
    const last = rows.at(-1);
    if (!last) return;
    const now = groupBySku(rows);
    const asOld = readsAt(storage, options && { ...options, minSeq: Math.max(options.minSeq ?? 0, head) });
    const since = at === undefined ? [] : await changesSince(asOld, [...now.keys()], at, head);
    const changes = groupBySku(since as readonly Change[]);
    for (const [name, of] of now) yield costedProduct(of, changes.get(name) ?? []);
    if (!more) return;
    after = [last.sku, last.storeId];
  }
}

/** Rows of the next products: all of each, so that a product is of one snapshot. */
async function wholeProducts(
  reads: Reads,
  query: Omit<Query, "limit">,
  limit = pageRows,
): Promise<{ rows: ProductCostRow[]; more: boolean; head: number }> {
  const page = await reads.find(productCosts.name, { ...query, limit });
  const rows = page.rows as readonly ProductCostRow[];
  const cut = rows.at(-1)?.sku;
  if (!page.more) return { rows: [...rows], more: false, head: page.head };
  const whole = rows.filter((row) => row.sku !== cut);
  return whole.length > 0 ? { rows: whole, more: true, head: page.head } : wholeProducts(reads, query, limit * 2);
}

/** Sums of entries of one kind at one store. */
type Change = Pick<ProductCostRow, "sku" | "storeId" | "quantity" | "unknown" | "value" | "millionths"> & {
  readonly kind: string;
  readonly owed: number;
};

/** What entries of costing come to. */
export const costSums = {
  quantity: { sum: "quantity" },
  unknown: { sum: "unknown" },
  owed: { sum: "owed" },
  value: { sum: "value" },
  millionths: { sum: "millionths" },
} as const;

/** What has occurred since a time, among what was written down up to `head`. */
const changesSince = (reads: Reads, skus: readonly string[], at: number, head: number): Promise<readonly AggregateRow[]> =>
  reads.aggregate(costEntries.name, {
    where: { sku: { in: skus }, occurredAt: { gt: at }, seq: { lte: head } },
    by: ["sku", "storeId", "kind"],
    measures: costSums,
  });

function costedProduct(rows: readonly ProductCostRow[], changes: readonly Change[]): CostedProduct {
  const pool = rows.find(({ storeId }) => storeId === "") as ProductCostRow;
  const stores = new Map(rows.flatMap(({ storeId, quantity }) => (storeId === "" ? [] : [[storeId, quantity] as const])));
  let { transit, unknown } = pool;
  let owed = Math.max(-pool.quantity, 0);
  let amount = amountOf(pool);
  for (const change of changes) {
    if (change.storeId === "") transit -= change.quantity;
    else stores.set(change.storeId, (stores.get(change.storeId) ?? 0) - change.quantity);
    if (change.kind === "transferred_out" || change.kind === "transferred_in") transit += change.quantity;
    unknown -= change.unknown;
    owed -= change.owed;
    amount -= amountOf(change);
  }
  const quantity = [...stores.values()].reduce((sum, at) => sum + at, transit);
  const { sku, method, currency, decimals } = pool;
  return { sku, method, currency, decimals, quantity, unknown, owed, amount, transit, stores };
}

/** Divides a product's value by where its goods are, to the last millionth. */
export function sharesOf({ stores, quantity, amount, transit }: CostedProduct): readonly StoreShare[] {
  const shares: StoreShare[] = [];
  let before = 0;
  let given = 0n;
  for (const [storeId, at] of stores) {
    if (at === 0) continue;
    before += at;
    const until = quantity > 0 ? share(amount, before, quantity) : 0n;
    shares.push({ storeId, quantity: at, amount: until - given });
    given = until;
  }
  // Also where the books of a time have a value and no goods yet.
  if (transit !== 0 || amount !== given) shares.push({ quantity: transit, amount: amount - given });
  return shares;
}

function groupBySku<R extends { readonly sku: string }>(rows: readonly R[]): ReadonlyMap<string, readonly R[]> {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const group = groups.get(row.sku);
    if (group) group.push(row);
    else groups.set(row.sku, [row]);
  }
  return groups;
}
