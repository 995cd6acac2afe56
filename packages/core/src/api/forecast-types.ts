import type { Product } from "../domain/catalog/tables";
import type { OrderUpTo, SupplyTerms } from "../domain/forecasts/reorder";
import type { Money } from "../domain/shared/schemas";
import type { List, PageRequest } from "./paging";

/** How demand is read out of the ledger. */
export interface DemandReading {
  /** How many days back at most: 1 to 3,650; 365 unless said. */
  readonly historyDays?: number;
  /** Where a day begins and ends, as an IANA time zone; `UTC` unless said. */
  readonly timeZone?: string;
  /** After how many days a pattern returns: 1, which is none, to 366; 7 unless said. */
  readonly seasonLength?: number;
}

/** Whose demand to forecast, and how far. */
export interface DemandRequest extends DemandReading {
  readonly sku: string;
  /** Demand at one store; of all together unless said. */
  readonly storeId?: string;
  /** How many days, today the first: 1 to 731. */
  readonly horizonDays: number;
  /** The share of the future that shall fall between `lower` and `upper`: from 0 to less than 1; 0.9 unless said. */
  readonly coverage?: number;
}

/** Demand of one day in the past. */
export interface DemandDay {
  /** `YYYY-MM-DD` in the time zone of the request. */
  readonly date: string;
  /** In the product's unit. */
  readonly quantity: number;
}

/** Demand expected of one day. */
export interface ExpectedDay extends DemandDay {
  readonly lower: number;
  readonly upper: number;
}

/** What was asked for, and what is expected to be. */
export interface DemandForecast {
  readonly sku: string;
  readonly storeId?: string;
  readonly timeZone: string;
  /** How it was made; `none` when the product has no day behind it yet. */
  readonly method: string;
  /** Whole days up to yesterday, without a gap, from the first on which the product moved. */
  readonly history: readonly DemandDay[];
  /** Today and the days after it. */
  readonly days: readonly ExpectedDay[];
  /** The sum over `days`. */
  readonly total: number;
}

/** Terms of one product that differ from those of the request. */
export type TermsFor = (product: Product, storeId: string) => Partial<SupplyTerms> | undefined | Promise<Partial<SupplyTerms> | undefined>;

/** What to look at for reordering, and on what terms it is had. */
export interface ReorderRequest extends DemandReading, Partial<SupplyTerms>, PageRequest {
  readonly storeId?: string;
  readonly sku?: string;
  /** Terms of single products at single stores. What it leaves out is as agreed with the supplier, or else as the request says. */
  readonly termsFor?: TermsFor;
}

/** A line to order, ready for a purchase order, with what it was worked out from. Quantities are in the product's unit. */
export interface ReorderSuggestion extends OrderUpTo, SupplyTerms {
  readonly supplierId?: string;
  readonly storeId: string;
  readonly sku: string;
  /** As agreed with the supplier, or else the product's `cost`, unless that is in other money than the supplier's. */
  readonly unitCost?: Money;
  readonly onHand: number;
  readonly available: number;
  readonly incoming: number;
  /** The threshold's, where one counts for the level. */
  readonly reorderPoint?: number;
  /** The threshold's, where it has one. */
  readonly maximum?: number;
  /** How demand was forecast. */
  readonly method: string;
}

/** Which levels to look at, and how long new goods take to come. */
export interface RunOutRequest extends DemandReading, PageRequest {
  readonly storeId?: string;
  readonly sku?: string;
  /** Days from an order until the goods are on the shelf: 0 to 365; 7 unless said. */
  readonly leadTimeDays?: number;
  /** Terms of single products; only their `leadTimeDays` counts here. */
  readonly termsFor?: TermsFor;
}

/** A level that is expected to be sold out before goods ordered today would be there. Quantities are in the product's unit. */
export interface RunOut {
  readonly sku: string;
  readonly storeId: string;
  readonly available: number;
  readonly incoming: number;
  /** For how many whole days it is expected to last, today the first. */
  readonly lastsDays: number;
  /** The day it is expected to run out on: `YYYY-MM-DD` in the time zone of the request. */
  readonly runsOutOn: string;
  readonly leadTimeDays: number;
  /** How demand was forecast. */
  readonly method: string;
}

/** What demand is expected, and what to order for it. */
export interface ForecastsApi {
  /**
   * Forecasts daily demand: what is sold less what is returned, as of the day it occurred. Days without a sale are zero,
   * and so are days without stock; transfers, counts and adjustments are no demand, and what was reversed never was.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`; `FORECAST_FAILED` when the provider does.
   * @example
   * const { days, total } = await inventory.forecasts.demand({ sku: "TEA-50", storeId: "berlin", horizonDays: 14, timeZone: "Europe/Berlin" });
   * @see docs/guides/forecasts.md
   */
  demand(request: DemandRequest): Promise<DemandForecast>;
  /**
   * Suggests what to order: where stock, with what is on its way, won't last until the order after this could arrive.
   *
   * Looks at `limit` levels a page (100 unless said), so a page may have fewer items, or none, and a `nextCursor` still.
   * Lead time, minimum and multiple are those agreed with the product's supplier ({@link SuppliersApi.setTerms}), else the request's, else
   * 7 days, none and single units; `termsFor` goes before all. Thresholds count as well: at the reorder point an order is due, and none goes
   * beyond the maximum. Archived products and stores are left out. Nothing is ordered: the rows are for a person, or {@link PurchaseOrdersApi.draftFrom}.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`; `FORECAST_FAILED` when the provider does.
   * @example
   * const { items } = await inventory.forecasts.reorder({
   *   storeId: "berlin",
   *   leadTimeDays: 5,
   *   termsFor: (product) => (product.category === "Tea" ? { multiple: 12 } : undefined),
   * });
   * @see docs/guides/forecasts.md
   */
  reorder(request?: ReorderRequest): Promise<List<ReorderSuggestion>>;
  /**
   * Finds levels that are expected to run out before goods ordered today would be there: where `available` and `incoming` together don't last
   * for the lead time. What has run out already is no forecast, and is left out.
   *
   * Looks at `limit` levels a page (100 unless said), so a page may have fewer items, or none, and a `nextCursor` still.
   * {@link createMonitor} does this daily when told to.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`; `FORECAST_FAILED` when the provider does.
   * @example
   * const { items } = await inventory.forecasts.runOuts({ storeId: "berlin", leadTimeDays: 5 });
   * @see docs/guides/alerts.md
   */
  runOuts(request?: RunOutRequest): Promise<List<RunOut>>;
}
