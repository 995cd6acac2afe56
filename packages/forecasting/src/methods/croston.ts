import type { Forecast } from "@onhand/core";
import { forecastBy, type Method, squaredError } from "../method";
import { lowestOf } from "../minimize";
import { meanOf, requireShare, type SeriesOptions } from "../series";

export interface CrostonParameters {
  readonly alpha: number;
  /** The size of a demand, when there is one, before the first period. */
  readonly size: number;
  /** The periods from one demand to the next, before the first period. */
  readonly interval: number;
}

/** Beyond 0.3 a single late demand would say more than all before it; the literature stays between 0.05 and 0.2. */
const alphas = Array.from({ length: 30 }, (_, index) => (index + 1) / 100);

type Correction = (alpha: number) => number;

function fittedOf(series: readonly number[], { alpha, size: first, interval: before }: CrostonParameters, correction: Correction) {
  const factor = correction(alpha);
  let size = first;
  let interval = before;
  let since = 0;
  const fitted = series.map((value) => {
    const expected = (factor * size) / interval;
    since++;
    if (value > 0) {
      size += alpha * (value - size);
      interval += alpha * (since - interval);
      since = 0;
    }
    return expected;
  });
  return { fitted, rate: (factor * size) / interval };
}

function crostonBy(name: string, correction: Correction, given?: number): Method<CrostonParameters> {
  return {
    name,
    needs: () => 1,
    fit(series) {
      const sizes = series.filter((value) => value > 0);
      // Without a demand there is no size; an interval of one keeps the rate at nothing until there is.
      const start = sizes.length === 0 ? { size: 0, interval: 1 } : { size: meanOf(sizes), interval: series.length / sizes.length };
      const candidates = (given === undefined ? alphas : [given]).map((alpha) => ({ alpha, ...start }));
      return lowestOf(candidates, (candidate) => squaredError(series, fittedOf(series, candidate, correction).fitted, 0));
    },
    run(series, parameters) {
      const { fitted, rate } = fittedOf(series, parameters, correction);
      // The method has no model of its errors, so they are taken to be as large in every period to come.
      return { fitted, from: 0, point: () => rate, variance: (_ahead, oneAhead) => oneAhead, errors: "absolute", estimated: 3 };
    },
  };
}

export const crostonMethod = (alpha?: number): Method<CrostonParameters> => crostonBy("croston", () => 1, alpha);
export const sbaMethod = (alpha?: number): Method<CrostonParameters> => crostonBy("sba", (value) => 1 - value / 2, alpha);

/** What {@link croston} and {@link sba} take. */
export interface CrostonOptions extends SeriesOptions {
  /** The share of each error that size and interval follow by; that with the least squared error unless given. */
  readonly alpha?: number;
}

/**
 * Croston's method for demand with gaps: smooths how much is asked for and how many periods lie between, each on its
 * own and only when there is demand. The forecast is their ratio, a rate per period; it is known to be a little high.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the history is empty or not demand, or an option out of range.
 * @example
 * const { points } = croston([0, 2, 0, 0, 3, 0, 1], { horizon: 1, alpha: 0.1 });
 * @see Croston (1972), Forecasting and stock control for intermittent demands, doi 10.2307/3007885
 */
export function croston(series: readonly number[], { alpha, ...options }: CrostonOptions): Forecast {
  requireShare("alpha", alpha);
  return forecastBy(crostonMethod(alpha), series, options);
}

/**
 * The Syntetos-Boylan approximation: {@link croston} times `1 - alpha / 2`, which takes off what Croston's ratio is too high by.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the history is empty or not demand, or an option out of range.
 * @example
 * const { points } = sba([0, 2, 0, 0, 3, 0, 1], { horizon: 1, alpha: 0.1 });
 * @see Syntetos and Boylan (2005), The accuracy of intermittent demand estimates, doi 10.1016/j.ijforecast.2004.10.001
 */
export function sba(series: readonly number[], { alpha, ...options }: CrostonOptions): Forecast {
  requireShare("alpha", alpha);
  return forecastBy(sbaMethod(alpha), series, options);
}
