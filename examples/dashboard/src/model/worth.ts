import type { Money, Product, Report, ReportDimension, ReportGroup } from "@onhand/core";

/** The reports on what goods are worth. The server tells that of each product and store; it is added up here. */
export const worthFigures = { valuation: "value", costOfGoodsSold: "cost" } as const;
export type WorthName = keyof typeof worthFigures;

export const isWorthName = (name: string): name is WorthName => Object.hasOwn(worthFigures, name);

/** What goods of a product at a store are worth, or cost. */
export interface Worth {
  readonly sku: string;
  /** Empty: goods between two stores. */
  readonly storeId: string;
  readonly quantity: number;
  readonly money: Money;
}

/** All there is to one of these reports. */
export interface Worths {
  readonly worths: readonly Worth[];
  /** Exact, then rounded once: the sum of rows may differ from it by their rounding. */
  readonly totals: readonly Money[];
  /** Products of which some goods have no known cost, and so are in no value. */
  readonly incomplete: number;
  readonly at: number;
}

// What is between stores comes after all of them.
const last = "\uffff";

type NamedProduct = Pick<Product, "name" | "category">;
type Figures = Readonly<Record<string, unknown>>;

/** Adds up what goods are worth, in the form that every report has. */
export function worthReport(
  { worths, totals, at }: Worths,
  wanted: {
    readonly name: WorthName;
    readonly by: readonly ReportDimension[];
    readonly productOf: (sku: string) => NamedProduct | undefined;
  },
): Report<Figures> {
  const { name, by, productOf } = wanted;
  const figure = worthFigures[name];
  const addUp = (dimensions: readonly ReportDimension[]) => {
    const sums = new Map<string, { readonly group: ReportGroup; readonly worths: Worth[] }>();
    for (const worth of worths) {
      const group = groupOf(worth, dimensions, productOf(worth.sku));
      const key = JSON.stringify(Object.values(group).map((value) => (value === "" ? last : value)));
      const sum = sums.get(key);
      if (sum) sum.worths.push(worth);
      else sums.set(key, { group, worths: [worth] });
    }
    return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => ({ ...sum.group, ...figuresOf(figure, sum.worths) }));
  };
  return {
    name,
    by,
    columns: [
      { name: "quantity", kind: "quantity" },
      { name: figure, kind: "money" },
    ],
    to: at,
    rows: addUp(by),
    subtotals: by.slice(0, -1).flatMap((_, index) => addUp(by.slice(0, index + 1))),
    totals: { ...figuresOf(figure, worths), [figure]: totals },
  };
}

/** What a row is about, its dimensions in their order, by which rows are sorted. */
function groupOf({ sku, storeId }: Worth, dimensions: readonly ReportDimension[], product: NamedProduct | undefined): ReportGroup {
  const values = { category: { category: product?.category ?? null }, sku: { name: product?.name ?? sku, sku }, storeId: { storeId } };
  return Object.assign({}, ...dimensions.map((dimension) => values[dimension as keyof typeof values]));
}

function figuresOf(figure: string, worths: readonly Worth[]): Figures {
  const amounts = new Map<string, number>();
  let quantity = 0;
  for (const worth of worths) {
    quantity += worth.quantity;
    const { amount, currency } = worth.money;
    amounts.set(currency, (amounts.get(currency) ?? 0) + amount);
  }
  // Quantities have six decimals at most; what adding them leaves behind is not one of them.
  return { quantity: Number(quantity.toFixed(6)), [figure]: [...amounts].map(([currency, amount]) => ({ amount, currency })) };
}
