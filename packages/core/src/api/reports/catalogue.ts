import { type ProductRow, products } from "../../domain/catalog/tables";
import type { Condition, Reads, Where } from "../../ports/storage";
import { pagesOf } from "../paging";
import { findProduct } from "../products";
import { findStore } from "../stores";
import { tooLarge } from "./limits";
import type { ReportFilter } from "./types";

/** What reports know of a product. */
export type Fact = Pick<ProductRow, "name" | "category" | "costAmount" | "costCurrency">;

/** Which part of the ledger a report is about. */
export interface Scope {
  /** Conditions on `sku` and `storeId`. They may let through products that `has` does not. */
  readonly where: Where;
  /** Whether rows must be told apart by product before `has` can be asked. */
  readonly bySku: boolean;
  has(sku: string): boolean;
  /** The category of each product that is known. */
  categories(): ReadonlyMap<string, string | null>;
  /** What is known of a product; nothing unless the report needs it. */
  fact(sku: string): Fact | undefined;
}

type GivenFilter = { readonly [Field in keyof ReportFilter]: ReportFilter[Field] | undefined };

const pageSize = 5_000;
const maximumProducts = 250_000;
/** More are not listed in a question but left out of the answer. */
const maximumListed = 500;

/** Finds what a filter means. Products are read only when the report or the filter is about them. */
export async function scopeOf(reads: Reads, filter: GivenFilter, needsFacts: boolean): Promise<Scope> {
  const store = filter.storeId === undefined ? undefined : await findStore(reads, filter.storeId);
  const product = filter.sku === undefined ? undefined : await findProduct(reads, filter.sku);
  const { category } = filter;
  const facts = product
    ? new Map([product].filter((row) => category === undefined || row.category === category).map((row) => [row.sku, factOf(row)]))
    : needsFacts || category !== undefined
      ? await readFacts(reads, category === undefined ? {} : { category })
      : undefined;
  const listed = facts && (product || category !== undefined) && facts.size <= maximumListed ? oneOf([...facts.keys()]) : undefined;
  return {
    where: { ...(store && { storeId: store.id }), ...(listed !== undefined && { sku: listed }) },
    bySku: category !== undefined && listed === undefined,
    has: (sku) => category === undefined || facts?.has(sku) === true,
    categories: () => new Map(Array.from(facts ?? [], ([sku, { category: of }]) => [sku, of])),
    fact: (sku) => facts?.get(sku),
  };
}

async function readFacts(reads: Reads, where: Where): Promise<Map<string, Fact>> {
  const facts = new Map<string, Fact>();
  for await (const page of pagesOf<ProductRow>(reads, products, { where, limit: pageSize })) {
    for (const row of page) facts.set(row.sku, factOf(row));
    if (facts.size > maximumProducts) throw tooLarge(`more than ${maximumProducts} products`);
  }
  return facts;
}

const factOf = ({ name, category, costAmount, costCurrency }: ProductRow): Fact => ({ name, category, costAmount, costCurrency });

const oneOf = (values: readonly string[]): Condition => (values.length === 1 ? (values[0] as string) : { in: values });
