import type { Money } from "../../domain/shared/schemas";
import type { Instant } from "../stock";

/** What figures can be grouped by. A week is named by its Monday. */
export const reportDimensions = ["category", "sku", "storeId", "day", "week", "month"] as const;
/** One of {@link reportDimensions}, or of shrinkage the `reason`. */
export type ReportDimension = (typeof reportDimensions)[number] | "reason";

/** What a report is about. Everything given must hold; without anything it is about all there is. */
export interface ReportFilter {
  readonly storeId?: string;
  readonly sku?: string;
  /** Products of this category, as they are sorted today. */
  readonly category?: string;
}

/** When what is reported occurred. */
export interface ReportPeriod {
  /** From this time on; from the first movement on unless given. */
  readonly from?: Instant;
  /** Before this time; up to now, now included, unless given. */
  readonly to?: Instant;
  /** Where days, weeks and months begin, as an IANA time zone; `UTC` unless said. */
  readonly timeZone?: string;
}

/** Which rows a report has: one for each combination that occurs, with sub-totals for each beginning of the list. */
export interface ReportGrouping<Dimension extends ReportDimension = ReportDimension> {
  readonly by?: readonly Dimension[];
}

/** What a row is about. Only what the report is grouped by is there. */
export interface ReportGroup {
  /** Null of products that have none. */
  readonly category?: string | null;
  readonly sku?: string;
  /** The product's name, beside its SKU. */
  readonly name?: string;
  /** Null of goods that have left one store and not reached another; of a valuation only. */
  readonly storeId?: string | null;
  /** `YYYY-MM-DD` */
  readonly day?: string;
  /** The Monday the week begins with, `YYYY-MM-DD`. */
  readonly week?: string;
  /** `YYYY-MM` */
  readonly month?: string;
  /** Why it was adjusted; of shrinkage only. */
  readonly reason?: string;
}

export const reportKinds = ["text", "quantity", "number", "money", "time", "share"] as const;
/** How a figure is to be read: quantities in the products' units, money in minor units by currency, times in epoch milliseconds, shares of 1. */
export type ReportKind = (typeof reportKinds)[number];

/** A figure of a report, for whoever shows one without knowing it. */
export interface ReportColumn {
  /** The field of the rows. */
  readonly name: string;
  readonly kind: ReportKind;
}

/** A report: rows in the order of what they are grouped by, nulls first. */
export interface Report<Figures extends object> {
  readonly name: string;
  readonly by: readonly ReportDimension[];
  /** The figures of each row, beside what it is grouped by. */
  readonly columns: readonly ReportColumn[];
  /** Epoch milliseconds; absent where the report is about a moment. */
  readonly from?: number;
  /** Epoch milliseconds: the first moment after the period, or the moment the report is about. */
  readonly to: number;
  readonly rows: readonly (ReportGroup & Figures)[];
  /** Rows for each beginning of `by`, such as a category as a whole; none when there is only one dimension. */
  readonly subtotals: readonly (ReportGroup & Figures)[];
  /** Over all rows. Quantities of different units are added up as numbers. */
  readonly totals: Figures;
}

/** What customers took. */
export interface SalesFigures {
  /** In the products' units. */
  readonly sold: number;
  /** What customers gave back. */
  readonly returned: number;
  /** `sold` less `returned`. */
  readonly units: number;
  /** How many entries of the ledger were sales. */
  readonly sales: number;
  /** What was sold less what was given back, at the prices it was sold and given back at; one amount for each currency. */
  readonly value: readonly Money[];
  /** Units sold or given back of which no price is known: they are not in `value`. */
  readonly unpriced: number;
  /** Absent when nothing was sold, only given back. */
  readonly firstSaleAt?: number;
  readonly lastSaleAt?: number;
}

/** What is on the shelf. */
export interface StockFigures {
  readonly onHand: number;
  /** This and the next two are known of the present only. */
  readonly reserved?: number;
  readonly available?: number;
  readonly incoming?: number;
  /** How many levels were added up. */
  readonly levels: number;
}

/** What moved, by what it was. Quantities are signed: what went out is negative. */
export interface MovementFigures {
  readonly received: number;
  readonly sold: number;
  readonly returned: number;
  readonly adjusted: number;
  readonly transferredOut: number;
  readonly transferredIn: number;
  readonly counted: number;
  /** The sum of all of them: how much the level changed. */
  readonly net: number;
  /** How many entries of the ledger. */
  readonly movements: number;
}

/** How often stock was sold in a period. */
export interface TurnoverFigures {
  /** Sold less given back. */
  readonly units: number;
  /** On hand when the period began. */
  readonly opening: number;
  /** On hand when it ended. */
  readonly closing: number;
  /** Halfway between the two. */
  readonly average: number;
  /** `units` by `average`; absent where there was nothing on average. */
  readonly turnover?: number;
  /** How many days of the period one turn took; absent where nothing turned. */
  readonly daysPerTurn?: number;
}

/** How long stock lasts. */
export interface CoverFigures {
  readonly onHand: number;
  readonly available: number;
  /** Sold less given back, on an average day of the period. */
  readonly unitsPerDay: number;
  /** How many such days `available` lasts; absent where nothing is sold, so that it lasts for ever. */
  readonly daysOfCover?: number;
}

/** What a product is to the business. */
export interface AbcFigures {
  readonly rank: number;
  readonly units: number;
  readonly value: readonly Money[];
  /** Its part of all sales: 0 to 1. */
  readonly share: number;
  /** The part of all sales that it makes together with those before it. */
  readonly cumulativeShare: number;
  readonly class: "A" | "B" | "C";
}

/** Stock that nobody buys. */
export interface DeadStockFigures {
  readonly onHand: number;
  /** Absent when none was ever sold here. */
  readonly lastSaleAt?: number;
  /** When it last moved in any way. */
  readonly lastMovedAt?: number;
}

/** What got lost, and what turned up. */
export interface ShrinkageFigures {
  /** What went, as a positive number. */
  readonly lost: number;
  readonly found: number;
  /** `lost` less `found`. */
  readonly shrinkage: number;
  /** `shrinkage` at what the products cost now; one amount for each currency. */
  readonly value: readonly Money[];
  /** Units lost or found of products without a cost: they are not in `value`. */
  readonly uncosted: number;
  readonly movements: number;
}

/** Stock at or below its reorder point. */
export interface LowStockFigures {
  readonly onHand: number;
  readonly available: number;
  readonly incoming: number;
  readonly reorderPoint: number;
  /** How far `available` is below the reorder point. */
  readonly missing: number;
  /** How much to order then, where the threshold says. */
  readonly reorderQuantity?: number;
}

/** What goods are worth. */
export interface ValuationFigures {
  /** In the products' units; below zero where more was sold than there was. */
  readonly quantity: number;
  /** What one unit is worth, wherever it stands, rounded: in a report by product, where all goods are of one and a cost is known. */
  readonly unitCost?: readonly Money[];
  /** One amount for each currency: exact, then rounded once. */
  readonly value: readonly Money[];
  /**
   * Goods nobody knows the cost of: they are in no value. It is known of a product and not of its stores, so at each store it is of all goods of
   * the products that are there.
   */
  readonly unknown: number;
  /** Goods that were sold before they came in: their cost is settled when they come. Of products, as `unknown` is. */
  readonly unsettled: number;
}

/** What goods sold cost, less those that came back. */
export interface CostOfGoodsSoldFigures {
  /** In the products' units. */
  readonly quantity: number;
  /** One amount for each currency: exact, then rounded once. */
  readonly cost: readonly Money[];
  /** Goods nobody knows the cost of, less those whose cost became known in this time. They are in no cost. */
  readonly unknown: number;
  /** Goods that were sold before they came in, less those whose cost was settled in this time. */
  readonly unsettled: number;
}
