import type { Product } from "@onhand/core";
import { type Status, statuses, statusOf } from "./status";
import { nothing, type Totals } from "./totals";

/** What the table can be sorted by. */
export type SortColumn = "product" | "quantity" | "status";

export interface Sort {
  readonly column: SortColumn;
  readonly descending: boolean;
}

/** What the table shows, and in which order. */
export interface View {
  readonly search: string;
  readonly status: Status | undefined;
  readonly sort: Sort;
}

interface Stock {
  readonly totals: Totals;
  readonly lowMark: number;
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Products by name, as people sort; the order that ties fall back on. */
export const byName = (products: readonly Product[]): readonly Product[] =>
  products.toSorted((a, b) => collator.compare(a.name, b.name) || collator.compare(a.sku, b.sku));

/** The SKUs the table shows, in order. `products` come by name. */
export function arrange(products: readonly Product[], stock: Stock, { search, status, sort }: View): readonly string[] {
  const matches = searchFor(search);
  const statusOfProduct = ({ sku }: Product) => statusOf((stock.totals.get(sku) ?? nothing).available, stock.lowMark);
  const shown = products.filter((product) => matches(product) && (status === undefined || statusOfProduct(product) === status));
  const rank = ranks(stock.totals, statusOfProduct)[sort.column];
  if (!rank) return (sort.descending ? shown.toReversed() : shown).map(({ sku }) => sku);
  const sign = sort.descending ? -1 : 1;
  return shown
    .map((product) => ({ sku: product.sku, rank: rank(product) }))
    .sort((a, b) => sign * (a.rank - b.rank))
    .map(({ sku }) => sku);
}

type Rank = ((product: Product) => number) | undefined;

const ranks = (totals: Totals, status: (product: Product) => Status): Record<SortColumn, Rank> => ({
  product: undefined,
  quantity: ({ sku }) => (totals.get(sku) ?? nothing).available,
  status: (product) => statuses.indexOf(status(product)),
});

const haystacks = new WeakMap<Product, string>();

function haystackOf(product: Product): string {
  const known = haystacks.get(product);
  if (known !== undefined) return known;
  const text = [product.sku, product.name, product.barcode, product.category].join("\n").toLowerCase();
  haystacks.set(product, text);
  return text;
}

/** Every word must be part of the SKU, the name, the barcode or the category. */
export function searchFor(search: string): (product: Product) => boolean {
  const words = search.toLowerCase().split(/\s+/u).filter(Boolean);
  return (product) => words.every((word) => haystackOf(product).includes(word));
}
