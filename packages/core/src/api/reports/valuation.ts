import * as z from "zod";
import { rounded, unitCostOf } from "../../domain/costing/amount";
import { instant } from "../../domain/shared/schemas";
import type { ReadOptions, Reads } from "../../ports/storage";
import { readsAt } from "../reads";
import type { Instant } from "../stock";
import { scopeOf } from "./catalogue";
import { type CostedProduct, readCosted, type StoreShare, sharesOf } from "./costed-products";
import { cellValue } from "./ledger";
import { reportParser } from "./options";
import { createRoller } from "./roll-up";
import { type StockDimension, stockDimensions } from "./stock-on-hand";
import { amountSum, quantitySum } from "./sums";
import type { Report, ReportDimension, ReportFilter, ReportGrouping, ValuationFigures } from "./types";

/** What to value. */
export interface ValuationOptions extends ReportFilter, ReportGrouping<StockDimension> {
  /** As the books stand for that time: everything that had occurred by then, what was written down later included. Now unless given. */
  readonly at?: Instant;
}

export const parseValuation = reportParser({ at: z.optional(instant) }, stockDimensions, ["sku", "storeId"]);

const columnsOfEach = [
  { name: "quantity", kind: "quantity" },
  { name: "unitCost", kind: "money" },
  { name: "value", kind: "money" },
  { name: "unknown", kind: "quantity" },
  { name: "unsettled", kind: "quantity" },
] as const;
const columns = columnsOfEach.filter(({ name }) => name !== "unitCost");

/** What stock is worth, of products that are costed. */
export async function valuation(
  storage: Reads,
  given: ValuationOptions,
  now: number,
  options?: ReadOptions,
): Promise<Report<ValuationFigures>> {
  const { by, at, ...filter } = parseValuation(given);
  const scope = await scopeOf(readsAt(storage, options), filter, by.includes("category") || by.includes("sku"));
  const { storeId: store, ...ofProducts } = scope.where;
  const valueBy = ({ product, share }: Cell, dimension: ReportDimension) =>
    cellValue({ scope }, { sku: product.sku, storeId: share.storeId ?? null }, dimension);
  const ofEach = by.includes("sku");
  const roller = createRoller({ by, scope, valueBy, start, add, end: (sums) => end(sums, ofEach) });
  for await (const product of readCosted(storage, { where: ofProducts, at }, options)) {
    if (!scope.has(product.sku)) continue;
    for (const share of sharesOf(product)) if (store === undefined || share.storeId === store) roller.add({ product, share });
  }
  return { name: "valuation", by, columns: ofEach ? columnsOfEach : columns, to: at ?? now, ...roller.end() };
}

/** Goods of a product at a store; those of one product come one after another. */
interface Cell {
  readonly product: CostedProduct;
  readonly share: StoreShare;
}

const start = () => ({
  quantity: quantitySum(),
  value: amountSum(),
  unknown: quantitySum(),
  unsettled: quantitySum(),
  products: 0,
  last: undefined as CostedProduct | undefined,
});

type Sums = ReturnType<typeof start>;

function add(sums: Sums, { product, share }: Cell): void {
  const { decimals, currency, unknown, owed } = product;
  sums.quantity.add(share.quantity, decimals);
  sums.value.add(share.amount, currency);
  if (sums.last === product) return;
  sums.last = product;
  sums.products++;
  sums.unknown.add(unknown, decimals);
  sums.unsettled.add(owed, decimals);
}

const end = ({ quantity, value, unknown, unsettled, products, last }: Sums, ofEach: boolean): ValuationFigures => ({
  quantity: quantity.total(),
  ...(ofEach && products === 1 && unitCostIn(last as CostedProduct)),
  value: value.totals(),
  unknown: unknown.total(),
  unsettled: unsettled.total(),
});

function unitCostIn({ amount, quantity, unknown, decimals, currency }: CostedProduct): Pick<ValuationFigures, "unitCost"> {
  const known = quantity - unknown;
  return known > 0 ? { unitCost: [{ amount: rounded(unitCostOf(amount, known, decimals)), currency }] } : {};
}
