import type { Forecast } from "@onhand/core";
import { forecastBy, type Method } from "../method";
import { meanOf, requireWhole, type SeriesOptions } from "../series";

export const naiveMethod: Method<undefined> = {
  name: "naive",
  needs: () => 1,
  fit: () => undefined,
  run: (series) => ({
    fitted: [0, ...series.slice(0, -1)],
    from: 1,
    point: () => series.at(-1) as number,
    variance: (ahead, oneAhead) => oneAhead * ahead,
    errors: "absolute",
    estimated: 0,
  }),
};

/**
 * As it was last: the last period for every period to come. What any other method has to beat.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the history is empty or not demand, or an option out of range.
 * @example
 * const { points } = naive([3, 5, 4], { horizon: 2 }); // [4, 4]
 * @see Hyndman and Athanasopoulos (2021), Forecasting: principles and practice, §5.2 and §5.5, https://otexts.com/fpp3/simple-methods.html
 */
export const naive = (series: readonly number[], options: SeriesOptions): Forecast => forecastBy(naiveMethod, series, options);

export const seasonalNaiveMethod: Method<undefined> = {
  name: "seasonalNaive",
  needs: (seasonLength) => seasonLength,
  fit: () => undefined,
  run: (series, _, seasonLength) => ({
    fitted: series.map((_value, period) => series[period - seasonLength] ?? 0),
    from: seasonLength,
    point: (ahead) => series[series.length - seasonLength + ((ahead - 1) % seasonLength)] as number,
    variance: (ahead, oneAhead) => oneAhead * (Math.floor((ahead - 1) / seasonLength) + 1),
    errors: "absolute",
    estimated: 0,
  }),
};

/**
 * As it was a season ago: last Monday for Monday, with a `seasonLength` of 7.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the history is shorter than a season or not demand, or an option out of range.
 * @example
 * const { points } = seasonalNaive([1, 2, 9, 2, 3, 8], { horizon: 3, seasonLength: 3 }); // [2, 3, 8]
 * @see Hyndman and Athanasopoulos (2021), Forecasting: principles and practice, §5.2 and §5.5, https://otexts.com/fpp3/simple-methods.html
 */
export const seasonalNaive = (series: readonly number[], options: SeriesOptions): Forecast =>
  forecastBy(seasonalNaiveMethod, series, options);

/** A moving average that looks back `window` periods, or all the way. */
export const movingAverageOver = (window = Number.POSITIVE_INFINITY): Method<undefined> => ({
  name: "movingAverage",
  needs: () => 1,
  fit: () => undefined,
  run(series) {
    const fitted: number[] = [];
    let sum = 0;
    for (let period = 0; period < series.length; period++) {
      fitted.push(period === 0 ? 0 : sum / Math.min(period, window));
      sum += (series[period] as number) - (series[period - window] ?? 0);
    }
    const recent = series.slice(-Math.min(window, series.length));
    const mean = meanOf(recent);
    return {
      fitted,
      from: 1,
      point: () => mean,
      variance: (_ahead, oneAhead) => oneAhead * (1 + 1 / recent.length),
      errors: "absolute",
      estimated: 1,
    };
  },
});

/**
 * The mean of the last `window` periods, for every period to come; of the whole history unless said.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the history is empty or not demand, or an option out of range.
 * @example
 * const { points } = movingAverage([3, 5, 4, 6], { horizon: 1, window: 2 }); // [5]
 * @see Hyndman and Athanasopoulos (2021), Forecasting: principles and practice, §5.2, https://otexts.com/fpp3/simple-methods.html
 */
export function movingAverage(series: readonly number[], { window, ...options }: SeriesOptions & { readonly window?: number }): Forecast {
  if (window !== undefined) requireWhole("window", window, Number.MAX_SAFE_INTEGER);
  return forecastBy(movingAverageOver(window), series, options);
}
