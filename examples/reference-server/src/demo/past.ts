import type { StockLine } from "@onhand/core";
import { type DemoProduct, demoStores, type Pace } from "./catalogue";
import type { Random } from "./random";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const days = 56;

/** How many of a product a shop sells a day, about. */
const dailySales = { staple: 2.4, steady: 0.45, slow: 0.05 } as const satisfies Record<Pace, number>;
// From Sunday on: people have time on Saturdays, and on Sundays the shops are closed.
const weekdayFactors = [0, 0.8, 0.9, 0.9, 1, 1.3, 2.1] as const;

/**
 * What was sold in the eight weeks before the shop was opened here, and the deliveries it was sold from, the oldest first. Nothing of
 * it is left, so it changes no shelf; forecasts and reports have it to tell of.
 */
export function pastOf(
  products: readonly DemoProduct[],
  { openedAt, random }: { readonly openedAt: number; readonly random: Random },
): readonly StockLine[] {
  const shops = demoStores.filter(({ kind }) => kind === "store");
  const untracked = products.filter(({ product }) => product.tracking === undefined);
  const sold = Array.from({ length: days }, (_, day) => openedAt - (days - day) * dayMs).flatMap((at) =>
    shops.flatMap(({ id: storeId }) => untracked.flatMap((item) => salesOf(item, { storeId, at, random }))),
  );
  return [...deliveriesFor(sold, products, openedAt), ...sold];
}

type Sale = Extract<StockLine, { readonly type: "sell" }>;

function salesOf({ product, pace }: DemoProduct, day: { readonly storeId: string; readonly at: number; readonly random: Random }): Sale[] {
  const { storeId, at, random } = day;
  const expected = dailySales[pace] * (weekdayFactors[new Date(at).getUTCDay()] ?? 1);
  const quantity = Math.floor(expected * (0.4 + 1.2 * random.next()) + random.next());
  if (quantity === 0 || expected === 0) return [];
  return [{ type: "sell", sku: product.sku, storeId, quantity, occurredAt: at + random.between(0, 8) * hourMs }];
}

/** What was delivered before, so that there was something to sell. */
function deliveriesFor(sales: readonly Sale[], products: readonly DemoProduct[], openedAt: number): readonly StockLine[] {
  const totals = new Map<string, { readonly sku: string; readonly storeId: string; readonly quantity: number }>();
  for (const { sku, storeId, quantity } of sales) {
    const key = `${sku}/${storeId}`;
    totals.set(key, { sku, storeId, quantity: (totals.get(key)?.quantity ?? 0) + quantity });
  }
  const costs = new Map(products.map(({ product }) => [product.sku, product.cost]));
  return [...totals.values()].map(({ sku, storeId, quantity }) => {
    const unitCost = costs.get(sku);
    return { type: "receive", sku, storeId, quantity, occurredAt: openedAt - (days + 1) * dayMs, ...(unitCost && { unitCost }) };
  });
}
