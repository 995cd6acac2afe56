import type { Forecast } from "@onhand/core";
import { forecastBy, type Method } from "../method";
import { lowestOf, minimize } from "../minimize";
import { requireShare, type SeriesOptions } from "../series";

export interface SesParameters {
  readonly alpha: number;
  /** The level before the first period. */
  readonly level: number;
}

/** What `alpha` may be when it is estimated, as in R's `forecast`. */
const bounds = [[1e-4, 0.9999]] as const;
const grid = [1e-4, ...Array.from({ length: 19 }, (_, index) => (index + 1) / 20), 0.9999];

/** The level that fits best before the first period, for an `alpha`; and how well. */
function startFor(series: readonly number[], alpha: number): { readonly level: number; readonly cost: number } {
  // Every error is linear in the first level, y - known - share × level, so the best one is a regression away.
  let known = 0;
  let share = 1;
  let squares = 0;
  let product = 0;
  let weight = 0;
  for (const value of series) {
    const rest = value - known;
    squares += rest * rest;
    product += rest * share;
    weight += share * share;
    known += alpha * rest;
    share *= 1 - alpha;
  }
  const level = product / weight;
  // What is left of a perfect fit is a rounding error of either sign.
  return { level, cost: Math.max(0, squares - level * product) };
}

export function fitSes(series: readonly number[], given?: number): SesParameters {
  const cost = (alpha: number) => startFor(series, alpha).cost;
  const near = given ?? lowestOf(grid, cost);
  const [alpha] =
    given === undefined ? minimize(([value]) => cost(value as number), [near], { bounds, step: 0.025, tolerance: 1e-6 }) : [given];
  return { alpha: alpha as number, level: startFor(series, alpha as number).level };
}

export const sesMethod = (alpha?: number): Method<SesParameters> => ({
  name: "ses",
  needs: () => 1,
  fit: (series) => fitSes(series, alpha),
  run(series, parameters) {
    let { level } = parameters;
    const fitted = series.map((value) => {
      const expected = level;
      level += parameters.alpha * (value - level);
      return expected;
    });
    return {
      fitted,
      from: 0,
      point: () => level,
      variance: (ahead, oneAhead) => oneAhead * (1 + (ahead - 1) * parameters.alpha ** 2),
      errors: "absolute",
      estimated: 2,
    };
  },
});

/**
 * Simple exponential smoothing: a level that follows demand by the share `alpha` of each error. `alpha` and the first
 * level are those with the least squared error, unless `alpha` is given.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the history is empty or not demand, or an option out of range.
 * @example
 * const { points, lower, upper } = ses([12, 9, 11, 14, 10], { horizon: 7, coverage: 0.95 });
 * @see Hyndman and Athanasopoulos (2021), Forecasting: principles and practice, §8.1 and §8.7, https://otexts.com/fpp3/ses.html
 */
export function ses(series: readonly number[], { alpha, ...options }: SeriesOptions & { readonly alpha?: number }): Forecast {
  requireShare("alpha", alpha);
  return forecastBy(sesMethod(alpha), series, options);
}
