import { fromScaled } from "../shared/quantity";

/** On what terms a product is had. */
export interface SupplyTerms {
  /** Days from the order until the goods are on the shelf. */
  readonly leadTimeDays: number;
  /** Days until the next occasion to order. */
  readonly reviewDays: number;
  /** The share of such periods that shall pass without running out: from 0.5 to 0.9999. */
  readonly serviceLevel: number;
  /** The least that is ordered at all, in the product's unit. */
  readonly minimum: number;
  /** What an order is a multiple of, in the product's unit, such as a case of 12. */
  readonly multiple: number;
}

/** What is expected to be sold of a product, day by day, and how far it may go. */
export interface ExpectedDemand {
  readonly points: readonly number[];
  /** With a chance of `serviceLevel`, a day's demand stays below it. */
  readonly upper: readonly number[];
}

/** Where stock shall stay, as thresholds say. In the product's unit. */
export interface StockBounds {
  /** Available and on its way at or below it, something is ordered whatever is expected. */
  readonly reorderPoint?: number | undefined;
  /** How much then, at least. */
  readonly reorderQuantity?: number | undefined;
  /** The least that is kept against demand above what is expected. */
  readonly safetyStock?: number | undefined;
  /** No order brings the stock position above it. */
  readonly maximum?: number | undefined;
}

/** How an order may be made up. */
export interface Orderable extends Pick<SupplyTerms, "minimum" | "multiple"> {
  readonly decimals: number;
}

/** How much to order, and why. */
export interface OrderUpTo {
  /** Expected until the order after the next could arrive. */
  readonly demand: number;
  /** Kept against demand above that. */
  readonly safetyStock: number;
  /** `demand + safetyStock`: what the order brings the stock position to, or as near as may be. */
  readonly target: number;
  /** 0 when nothing need be ordered. */
  readonly quantity: number;
}

/** The days an order has to last for: until the one after it could arrive. */
export const protectedDays = (terms: Pick<SupplyTerms, "leadTimeDays" | "reviewDays">): number => terms.leadTimeDays + terms.reviewDays;

/**
 * The periodic-review, order-up-to rule: bring what is available and on its way up to the demand of lead time and review
 * period, and safety stock.
 *
 * Errors of different days are taken to be independent, so their widths add up as squares do. What is ordered is a whole
 * number of `multiple`, not less than `minimum` nor than what is missing. Bounds go before the forecast: at the reorder point an
 * order is due, and where not even the least that can be ordered stays within the maximum, nothing is.
 *
 * @param position - available and on its way.
 * @see Silver, Pyke and Thomas (2017), Inventory and production management in supply chains, chapter 6, the (R, S) system
 */
export function orderUpTo({ points, upper }: ExpectedDemand, position: number, orderable: Orderable, bounds: StockBounds = {}): OrderUpTo {
  const demand = points.reduce((sum, value) => sum + value, 0);
  const width = Math.sqrt(points.reduce((sum, value, day) => sum + ((upper[day] as number) - value) ** 2, 0));
  const safetyStock = Math.max(width, bounds.safetyStock ?? 0);
  const target = demand + safetyStock;
  const missing = Math.max(target - position, dueAt(bounds, position, orderable));
  if (!(missing > tolerance * Math.max(1, target))) return { demand, safetyStock, target, quantity: 0 };
  return { demand, safetyStock, target, quantity: wholeOrder(missing, (bounds.maximum ?? Number.POSITIVE_INFINITY) - position, orderable) };
}

/** What has to be ordered at the reorder point, at least: enough to be above it again. */
function dueAt({ reorderPoint, reorderQuantity = 0 }: StockBounds, position: number, { decimals }: Orderable): number {
  if (reorderPoint === undefined || position > reorderPoint) return 0;
  return Math.max(reorderQuantity, reorderPoint - position + 10 ** -decimals);
}

/** What can be ordered so that nothing is missing; less where there is not so much room, and nothing where that is not enough for an order. */
function wholeOrder(missing: number, room: number, { minimum, multiple, decimals }: Orderable): number {
  const step = Math.round(multiple * 10 ** decimals);
  const least = Math.ceil((minimum * 10 ** decimals) / step - tolerance) * step;
  const wanted = Math.max(least, Math.ceil((missing * 10 ** decimals) / step - tolerance) * step);
  const most = Math.floor((room * 10 ** decimals) / step + tolerance) * step;
  const quantity = Math.min(wanted, most);
  return quantity < Math.max(least, step) ? 0 : fromScaled(quantity, decimals);
}

/** Sums of fractions miss whole numbers by less than this; a case more should not be ordered for it. */
const tolerance = 1e-9;
