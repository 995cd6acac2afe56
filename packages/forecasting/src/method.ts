import type { Forecast } from "@onhand/core";
import { deviationsFor } from "./normal";
import { invalid, requireOptions, requireSeries, type SeriesOptions } from "./series";

/** A method that has gone through a history. */
export interface Run {
  /** For each period what was forecast of it from those before; the first `from` are not forecasts. */
  readonly fitted: readonly number[];
  readonly from: number;
  /** What is expected so many periods ahead; may be below 0, which a forecast may not. */
  readonly point: (ahead: number) => number;
  /** The variance of the error so many periods ahead, given that of one period ahead. */
  readonly variance: (ahead: number, oneAhead: number) => number;
  /** How one period's error is measured: its size, or its share of what was forecast. */
  readonly errors: "absolute" | "relative";
  /** How many numbers were estimated from the history; they are taken off when errors are averaged. */
  readonly estimated: number;
}

/**
 * A way to forecast, in two steps: estimate parameters, then go through a history with them. A backtest estimates once
 * and goes on with what it found, as a shop does between two nights.
 */
export interface Method<Parameters = unknown> {
  readonly name: string;
  /** The fewest periods it can work with. */
  readonly needs: (seasonLength: number) => number;
  readonly fit: (series: readonly number[], seasonLength: number) => Parameters;
  readonly run: (series: readonly number[], parameters: Parameters, seasonLength: number) => Run;
}

/** Forecasts by one method. */
export function forecastBy<Parameters>(method: Method<Parameters>, series: readonly number[], options: SeriesOptions): Forecast {
  requireSeries(series);
  const { horizon, seasonLength, coverage } = requireOptions(options);
  const needed = method.needs(seasonLength);
  if (series.length < needed) throw invalid("series", `must have at least ${needed} periods for ${method.name}`);
  const run = method.run(series, method.fit(series, seasonLength), seasonLength);
  return { method: method.name, ...boundsOf(series, run, { horizon, coverage }) };
}

/** Points and bounds of a run. What is expected below 0 is 0: demand has no less. */
export function boundsOf(
  series: readonly number[],
  run: Run,
  { horizon, coverage }: { readonly horizon: number; readonly coverage: number },
): Pick<Forecast, "points" | "lower" | "upper"> {
  const oneAhead = errorVariance(series, run);
  const deviations = deviationsFor(coverage);
  const points: number[] = [];
  const lower: number[] = [];
  const upper: number[] = [];
  for (let ahead = 1; ahead <= horizon; ahead++) {
    const point = Math.max(0, run.point(ahead));
    const width = deviations * Math.sqrt(Math.max(0, run.variance(ahead, oneAhead)));
    points.push(point);
    lower.push(Math.max(0, point - width));
    upper.push(point + width);
  }
  return { points, lower, upper };
}

/** The mean square of the errors one period ahead; 0 where there was none to measure. */
function errorVariance(series: readonly number[], { fitted, from, errors, estimated }: Run): number {
  const count = series.length - from;
  if (count <= 0) return 0;
  let sum = 0;
  for (let period = from; period < series.length; period++) {
    const expected = fitted[period] as number;
    const error = (series[period] as number) - expected;
    sum += (errors === "relative" ? error / expected : error) ** 2;
  }
  return sum / Math.max(1, count - estimated);
}

/** The mean square error one period ahead, over periods from `from` on: what parameters are chosen by. */
export function squaredError(series: readonly number[], fitted: readonly number[], from: number): number {
  let sum = 0;
  for (let period = from; period < series.length; period++) sum += ((series[period] as number) - (fitted[period] as number)) ** 2;
  return sum / (series.length - from);
}
