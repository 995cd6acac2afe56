/** What a forecast is asked for, beside the history. */
export interface ForecastOptions {
  /** How many periods ahead, 1 or more. */
  readonly horizon: number;
  /** After how many periods a pattern returns: 7 for days with a week in them. 1, which is none, unless said. */
  readonly seasonLength?: number;
  /** The share of the future that shall fall between `lower` and `upper`: from 0 to less than 1, 0.9 unless said. */
  readonly coverage?: number;
  /** What the history is of, for providers that know more about a product, a place or a date than its numbers. */
  readonly subject?: ForecastSubject;
}

/** Whose demand, and on which days. */
export interface ForecastSubject {
  readonly sku: string;
  /** Missing when the demand of all stores was added up. */
  readonly storeId?: string;
  /** The day of the first number of the history, as `YYYY-MM-DD`; the others follow day by day. */
  readonly startsOn: string;
}

/** Demand to come: one number per period in each list, the next period first, none below 0. */
export interface Forecast {
  /** How it was made, such as `ses`: for people who ask why. */
  readonly method: string;
  /** What is expected: the mean, so that periods can be added up. */
  readonly points: readonly number[];
  /** With `upper`, the bounds that hold `coverage` of what may come. Never above `points`. */
  readonly lower: readonly number[];
  /** Never below `points`. */
  readonly upper: readonly number[];
}

/**
 * Looks into the future of one series. It may take its time: a model on another machine is as good as a function.
 *
 * A provider that fails throws; the caller is told `FORECAST_FAILED`. An `InventoryError` is passed on as it is.
 *
 * @example
 * const provider: ForecastProvider = {
 *   name: "prophet",
 *   async forecast(series, { horizon, coverage, subject }) {
 *     const response = await fetch("https://models.example/prophet", {
 *       method: "POST",
 *       body: JSON.stringify({ series, horizon, coverage, subject }),
 *     });
 *     if (!response.ok) throw new Error(`prophet answered ${response.status}`);
 *     return response.json();
 *   },
 * };
 */
export interface ForecastProvider {
  /** A short name for messages and reports. */
  readonly name: string;
  /**
   * Forecasts the periods after `series`.
   *
   * @param series - demand per period, oldest first, each 0 or more and none missing; at least one.
   */
  forecast(series: readonly number[], options: ForecastOptions): Promise<Forecast>;
}

/** How many periods {@link movingAverageForecast} looks back. */
const window = 28;

/**
 * A stub, so that forecasts answer without a model: the mean of the last 28 periods for every period to come, and the
 * deviations from it those periods had as its bounds. It sees no week, no trend and no difference between rare and
 * steady demand. `createForecaster` of `@onhand/forecasting` does.
 */
export const movingAverageForecast: ForecastProvider = {
  name: "moving-average",
  async forecast(series, { horizon, coverage = 0.9 }) {
    const recent = series.slice(-window).sort((a, b) => a - b);
    const mean = recent.reduce((sum, value) => sum + value, 0) / recent.length;
    const at = (share: number): number => recent[Math.round(share * (recent.length - 1))] as number;
    const repeat = (value: number): number[] => Array.from({ length: horizon }, () => value);
    return {
      method: "moving-average",
      points: repeat(mean),
      lower: repeat(Math.min(mean, at((1 - coverage) / 2))),
      upper: repeat(coverage === 0 ? mean : Math.max(mean, at((1 + coverage) / 2))),
    };
  },
};
