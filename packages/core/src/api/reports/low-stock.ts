import { scopesOf } from "../../domain/alerts/judge";
import { type ThresholdRow, thresholds } from "../../domain/alerts/tables";
import { type ProductRow, products, type StoreRow, stores } from "../../domain/catalog/tables";
import { keyText } from "../../domain/shared/rows";
import type { LevelRow } from "../../domain/stock/tables";
import type { ReadOptions, Reads } from "../../ports/storage";
import { pagesOf } from "../paging";
import { readsAt } from "../reads";
import { scopeOf } from "./catalogue";
import { reportParser } from "./options";
import { rollUp } from "./roll-up";
import { levelsNow, stockValue } from "./stock-cells";
import { type StockDimension, stockDimensions } from "./stock-on-hand";
import { quantitySum } from "./sums";
import type { LowStockFigures, Report, ReportFilter, ReportGrouping } from "./types";

/** Where to look for what runs out. */
export interface LowStockOptions extends ReportFilter, ReportGrouping<StockDimension> {}

export const parseLowStock = reportParser({}, stockDimensions, ["sku", "storeId"]);

const columns = [
  { name: "onHand", kind: "quantity" },
  { name: "available", kind: "quantity" },
  { name: "incoming", kind: "quantity" },
  { name: "reorderPoint", kind: "quantity" },
  { name: "missing", kind: "quantity" },
  { name: "reorderQuantity", kind: "quantity" },
] as const;

/** Levels at or below the reorder point that counts for them, of products and stores in use. */
export async function lowStock(
  storage: Reads,
  given: LowStockOptions,
  now: number,
  options?: ReadOptions,
): Promise<Report<LowStockFigures>> {
  const { by, ...filter } = parseLowStock(given);
  const reads = readsAt(storage, options);
  const rules = await rulesOf(reads);
  const scope = await scopeOf(reads, filter, true);
  const archived = await archivedOnes(reads);
  const cells: Cell[] = [];
  for await (const level of levelsNow(storage, scope, now, options)) {
    const rule = ruleOf(rules, level);
    if (!rule || archived.products.has(level.sku) || archived.stores.has(level.storeId)) continue;
    // No quantity of the product lies between the point and what it is at the product's scale.
    const point = Math.floor((rule.reorderPoint * 10 ** level.decimals) / 10 ** rule.decimals);
    if (level.onHand - level.reserved <= point) cells.push({ ...level, point, rule });
  }
  return { name: "lowStock", by, columns, to: now, ...rollUp(cells, { by, scope, valueBy: stockValue(scope), start, add, end }) };
}

type Cell = Pick<LevelRow, "sku" | "storeId" | "onHand" | "reserved" | "incoming" | "decimals"> & {
  readonly point: number;
  readonly rule: ThresholdRow;
};

const pageSize = 5_000;

async function rulesOf(reads: Reads): Promise<ReadonlyMap<string, ThresholdRow>> {
  const rules = new Map<string, ThresholdRow>();
  for await (const page of pagesOf<ThresholdRow>(reads, thresholds, { where: { removed: false }, limit: pageSize })) {
    for (const row of page) rules.set(keyText([row.sku, row.storeId]), row);
  }
  return rules;
}

const ruleOf = (rules: ReadonlyMap<string, ThresholdRow>, level: LevelRow): ThresholdRow | undefined =>
  scopesOf(level)
    .map((key) => rules.get(keyText(key)))
    .find((rule) => rule !== undefined);

/** Nobody runs out of what is no longer sold. */
async function archivedOnes(reads: Reads): Promise<{ readonly products: ReadonlySet<string>; readonly stores: ReadonlySet<string> }> {
  const found = { products: new Set<string>(), stores: new Set<string>() };
  const query = { where: { archived: true }, limit: pageSize };
  for await (const page of pagesOf<ProductRow>(reads, products, query)) for (const { sku } of page) found.products.add(sku);
  for await (const page of pagesOf<StoreRow>(reads, stores, query)) for (const { id } of page) found.stores.add(id);
  return found;
}

const start = () => ({
  onHand: quantitySum(),
  available: quantitySum(),
  incoming: quantitySum(),
  reorderPoint: quantitySum(),
  missing: quantitySum(),
  reorderQuantity: quantitySum(),
  orders: 0,
});

type Sums = ReturnType<typeof start>;

function add(sums: Sums, { onHand, reserved, incoming, decimals, point, rule }: Cell): void {
  const available = onHand - reserved;
  sums.onHand.add(onHand, decimals);
  sums.available.add(available, decimals);
  sums.incoming.add(incoming, decimals);
  sums.reorderPoint.add(point, decimals);
  sums.missing.add(point - available, decimals);
  if (rule.reorderQuantity === null) return;
  sums.reorderQuantity.add(rule.reorderQuantity, rule.decimals);
  sums.orders++;
}

const end = ({ orders, ...sums }: Sums): LowStockFigures => ({
  onHand: sums.onHand.total(),
  available: sums.available.total(),
  incoming: sums.incoming.total(),
  reorderPoint: sums.reorderPoint.total(),
  missing: sums.missing.total(),
  ...(orders > 0 && { reorderQuantity: sums.reorderQuantity.total() }),
});
