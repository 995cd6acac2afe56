import * as z from "zod";
import { type Product, type ProductRow, products, toProduct } from "../domain/catalog/tables";
import { parser } from "../domain/shared/parse";
import { pageFields, sku, storeId } from "../domain/shared/schemas";
import { skuKeyOf } from "../domain/shared/sku-key";
import { type LevelRow, levels, type StockLevel, toStockLevel } from "../domain/stock/tables";
import type { Clock } from "../ports/clock";
import type { Reads } from "../ports/storage";
import { readingFields } from "./demand-history";
import type { ForecastsApi, RunOut, RunOutRequest, TermsFor } from "./forecast-types";
import { withoutExpiredHolds } from "./held";
import { readPage } from "./paging";
import { defined, findProduct } from "./products";
import { findStore } from "./stores";

const leadTimeDays = z.int().min(0).max(365);
const plainRequest = z.strictObject({
  sku: sku.optional(),
  storeId: storeId.optional(),
  leadTimeDays: leadTimeDays.default(7),
  ...readingFields,
  ...pageFields,
});
/** What the question takes, but for functions. */
export const parseRunOuts = parser(plainRequest);
const parseRequest = parser(
  plainRequest.extend({ termsFor: z.custom<TermsFor>((value) => typeof value === "function", "must be a function").optional() }),
);
const parseTerms = parser(z.object({ termsFor: z.object({ leadTimeDays: leadTimeDays.optional() }).default({}) }));

interface Parts {
  readonly storage: Reads;
  readonly clock: Clock;
  readonly demand: ForecastsApi["demand"];
}

export function createRunOuts({ storage, clock, demand }: Parts): ForecastsApi["runOuts"] {
  /** Of these levels those that have something left, with their products. What is archived has no stock. */
  async function stocked(page: readonly StockLevel[]) {
    const some = page.filter(({ available }) => available > 0);
    if (some.length === 0) return [];
    const skuKeys = [...new Set(some.map((level) => skuKeyOf(level.sku)))];
    const { rows } = await storage.find(products.name, { where: { skuKey: { in: skuKeys } }, limit: skuKeys.length });
    const bySku = new Map((rows as readonly ProductRow[]).map((row) => [row.sku, toProduct(row)]));
    return some.map((level) => ({ level, product: bySku.get(level.sku) as Product }));
  }

  /** Undefined when it lasts until an order of today could be there. */
  async function runOutOf(level: StockLevel, leadTime: number, reading: object): Promise<RunOut | undefined> {
    if (leadTime === 0) return undefined;
    const { days, method } = await demand({ sku: level.sku, storeId: level.storeId, horizonDays: leadTime, ...reading });
    let left = level.available + level.incoming;
    for (const [lastsDays, { date, quantity }] of days.entries()) {
      left -= quantity;
      if (left > tolerance) continue;
      const { sku: of, storeId: at, available, incoming } = level;
      return { sku: of, storeId: at, available, incoming, lastsDays, runsOutOn: date, leadTimeDays: leadTime, method };
    }
    return undefined;
  }

  return async (request: RunOutRequest = {}) => {
    const { sku: given, storeId: place, leadTimeDays: usual, termsFor, limit, cursor, ...reading } = parseRequest(request);
    const where = defined({
      sku: given === undefined ? undefined : (await findProduct(storage, given)).sku,
      storeId: place === undefined ? undefined : (await findStore(storage, place)).id,
    });
    const page = await readPage(storage, levels, { where, limit, cursor }, (row) => row as LevelRow);
    const rows = await withoutExpiredHolds(storage, { rows: page.items, head: page.head }, clock.now());
    const items: RunOut[] = [];
    // One after the other: between two of them other callers get their turn.
    for (const { level, product } of await stocked(rows.map(toStockLevel))) {
      const { termsFor: own } = parseTerms({ termsFor: (await termsFor?.(product, level.storeId)) ?? {} });
      const found = await runOutOf(level, own.leadTimeDays ?? usual, reading);
      if (found) items.push(found);
    }
    return { items, ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }) };
  };
}

/** Sums of fractions miss whole numbers by less than this. */
const tolerance = 1e-9;
