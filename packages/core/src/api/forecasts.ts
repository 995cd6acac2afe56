import * as z from "zod";
import { type Product, type ProductRow, products, type StoreRow, stores, toProduct } from "../domain/catalog/tables";
import { addDays, datesFrom } from "../domain/forecasts/days";
import { orderUpTo, protectedDays, type SupplyTerms } from "../domain/forecasts/reorder";
import { parser } from "../domain/shared/parse";
import { toScaled } from "../domain/shared/quantity";
import { pageFields, sku, skuKeyOf, storeId } from "../domain/shared/schemas";
import { type LevelRow, levels, type StockLevel, toStockLevel } from "../domain/stock/tables";
import { InventoryError } from "../errors";
import type { Clock } from "../ports/clock";
import type { ForecastProvider } from "../ports/forecast";
import type { Reads } from "../ports/storage";
import { askProvider } from "./ask-provider";
import { readDemand, requireCalendar } from "./demand-history";
import type { DemandReading, ForecastsApi, ReorderSuggestion, TermsFor } from "./forecast-types";
import { readPage } from "./paging";
import { defined, findProduct } from "./products";
import { findStore } from "./stores";

const readingFields = {
  historyDays: z.int().min(1).max(3_650).default(365),
  timeZone: z.string().max(64).default("UTC"),
  seasonLength: z.int().min(1).max(366).default(7),
};
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
const parseReorder = parser(
  z.strictObject({
    sku: sku.optional(),
    storeId: storeId.optional(),
    ...readingFields,
    ...pageFields,
    ...someTerms.shape,
    termsFor: z.custom<TermsFor>((value) => typeof value === "function", "must be a function").optional(),
  }),
);

/** Terms where nobody said otherwise. A multiple of 0 stands for the smallest quantity the product has. */
const usual: SupplyTerms = { leadTimeDays: 7, reviewDays: 7, serviceLevel: 0.95, minimum: 0, multiple: 0 };

interface ReorderTerms {
  readonly reading: Required<DemandReading>;
  readonly terms: SupplyTerms;
  readonly termsFor: TermsFor | undefined;
}

interface Parts {
  readonly storage: Reads;
  readonly clock: Clock;
  readonly provider: ForecastProvider;
}

export function createForecasts({ storage, clock, provider }: Parts): ForecastsApi {
  async function forecast(
    of: { readonly sku: string; readonly storeId?: string | undefined },
    { historyDays, timeZone, seasonLength }: Required<DemandReading>,
    ahead: { readonly horizon: number; readonly coverage: number },
  ) {
    const calendar = requireCalendar(timeZone);
    // Today is not over: what was sold so far is no day's demand.
    const today = calendar(clock.now());
    const history = await readDemand(storage, calendar, { ...of, until: today, days: historyDays });
    const subject = { sku: of.sku, ...defined({ storeId: of.storeId }), startsOn: history.startsOn };
    return { today, history, answer: await askProvider(provider, history.series, { ...ahead, seasonLength, subject }) };
  }

  /** The order for one level; undefined when there is enough. */
  async function suggestionFor(
    level: StockLevel,
    product: Product,
    { reading, terms: common, termsFor }: ReorderTerms,
  ): Promise<ReorderSuggestion | undefined> {
    const { termsFor: own } = parseTerms({ termsFor: (await termsFor?.(product, level.storeId)) ?? {} });
    const terms: SupplyTerms = { ...common, ...defined(own) };
    const { decimals } = product;
    const multiple = terms.multiple === 0 ? 10 ** -decimals : terms.multiple;
    requireExact("multiple", multiple, product);
    requireExact("minimum", terms.minimum, product);
    // Bounds that hold this share leave half of the rest above them: what the service level allows to run out.
    const ahead = { horizon: protectedDays(terms), coverage: 2 * terms.serviceLevel - 1 };
    const { answer } = await forecast({ sku: level.sku, storeId: level.storeId }, reading, ahead);
    const order = orderUpTo(answer, level.available + level.incoming, { minimum: terms.minimum, multiple, decimals });
    if (order.quantity === 0) return undefined;
    const { leadTimeDays, reviewDays, serviceLevel } = terms;
    return {
      ...defined({ supplierId: product.supplierId, unitCost: product.cost }),
      storeId: level.storeId,
      sku: level.sku,
      ...order,
      onHand: level.onHand,
      available: level.available,
      incoming: level.incoming,
      leadTimeDays,
      reviewDays,
      serviceLevel,
      method: answer.method,
    };
  }

  /** The products and stores of these levels that are in use. */
  async function inUse(of: readonly StockLevel[]) {
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
      const { sku: given, storeId: place, horizonDays, coverage, ...reading } = parseDemand(request);
      requireCalendar(reading.timeZone);
      const product = await findProduct(storage, given);
      if (place !== undefined) await findStore(storage, place);
      const of = { sku: product.sku, ...defined({ storeId: place }) };
      const { today, history, answer } = await forecast(of, reading, { horizon: horizonDays, coverage });
      return {
        ...of,
        timeZone: reading.timeZone,
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
      requireCalendar(timeZone);
      const where = defined({
        sku: given === undefined ? undefined : (await findProduct(storage, given)).sku,
        storeId: place === undefined ? undefined : (await findStore(storage, place)).id,
      });
      const page = await readPage(storage, levels, { where, limit, cursor }, (row) => toStockLevel(row as LevelRow));
      const used = page.items.length === 0 ? undefined : await inUse(page.items);
      const by = { reading: { historyDays, timeZone, seasonLength }, terms: { ...usual, ...defined(terms) }, termsFor };
      const items: ReorderSuggestion[] = [];
      // One after the other: between two of them other callers get their turn.
      for (const level of page.items) {
        const product = used?.products.get(level.sku);
        if (!product || !used?.stores.has(level.storeId)) continue;
        const suggestion = await suggestionFor(level, toProduct(product), by);
        if (suggestion) items.push(suggestion);
      }
      return { items, ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }) };
    },
  };
}

function requireExact(path: string, quantity: number, { sku: of, decimals }: Product): void {
  if (toScaled(quantity, decimals) !== undefined) return;
  throw new InventoryError("INVALID_INPUT", { issues: [{ path, message: `must not have more than ${decimals} decimals for ${of}` }] });
}
