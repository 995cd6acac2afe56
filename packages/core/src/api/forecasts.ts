import * as z from "zod";
import type { Threshold } from "../domain/alerts/tables";
import { type Product, type ProductRow, products, type StoreRow, stores, toProduct } from "../domain/catalog/tables";
import { addDays, datesFrom } from "../domain/forecasts/days";
import { orderUpTo, protectedDays, type SupplyTerms } from "../domain/forecasts/reorder";
import { parser } from "../domain/shared/parse";
import { toScaled } from "../domain/shared/quantity";
import { pageFields, sku, storeId } from "../domain/shared/schemas";
import { skuKeyOf } from "../domain/shared/sku-key";
import { levels, type StockLevel, toStockLevel } from "../domain/stock/tables";
import { InventoryError } from "../errors";
import type { Clock } from "../ports/clock";
import type { ForecastOptions, ForecastProvider } from "../ports/forecast";
import type { Reads } from "../ports/storage";
import { askProvider } from "./ask-provider";
import { type DemandHistory, readDemand, readingFields, requireCalendar } from "./demand-history";
import type { ForecastsApi, ReorderSuggestion, TermsFor } from "./forecast-types";
import { withoutExpiredHolds } from "./held";
import { readThresholds } from "./level-thresholds";
import { readPage } from "./paging";
import { defined, findProduct } from "./products";
import { findStore } from "./stores";
import { type AgreedTerms, readSupplyTerms } from "./supply-terms";

const termFields = {
  leadTimeDays: z.int().min(0).max(365),
  reviewDays: z.int().min(1).max(365),
  serviceLevel: z.number().min(0.5).max(0.9999),
  minimum: z.number().nonnegative().max(Number.MAX_SAFE_INTEGER),
  multiple: z.number().positive().max(Number.MAX_SAFE_INTEGER),
};
const parseDemand = parser(
  z.strictObject({
    sku,
    storeId: storeId.optional(),
    horizonDays: z.int().min(1).max(731),
    coverage: z.number().min(0).lt(1).default(0.9),
    ...readingFields,
  }),
);
const someTerms = z.strictObject(termFields).partial();
const parseTerms = parser(z.strictObject({ termsFor: someTerms.default({}) }));
const plainReorder = z.strictObject({
  sku: sku.optional(),
  storeId: storeId.optional(),
  ...readingFields,
  ...pageFields,
  ...someTerms.shape,
});
const parseReorder = parser(
  plainReorder.extend({ termsFor: z.custom<TermsFor>((value) => typeof value === "function", "must be a function").optional() }),
);

/** What every question here takes, by its name, but for functions. */
export const forecastQueries = { demand: parseDemand, reorder: parser(plainReorder) };

/** Terms where nobody said otherwise. A multiple of 0 stands for the smallest quantity the product has. */
const usual: SupplyTerms = { leadTimeDays: 7, reviewDays: 7, serviceLevel: 0.95, minimum: 0, multiple: 0 };

type Ahead = Required<Pick<ForecastOptions, "horizon" | "coverage" | "seasonLength">>;

interface ReorderTerms {
  readonly seasonLength: number;
  readonly terms: SupplyTerms;
  readonly termsFor: TermsFor | undefined;
}

/** What is known of a level beside its demand. */
interface Known {
  readonly product: Product;
  readonly threshold: Threshold | undefined;
  readonly agreed: AgreedTerms;
}

interface Parts {
  readonly storage: Reads;
  readonly clock: Clock;
  readonly provider: ForecastProvider;
}

export function createForecasts({ storage, clock, provider }: Parts): Omit<ForecastsApi, "runOuts"> {
  /** Asks for the days after a history. */
  const ask = (of: { readonly sku: string; readonly storeId?: string }, { startsOn, series }: DemandHistory, ahead: Ahead) =>
    askProvider(provider, series, { ...ahead, subject: { ...of, startsOn } });

  /** The order for one level; undefined when there is enough. */
  async function suggestionFor(
    level: StockLevel,
    { product, threshold, agreed }: Known,
    history: DemandHistory,
    { seasonLength, terms: common, termsFor }: ReorderTerms,
  ): Promise<ReorderSuggestion | undefined> {
    const { termsFor: own } = parseTerms({ termsFor: (await termsFor?.(product, level.storeId)) ?? {} });
    const terms: SupplyTerms = { ...common, ...agreed.terms, ...defined(own) };
    const { decimals } = product;
    const multiple = terms.multiple === 0 ? 10 ** -decimals : terms.multiple;
    requireExact("multiple", multiple, product);
    requireExact("minimum", terms.minimum, product);
    // Bounds that hold this share leave half of the rest above them: what the service level allows to run out.
    const ahead = { horizon: protectedDays(terms), coverage: 2 * terms.serviceLevel - 1, seasonLength };
    const answer = await ask({ sku: level.sku, storeId: level.storeId }, history, ahead);
    const order = orderUpTo(answer, level.available + level.incoming, { minimum: terms.minimum, multiple, decimals }, threshold);
    if (order.quantity === 0) return undefined;
    const { leadTimeDays, reviewDays, serviceLevel, minimum } = terms;
    return {
      ...defined({ supplierId: product.supplierId, unitCost: agreed.unitCost }),
      ...defined({ reorderPoint: threshold?.reorderPoint, maximum: threshold?.maximum }),
      storeId: level.storeId,
      sku: level.sku,
      ...order,
      onHand: level.onHand,
      available: level.available,
      incoming: level.incoming,
      leadTimeDays,
      reviewDays,
      serviceLevel,
      minimum,
      multiple,
      method: answer.method,
    };
  }

  /** The products and stores of these levels that are in use. */
  async function inUse(of: readonly StockLevel[]) {
    if (of.length === 0) return { products: new Map<string, ProductRow>(), stores: new Set<string>() };
    const keys = [...new Set(of.map((level) => skuKeyOf(level.sku)))];
    const places = [...new Set(of.map((level) => level.storeId))];
    const limit = of.length;
    const [found, open] = await Promise.all([
      storage.find(products.name, { where: { skuKey: { in: keys }, archived: false }, limit }),
      storage.find(stores.name, { where: { id: { in: places }, archived: false }, limit }),
    ]);
    return {
      products: new Map((found.rows as readonly ProductRow[]).map((row) => [row.sku, row])),
      stores: new Set((open.rows as readonly StoreRow[]).map((row) => row.id)),
    };
  }

  return {
    async demand(request) {
      const asked = parseDemand(request);
      const { sku: given, storeId: place, horizonDays, coverage, historyDays, timeZone, seasonLength } = asked;
      const calendar = requireCalendar(timeZone);
      const product = await findProduct(storage, given);
      if (place !== undefined) await findStore(storage, place);
      const of = { sku: product.sku, ...defined({ storeId: place }) };
      // Today is not over: what was sold so far is no day's demand.
      const today = calendar(clock.now());
      const stores = place === undefined ? undefined : [place];
      const histories = await readDemand(storage, calendar, { skus: [of.sku], storeIds: stores, until: today, days: historyDays });
      const history = histories(of);
      const answer = await ask(of, history, { horizon: horizonDays, coverage, seasonLength });
      return {
        ...of,
        timeZone,
        method: answer.method,
        history: history.series.map((quantity, day) => ({ date: addDays(history.startsOn, day), quantity })),
        days: datesFrom(today, horizonDays).map((date, day) => ({
          date,
          quantity: answer.points[day] as number,
          lower: answer.lower[day] as number,
          upper: answer.upper[day] as number,
        })),
        total: answer.points.reduce((sum, point) => sum + point, 0),
      };
    },

    async reorder(request = {}) {
      const asked = parseReorder(request);
      const { sku: given, storeId: place, limit, cursor, termsFor, historyDays, timeZone, seasonLength, ...terms } = asked;
      const calendar = requireCalendar(timeZone);
      const where = defined({
        sku: given === undefined ? undefined : (await findProduct(storage, given)).sku,
        storeId: place === undefined ? undefined : (await findStore(storage, place)).id,
      });
      const page = await readPage(storage, levels, { where, limit, cursor }, (row) => row);
      const next = page.nextCursor !== undefined && { nextCursor: page.nextCursor };
      const now = (await withoutExpiredHolds(storage, { rows: page.items, head: page.head }, clock.now())).map(toStockLevel);
      const used = await inUse(now);
      const looked = now.filter((level) => used.products.has(level.sku) && used.stores.has(level.storeId));
      if (looked.length === 0) return { items: [], ...next };
      const names = { skus: [...new Set(looked.map((level) => level.sku))], storeIds: [...new Set(looked.map((level) => level.storeId))] };
      const histories = await readDemand(storage, calendar, { ...names, until: calendar(clock.now()), days: historyDays });
      const productOf = new Map(Array.from(used.products, ([name, row]) => [name, toProduct(row)]));
      const thresholdFor = await readThresholds(storage, looked);
      const agreedOn = await readSupplyTerms(storage, [...productOf.values()]);
      const by = { seasonLength, terms: { ...usual, ...defined(terms) }, termsFor };
      const items: ReorderSuggestion[] = [];
      // One after the other: between two of them other callers get their turn.
      for (const level of looked) {
        const product = productOf.get(level.sku) as Product;
        const known = { product, threshold: thresholdFor(level), agreed: agreedOn(product) };
        const suggestion = await suggestionFor(level, known, histories(level), by);
        if (suggestion) items.push(suggestion);
      }
      return { items, ...next };
    },
  };
}

function requireExact(path: string, quantity: number, { sku: of, decimals }: Product): void {
  if (toScaled(quantity, decimals) !== undefined) return;
  throw new InventoryError("INVALID_INPUT", { issues: [{ path, message: `must not have more than ${decimals} decimals for ${of}` }] });
}
