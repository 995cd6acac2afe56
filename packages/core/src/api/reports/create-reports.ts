import type { Clock } from "../../ports/clock";
import type { ReadOptions, Reads } from "../../ports/storage";
import { readsAt } from "../reads";
import { type AbcOptions, abc, parseAbc } from "./abc";
import { type CostOfGoodsSoldOptions, costOfGoodsSold, parseCostOfGoodsSold } from "./cost-of-goods-sold";
import { type DaysOfCoverOptions, daysOfCover, parseDaysOfCover } from "./days-of-cover";
import { type DeadStockOptions, deadStock, parseDeadStock } from "./dead-stock";
import { type LowStockOptions, lowStock, parseLowStock } from "./low-stock";
import { type MovementSummaryOptions, movementSummary, parseMovementSummary } from "./movement-summary";
import { parseSales, type SalesOptions, salesReport } from "./sales";
import { parseShrinkage, type ShrinkageOptions, shrinkage } from "./shrinkage";
import { parseStockOnHand, type StockOnHandOptions, stockOnHand } from "./stock-on-hand";
import { parseTurnover, type TurnoverOptions, turnover } from "./turnover";
import type {
  AbcFigures,
  CostOfGoodsSoldFigures,
  CoverFigures,
  DeadStockFigures,
  LowStockFigures,
  MovementFigures,
  Report,
  SalesFigures,
  ShrinkageFigures,
  StockFigures,
  TurnoverFigures,
  ValuationFigures,
} from "./types";
import { parseValuation, type ValuationOptions, valuation } from "./valuation";

/**
 * Questions about the whole ledger. Each answers rows, sub-totals and totals, with the same numbers on every storage; where the inventory
 * has a mirror for analytics they are worked out there.
 *
 * Of a period, what occurred in it counts, also what was written down later; a sale that was undone never was. A report that
 * would have more than 250,000 rows, or is about more than 250,000 products, is refused.
 *
 * @see docs/guides/reports.md
 */
export interface ReportsApi {
  /**
   * What is on the shelves now, or was at a time (`at`): then without `reserved`, `available` and `incoming`, and without levels that had not
   * moved yet. By product and store unless said.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`; `INVALID_INPUT` for a report that is too large.
   * @example
   * const { totals } = await inventory.reports.stockOnHand({ at: "2026-01-01T00:00:00Z", storeId: "berlin", by: ["category"] });
   */
  stockOnHand(given?: StockOnHandOptions, options?: ReadOptions): Promise<Report<StockFigures>>;
  /**
   * What moved, by what it was: received, sold, adjusted and so on, signed. By product and store unless said. A reversal is an adjustment.
   *
   * @throws {@link InventoryError} as {@link ReportsApi.stockOnHand}.
   */
  movementSummary(given?: MovementSummaryOptions, options?: ReadOptions): Promise<Report<MovementFigures>>;
  /**
   * What customers took, by category unless said: value, units, first and last sale.
   *
   * @throws {@link InventoryError} as {@link ReportsApi.stockOnHand}.
   * @example
   * const { rows } = await inventory.reports.salesByCategory({ from: "2026-01-01T00:00:00Z", by: ["category", "month"] });
   */
  salesByCategory(given?: SalesOptions, options?: ReadOptions): Promise<Report<SalesFigures>>;
  /** The same by product unless said. @throws {@link InventoryError} as {@link ReportsApi.stockOnHand}. */
  salesByProduct(given?: SalesOptions, options?: ReadOptions): Promise<Report<SalesFigures>>;
  /** What was sold of what was there on average, by product unless said. @throws {@link InventoryError} as {@link ReportsApi.stockOnHand}. */
  turnover(given?: TurnoverOptions, options?: ReadOptions): Promise<Report<TurnoverFigures>>;
  /** How long stock lasts if it goes as it did, by product and store unless said. @throws {@link InventoryError} as {@link ReportsApi.stockOnHand}. */
  daysOfCover(given?: DaysOfCoverOptions, options?: ReadOptions): Promise<Report<CoverFigures>>;
  /**
   * Products by what they sell, the best first: those that make the first 80 % of sales are A, up to 95 % B, all others C.
   *
   * @throws {@link InventoryError} `INVALID_INPUT` when sales are in several currencies and none is named.
   */
  abc(given?: AbcOptions, options?: ReadOptions): Promise<Report<AbcFigures>>;
  /** What is on hand, has been for long, and was not sold since. By product and store unless said. @throws {@link InventoryError} as {@link ReportsApi.stockOnHand}. */
  deadStock(given?: DeadStockOptions, options?: ReadOptions): Promise<Report<DeadStockFigures>>;
  /** What was adjusted, and what counts found missing or left over, by reason unless said. @throws {@link InventoryError} as {@link ReportsApi.stockOnHand}. */
  shrinkage(given?: ShrinkageOptions, options?: ReadOptions): Promise<Report<ShrinkageFigures>>;
  /** Levels at or below their reorder point, of products and stores in use. By product and store unless said. @throws {@link InventoryError} as {@link ReportsApi.stockOnHand}. */
  lowStock(given?: LowStockOptions, options?: ReadOptions): Promise<Report<LowStockFigures>>;
  /**
   * What stock is worth, of products that are costed: now, or for a time (`at`). By product and store unless said; goods between two stores are in a
   * row whose `storeId` is null.
   *
   * Now is read from one row for each product and store. An earlier time is that, less what has occurred since.
   *
   * @throws {@link InventoryError} as {@link ReportsApi.stockOnHand}.
   * @example
   * const { rows, totals } = await inventory.reports.valuation({ at: "2026-01-01T00:00:00Z", by: ["storeId", "category"] });
   * @see docs/guides/valuation.md
   */
  valuation(given?: ValuationOptions, options?: ReadOptions): Promise<Report<ValuationFigures>>;
  /**
   * What the goods sold in a time cost, less those that came back: with costs that were settled or corrected in that time. By product unless said.
   *
   * @throws {@link InventoryError} as {@link ReportsApi.stockOnHand}.
   * @example
   * const { rows, totals } = await inventory.reports.costOfGoodsSold({ from: "2026-01-01T00:00:00Z", by: ["storeId", "month"] });
   */
  costOfGoodsSold(given?: CostOfGoodsSoldOptions, options?: ReadOptions): Promise<Report<CostOfGoodsSoldFigures>>;
}

/** What every report takes, by its name. */
export const reportQueries = {
  stockOnHand: parseStockOnHand,
  movementSummary: parseMovementSummary,
  salesByCategory: parseSales.category,
  salesByProduct: parseSales.sku,
  turnover: parseTurnover,
  daysOfCover: parseDaysOfCover,
  abc: parseAbc,
  deadStock: parseDeadStock,
  shrinkage: parseShrinkage,
  lowStock: parseLowStock,
  valuation: parseValuation,
  costOfGoodsSold: parseCostOfGoodsSold,
} satisfies Record<keyof ReportsApi, unknown>;

export function createReports(storage: Reads, clock: Clock): ReportsApi {
  const salesByCategory = salesReport("salesByCategory", "category");
  const salesByProduct = salesReport("salesByProduct", "sku");
  return {
    stockOnHand: (given = {}, options) => stockOnHand(storage, given, clock.now(), options),
    movementSummary: async (given = {}, options) => movementSummary(readsAt(storage, options), given, clock.now()),
    salesByCategory: async (given = {}, options) => salesByCategory(readsAt(storage, options), given, clock.now()),
    salesByProduct: async (given = {}, options) => salesByProduct(readsAt(storage, options), given, clock.now()),
    turnover: (given = {}, options) => turnover(storage, given, clock.now(), options),
    daysOfCover: (given = {}, options) => daysOfCover(storage, given, clock.now(), options),
    abc: async (given = {}, options) => abc(readsAt(storage, options), given, clock.now()),
    deadStock: (given = {}, options) => deadStock(storage, given, clock.now(), options),
    shrinkage: async (given = {}, options) => shrinkage(readsAt(storage, options), given, clock.now()),
    lowStock: (given = {}, options) => lowStock(storage, given, clock.now(), options),
    valuation: (given = {}, options) => valuation(storage, given, clock.now(), options),
    costOfGoodsSold: async (given = {}, options) => costOfGoodsSold(readsAt(storage, options), given, clock.now()),
  };
}
