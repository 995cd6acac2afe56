/** The most decimals a product may have; a millionth of a unit. */
export const maximumDecimals = 6;

/**
 * A quantity in the product's unit as a safe integer scaled by `decimals`; undefined when it has more decimals than
 * that or would not be exact.
 *
 * Exact: the result is accepted only if dividing it back gives the very same number.
 */
export function toScaled(quantity: number, decimals: number): number | undefined {
  const factor = 10 ** decimals;
  // Adding 0 makes minus zero zero, which is what it reads back as.
  const scaled = Math.round(quantity * factor) + 0;
  return Number.isSafeInteger(scaled) && scaled / factor === quantity ? scaled : undefined;
}

/** A scaled integer as a number in the product's unit. */
export const fromScaled = (scaled: number, decimals: number): number => (decimals === 0 ? scaled : scaled / 10 ** decimals);
