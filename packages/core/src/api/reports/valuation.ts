import * as z from "zod";
import type { CostingMethod } from "../../domain/catalog/tables";
import { type Amount, rounded, unitCostOf } from "../../domain/costing/amount";
import { parser } from "../../domain/shared/parse";
import { fromScaled } from "../../domain/shared/quantity";
import { instant, type Money, pageFields, sku, storeId } from "../../domain/shared/schemas";
import type { ReadOptions, Reads } from "../../ports/storage";
import { decodeCursor, encodeCursor, type PageRequest } from "../paging";
import { findProduct } from "../products";
import { readsAt } from "../reads";
import type { Instant } from "../stock";
import { findStore } from "../stores";
import { type CostOfGoodsSold, type CostOfGoodsSoldRequest, costOfGoodsSold, parseCostOfGoodsSold } from "./cost-of-goods-sold";
import { type CostedProduct, readCosted, type StoreShare, sharesOf } from "./costed-products";
import { moneyOf } from "./money";

/** What to value. Everything given must hold. */
export interface ValuationRequest extends PageRequest {
  /** As the books stand for that time: everything that had occurred by then, what was written down later included. Now unless given. */
  readonly at?: Instant;
  readonly sku?: string;
  readonly storeId?: string;
}

/** What goods of a product at a store are worth. */
export interface ValuationRow {
  readonly sku: string;
  /** Absent: goods that have left one store and not reached another. */
  readonly storeId?: string;
  readonly method: CostingMethod;
  /** In the product's unit; below zero where more was sold than there was. */
  readonly quantity: number;
  /** What one unit is worth, wherever it stands, rounded to minor units; absent where no cost is known. */
  readonly unitCost?: Money;
  /** Rounded once, from the exact value. */
  readonly value: Money;
}

/** A product whose quantity says more than its value, in its unit. */
export interface IncompleteValue {
  readonly sku: string;
  /** Goods nobody knows the cost of. They are in no value. */
  readonly unknown: number;
  /** Goods that were sold before they came in. Their cost is settled when they come. */
  readonly unsettled: number;
}

/** What stock is worth. */
export interface Valuation {
  /** By SKU and store; a page holds all rows of its products. */
  readonly rows: readonly ValuationRow[];
  /** Products among them whose value is not all known. */
  readonly incomplete: readonly IncompleteValue[];
  /** What everything that matches is worth, by currency; on the first page. Exact, then rounded once: rows may differ from it by their rounding. */
  readonly totals?: readonly Money[];
  readonly nextCursor?: string;
}

/** What stock is worth, and what was sold cost. */
export interface CostReports {
  /**
   * What stock is worth, by product and store, with totals by currency: of products that are costed.
   *
   * Now is read from one row for each product and store. An earlier time is that, less what has occurred since.
   *
   * @param request.limit - how many products a page holds: 1 to 1,000, 100 unless said.
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`.
   * @example
   * const { rows, totals, incomplete } = await inventory.reports.valuation({ at: "2026-01-01T00:00:00Z" });
   * @see docs/guides/valuation.md
   */
  valuation(request?: ValuationRequest, options?: ReadOptions): Promise<Valuation>;
  /**
   * What the goods sold in a time cost, less those that came back: with costs that were settled or corrected in that time.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`.
   * @example
   * const { rows, totals } = await inventory.reports.costOfGoodsSold({ from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z", by: ["sku", "storeId"] });
   */
  costOfGoodsSold(request?: CostOfGoodsSoldRequest, options?: ReadOptions): Promise<CostOfGoodsSold>;
}

const parseRequest = parser(z.strictObject({ at: instant.optional(), sku: sku.optional(), storeId: storeId.optional(), ...pageFields }));

/** What every report on cost takes, by its name. */
export const costQueries = { valuation: parseRequest, costOfGoodsSold: parseCostOfGoodsSold } satisfies Record<keyof CostReports, unknown>;

/** The reports on what goods cost. Sums where the data is, so not inside a host's transaction. */
export function createValuation(storage: Reads): CostReports {
  return {
    async valuation(request = {}, options) {
      const reads = readsAt(storage, options);
      const { at, limit, cursor, ...of } = parseRequest(request);
      const product = of.sku === undefined ? undefined : (await findProduct(reads, of.sku)).sku;
      const store = of.storeId === undefined ? undefined : (await findStore(reads, of.storeId)).id;
      const after = cursor === undefined ? undefined : (decodeCursor(cursor, [{ type: "text" }])[0] as string);
      const page = createPage(limit, store);
      const totals = new Map<string, Amount>();
      for await (const costed of readCosted(reads, { sku: product, after, at })) {
        const shares = sharesOf(costed).filter((share) => store === undefined || share.storeId === store);
        if (page.add(costed, shares) === "full" && cursor !== undefined) break;
        for (const { amount } of shares) totals.set(costed.currency, (totals.get(costed.currency) ?? 0n) + amount);
      }
      return { ...page.answer(), ...(cursor === undefined && { totals: moneyOf(totals) }) };
    },

    costOfGoodsSold: (request = {}, options) => costOfGoodsSold(readsAt(storage, options), request),
  };
}

/** The rows of the first products. */
function createPage(limit: number, store: string | undefined) {
  const rows: ValuationRow[] = [];
  const incomplete: IncompleteValue[] = [];
  let products = 0;
  let last = "";
  return {
    add(costed: CostedProduct, shares: readonly StoreShare[]): "added" | "full" {
      if (++products > limit) return "full";
      last = costed.sku;
      for (const share of shares) rows.push(toRow(costed, share));
      const { unknown, owed, decimals } = costed;
      // A store's goods can't be told apart from those of others.
      const concerned = store === undefined || shares.length > 0;
      if (concerned && (unknown !== 0 || owed !== 0))
        incomplete.push({ sku: costed.sku, unknown: fromScaled(unknown, decimals), unsettled: fromScaled(owed, decimals) });
      return "added";
    },
    answer: () => ({ rows, incomplete, ...(products > limit && { nextCursor: encodeCursor([last]) }) }),
  };
}

function toRow(costed: CostedProduct, { storeId: at, quantity, amount }: StoreShare): ValuationRow {
  const { currency, decimals } = costed;
  const known = costed.quantity - costed.unknown;
  return {
    sku: costed.sku,
    ...(at !== undefined && { storeId: at }),
    method: costed.method,
    quantity: fromScaled(quantity, decimals),
    ...(known > 0 && { unitCost: { amount: rounded(unitCostOf(costed.amount, known, decimals)), currency } }),
    value: { amount: rounded(amount), currency },
  };
}
