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

/** How much to order, and why. */
export interface OrderUpTo {
  /** Expected until the order after the next could arrive. */
  readonly demand: number;
  /** Kept against demand above that. */
  readonly safetyStock: number;
  /** `demand + safetyStock`: what the order brings the stock position to. */
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
 * number of `multiple`, not less than `minimum` nor than what is missing.
 *
 * @param position - available and on its way.
 * @see Silver, Pyke and Thomas (2017), Inventory and production management in supply chains, chapter 6, the (R, S) system
 */
export function orderUpTo(
  { points, upper }: ExpectedDemand,
  position: number,
  { minimum, multiple, decimals }: Pick<SupplyTerms, "minimum" | "multiple"> & { readonly decimals: number },
): OrderUpTo {
  const demand = points.reduce((sum, value) => sum + value, 0);
  const safetyStock = Math.sqrt(points.reduce((sum, value, day) => sum + ((upper[day] as number) - value) ** 2, 0));
  const target = demand + safetyStock;
  const missing = target - position;
  if (!(missing > tolerance * Math.max(1, target))) return { demand, safetyStock, target, quantity: 0 };
  const step = Math.round(multiple * 10 ** decimals);
  const wanted = Math.max(missing, minimum) * 10 ** decimals;
  return { demand, safetyStock, target, quantity: fromScaled(Math.ceil(wanted / step - tolerance) * step, decimals) };
}

/** Sums of fractions miss whole numbers by less than this; a case more should not be ordered for it. */
const tolerance = 1e-9;
