/**
 * How many standard deviations from the mean of a normal distribution hold this share of it, half on either side.
 *
 * @see Acklam's rational approximation of the inverse normal distribution; its relative error is below 1.15e-9
 */
export const deviationsFor = (coverage: number): number => quantile((1 + coverage) / 2);

const centre = {
  over: [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1, 2.506628277459239],
  under: [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1],
};
const tail = {
  over: [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783],
  under: [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
};
const tailBegins = 0.97575;

/** Of shares from one half up to less than one. */
function quantile(share: number): number {
  if (share > tailBegins) {
    const q = Math.sqrt(-2 * Math.log(1 - share));
    return -polynomial(tail.over, q) / polynomial(tail.under, q);
  }
  const q = share - 0.5;
  return (q * polynomial(centre.over, q * q)) / polynomial(centre.under, q * q);
}

const polynomial = (coefficients: readonly number[], at: number): number =>
  coefficients.reduce((sum, coefficient) => sum * at + coefficient, 0);
