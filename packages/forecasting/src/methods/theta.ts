import type { Forecast } from "@onhand/core";
import { forecastBy, type Method } from "../method";
import { decompose, isSeasonal } from "../seasonality";
import type { SeriesOptions } from "../series";
import { fitSes, type SesParameters, sesMethod } from "./ses";

interface ThetaParameters extends SesParameters {
  /** What the level moves by each period: half the slope of the regression line. */
  readonly drift: number;
  /** What each place in the season is multiplied by. */
  readonly factors: readonly number[];
}

const smoothing = sesMethod();

export const thetaMethod: Method<ThetaParameters> = {
  name: "theta",
  needs: () => 3,
  fit(series, seasonLength) {
    const factors = isSeasonal(series, seasonLength) ? decompose(series, seasonLength, "multiplicative") : undefined;
    // Dividing by a factor of nothing says nothing; without a season the method still works.
    const usable = factors?.every((factor) => factor > 1e-10) ? factors : [1];
    const adjusted = adjust(series, usable);
    return { ...fitSes(adjusted), drift: slopeOf(adjusted) / 2, factors: usable };
  },
  run(series, parameters) {
    const { alpha, drift, factors } = parameters;
    const factor = (period: number): number => factors[period % factors.length] as number;
    const inner = smoothing.run(adjust(series, factors), parameters, 1);
    // How far the level lags behind a line that grows by one each period.
    const lag = (periods: number): number => (1 - (1 - alpha) ** periods) / alpha;
    return {
      fitted: inner.fitted.map((level, period) => (level + drift * lag(period)) * factor(period)),
      from: 0,
      point: (ahead) => (inner.point(ahead) + drift * (ahead - 1 + lag(series.length))) * factor(series.length + ahead - 1),
      variance: inner.variance,
      errors: "absolute",
      estimated: 3,
    };
  },
};

const adjust = (series: readonly number[], factors: readonly number[]): readonly number[] =>
  series.map((value, period) => value / (factors[period % factors.length] as number));

/** The slope of the least-squares line through the series. */
export function slopeOf(series: readonly number[]): number {
  const middle = (series.length - 1) / 2;
  let products = 0;
  let squares = 0;
  series.forEach((value, period) => {
    products += (period - middle) * value;
    squares += (period - middle) ** 2;
  });
  return squares === 0 ? 0 : products / squares;
}

/**
 * The Theta method: simple exponential smoothing that drifts by half the slope of the history. Where the season shows in
 * the autocorrelation, the series is seasonally adjusted first and the forecast is put back into season.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the history has fewer than 3 periods or is not demand, or an option out of range.
 * @example
 * const { points } = theta([10, 12, 13, 15, 16, 18], { horizon: 3 });
 * @see Assimakopoulos and Nikolopoulos (2000), doi 10.1016/S0169-2070(00)00066-2; Hyndman and Billah (2003), doi 10.1016/S0169-2070(01)00143-1
 */
export const theta = (series: readonly number[], options: SeriesOptions): Forecast => forecastBy(thetaMethod, series, options);
