import type { Row } from "../shared/rows";

/** Money inside costing: whole millionths of a minor unit, exact. Rounded to minor units once, where somebody reads it. */
export type Amount = bigint;

const millionthsPerUnit = 1_000_000n;

/** How a row keeps an amount: minor units rounded down, and the millionths above them. Both can be summed where the data is. */
export interface AmountColumns extends Row {
  readonly value: number;
  readonly millionths: number;
}

export const amountOf = ({ value, millionths }: Pick<AmountColumns, "value" | "millionths">): Amount =>
  BigInt(value) * millionthsPerUnit + BigInt(millionths);

export function toColumns(amount: Amount): Pick<AmountColumns, "value" | "millionths"> {
  const value = divide(amount, millionthsPerUnit);
  return { value: Number(value), millionths: Number(amount - value * millionthsPerUnit) };
}

/** Whether a row can keep it exactly. */
export const isSafe = (amount: Amount): boolean => {
  const { value } = toColumns(amount);
  return value > Number.MIN_SAFE_INTEGER && value < Number.MAX_SAFE_INTEGER;
};

/** A whole number of minor units. */
export const minorUnits = (amount: number): Amount => BigInt(amount) * millionthsPerUnit;

/** An amount in minor units, halves up. */
export const rounded = (amount: Amount): number => Number(divide(amount * 2n + millionthsPerUnit, millionthsPerUnit * 2n));

/** What `part` of `whole` is worth, to the nearest millionth. What is not in it stays with the rest, so nothing is lost by sharing. */
export const share = (amount: Amount, part: number, whole: number): Amount =>
  part === whole ? amount : divide(amount * BigInt(part) * 2n + BigInt(whole), BigInt(whole) * 2n);

/** What a scaled quantity costs at a price for one unit of the product. Exact for prices in whole minor units, since no product has more decimals than a millionth. */
export const costOf = (quantity: number, decimals: number, unit: Amount): Amount => share(unit * BigInt(quantity), 1, 10 ** decimals);

/** What one unit of the product costs where a scaled quantity costs so much. */
export const unitCostOf = (amount: Amount, quantity: number, decimals: number): Amount =>
  share(amount * BigInt(10 ** decimals), 1, quantity);

/** Divides downwards, below zero too. `by` is more than 0. */
function divide(amount: bigint, by: bigint): bigint {
  const quotient = amount / by;
  return amount % by < 0n ? quotient - 1n : quotient;
}
