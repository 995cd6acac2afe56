import type { Forecast } from "@onhand/core";
import { forecastBy, type Method, squaredError } from "../method";
import { lowestOf } from "../minimize";
import { meanOf, requireShare, type SeriesOptions } from "../series";

export interface TsbParameters {
  /** The share of each error that the size follows by. */
  readonly alpha: number;
  /** The share of each error that the probability follows by. */
  readonly beta: number;
  readonly size: number;
  readonly probability: number;
}

const shares = [0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3];

function fittedOf(series: readonly number[], { alpha, beta, size: first, probability: before }: TsbParameters) {
  let size = first;
  let probability = before;
  const fitted = series.map((value) => {
    const expected = size * probability;
    if (value > 0) size += alpha * (value - size);
    probability += beta * ((value > 0 ? 1 : 0) - probability);
    return expected;
  });
  return { fitted, rate: size * probability };
}

export const tsbMethod = (given: { readonly alpha?: number; readonly beta?: number } = {}): Method<TsbParameters> => ({
  name: "tsb",
  needs: () => 1,
  fit(series) {
    const sizes = series.filter((value) => value > 0);
    const start = { size: sizes.length === 0 ? 0 : meanOf(sizes), probability: sizes.length / series.length };
    const alphas = given.alpha === undefined ? shares : [given.alpha];
    const betas = given.beta === undefined ? shares : [given.beta];
    const candidates = alphas.flatMap((alpha) => betas.map((beta) => ({ alpha, beta, ...start })));
    return lowestOf(candidates, (candidate) => squaredError(series, fittedOf(series, candidate).fitted, 0));
  },
  run(series, parameters) {
    const { fitted, rate } = fittedOf(series, parameters);
    // The method has no model of its errors, so they are taken to be as large in every period to come.
    return { fitted, from: 0, point: () => rate, variance: (_ahead, oneAhead) => oneAhead, errors: "absolute", estimated: 4 };
  },
});

/** What {@link tsb} takes. */
export interface TsbOptions extends SeriesOptions {
  /** The share of each error that the size of a demand follows by; that with the least squared error unless given. */
  readonly alpha?: number;
  /** The share of each error that the probability of a demand follows by; that with the least squared error unless given. */
  readonly beta?: number;
}

/**
 * The method of Teunter, Syntetos and Babai for demand with gaps: smooths the size of a demand and the probability that
 * there is one. The probability falls with every period without demand, so what nobody asks for any more fades out.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the history is empty or not demand, or an option out of range.
 * @example
 * const { points } = tsb([0, 2, 0, 0, 3, 0, 0], { horizon: 1, alpha: 0.1, beta: 0.05 });
 * @see Teunter, Syntetos and Babai (2011), Intermittent demand: linking forecasting to inventory obsolescence, doi 10.1016/j.ejor.2011.05.018
 */
export function tsb(series: readonly number[], { alpha, beta, ...options }: TsbOptions): Forecast {
  requireShare("alpha", alpha);
  requireShare("beta", beta);
  return forecastBy(tsbMethod({ ...(alpha !== undefined && { alpha }), ...(beta !== undefined && { beta }) }), series, options);
}
