import * as z from "zod";
import { type Amount, amountOf, rounded } from "../../domain/costing/amount";
import { costEntries } from "../../domain/costing/tables";
import { parser } from "../../domain/shared/parse";
import { fromScaled } from "../../domain/shared/quantity";
import { keyText } from "../../domain/shared/rows";
import { instant, type Money, pageFields, sku, storeId } from "../../domain/shared/schemas";
import type { Reads } from "../../ports/storage";
import { decodeCursor, encodeCursor, type PageRequest } from "../paging";
import { defined, findProduct } from "../products";
import type { Instant } from "../stock";
import { findStore } from "../stores";
import { moneyOf } from "./money";

/** Whose sales, over what time. Everything given must hold. */
export interface CostOfGoodsSoldRequest extends PageRequest {
  /** What occurred at this time or later. */
  readonly from?: Instant;
  /** What occurred before this time. */
  readonly to?: Instant;
  readonly sku?: string;
  readonly storeId?: string;
  /** One row for each of these; by `sku` unless said. */
  readonly by?: readonly ("sku" | "storeId")[];
}

/** What goods sold cost, less those that came back. */
export interface CostOfGoodsSoldRow {
  readonly sku?: string;
  readonly storeId?: string;
  /** In the products' units; absent where goods of several products are added up. */
  readonly quantity?: number;
  /** Rounded once, from the exact cost. */
  readonly cost: Money;
  /** Goods nobody knows the cost of, in the product's unit. They are in no cost. */
  readonly unknown?: number;
  /** Goods that were sold before they came in, less those whose cost was settled in this time. */
  readonly unsettled?: number;
  /** How many products here have goods of unknown or unsettled cost. */
  readonly incomplete: number;
}

/** What goods sold in a time cost. */
export interface CostOfGoodsSold {
  readonly rows: readonly CostOfGoodsSoldRow[];
  /** Of all rows of all pages, by currency: exact, then rounded once. */
  readonly totals: readonly Money[];
  readonly nextCursor?: string;
}

export const parseCostOfGoodsSold = parser(
  z.strictObject({
    from: instant.optional(),
    to: instant.optional(),
    sku: sku.optional(),
    storeId: storeId.optional(),
    by: z.array(z.enum(["sku", "storeId"])).default(["sku"]),
    ...pageFields,
  }),
);

/** Entries of sales and of what came back; a reversal is of the kind of what it undoes. */
const kinds = ["sold", "returned"];

/** Sums over the entries of one product, at one store where it is asked for. */
interface Sums {
  readonly sku: string;
  readonly storeId?: string;
  readonly currency: string;
  readonly decimals: number;
  readonly quantity: number;
  readonly unknown: number;
  readonly owed: number;
  readonly value: number;
  readonly millionths: number;
}

interface Group {
  readonly key: readonly [sku: string, storeId: string, currency: string];
  readonly first: Sums;
  amount: Amount;
  incomplete: number;
}

/** See {@link CostReports.costOfGoodsSold}. */
export async function costOfGoodsSold(reads: Reads, request: CostOfGoodsSoldRequest): Promise<CostOfGoodsSold> {
  const { from, to, by, limit, cursor, ...of } = parseCostOfGoodsSold(request);
  const sums = (await reads.aggregate(costEntries.name, {
    where: {
      kind: { in: kinds },
      ...(of.sku !== undefined && { sku: (await findProduct(reads, of.sku)).sku }),
      ...(of.storeId !== undefined && { storeId: (await findStore(reads, of.storeId)).id }),
      ...((from !== undefined || to !== undefined) && { occurredAt: defined({ gte: from, lt: to }) }),
    },
    by: ["sku", ...(by.includes("storeId") ? ["storeId"] : []), "currency", "decimals"],
    measures: {
      quantity: { sum: "quantity" },
      unknown: { sum: "unknown" },
      owed: { sum: "owed" },
      value: { sum: "value" },
      millionths: { sum: "millionths" },
    },
  })) as readonly unknown[] as readonly Sums[];
  const after =
    cursor === undefined ? undefined : (decodeCursor(cursor, [{ type: "text" }, { type: "text" }, { type: "text" }]) as Group["key"]);
  const groups = grouped(sums, by).filter(({ key }) => !after || compareKeys(key, after) > 0);
  const page = groups.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map((group) => toRow(group, by)),
    totals: totalsOf(sums),
    ...(last && groups.length > limit && { nextCursor: encodeCursor(last.key) }),
  };
}

/** One group for each row, in their order. */
function grouped(sums: readonly Sums[], by: readonly string[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const each of sums) {
    const key = [by.includes("sku") ? each.sku : "", each.storeId ?? "", each.currency] as const;
    const name = keyText(key);
    const group = groups.get(name) ?? { key, first: each, amount: 0n, incomplete: 0 };
    group.amount -= amountOf(each);
    if (each.unknown !== 0 || each.owed !== 0) group.incomplete++;
    groups.set(name, group);
  }
  return [...groups.values()].sort((a, b) => compareKeys(a.key, b.key));
}

function toRow({ key: [of, at, currency], first, amount, incomplete }: Group, by: readonly string[]): CostOfGoodsSoldRow {
  const { decimals } = first;
  return {
    ...(by.includes("sku") && { sku: of, quantity: fromScaled(0 - first.quantity, decimals) }),
    ...(by.includes("storeId") && { storeId: at }),
    cost: { amount: rounded(amount), currency },
    ...(by.includes("sku") && { unknown: fromScaled(0 - first.unknown, decimals), unsettled: fromScaled(first.owed, decimals) }),
    incomplete,
  };
}

function totalsOf(sums: readonly Sums[]): readonly Money[] {
  const totals = new Map<string, Amount>();
  for (const each of sums) totals.set(each.currency, (totals.get(each.currency) ?? 0n) - amountOf(each));
  return moneyOf(totals);
}

function compareKeys(a: Group["key"], b: Group["key"]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : (a[at] as string) < (b[at] as string) ? -1 : 1;
}
