import { invalid, meanOf, requireSeries } from "./series";

/** A forecast beside what came, and the history it was made from, which gives the scale. */
export interface Outcome {
  /** The history the forecast was made from. */
  readonly history: readonly number[];
  /** What came. */
  readonly actual: readonly number[];
  /** What had been forecast of it, period by period. */
  readonly points: readonly number[];
  /** The season of the scale; 1, the step from one period to the next, unless said. */
  readonly seasonLength?: number;
}

/** The mean of a function of the differences between periods that lie one season apart. */
function scaleOf(history: readonly number[], seasonLength: number, of: (difference: number) => number): number {
  if (history.length <= seasonLength) throw invalid("history", `must have more than ${seasonLength} periods`);
  return meanOf(history.slice(seasonLength).map((value, index) => of(value - (history[index] as number))));
}

function errorsOf({ history, actual, points }: Outcome): number[] {
  requireSeries(history, "history");
  requireSeries(actual, "actual");
  if (points.length !== actual.length) throw invalid("points", `must be as many as actual, ${actual.length}`);
  return actual.map((value, index) => value - (points[index] as number));
}

/** A scale of nothing makes a ratio that says nothing. */
const ratio = (above: number, below: number): number | undefined => (below === 0 ? undefined : above / below);

/**
 * The mean absolute error in units of that of the (seasonal) naive forecast within the history: below 1 is better.
 *
 * The forecast with the least absolute error is the median, which of rare demand is 0. So where demand has gaps a good
 * MASE may mean a forecast of nothing: read {@link rmsse} and {@link bias} beside it.
 *
 * @returns undefined where the history never changes, so that there is no scale.
 * @throws {@link InventoryError} `INVALID_INPUT` when the history is no longer than a season, or the lists don't match.
 * @example
 * const error = mase({ history: [3, 5, 4, 6], actual: [5, 7], points: [5, 5] }); // 0.6
 * @see Hyndman and Koehler (2006), Another look at measures of forecast accuracy, doi 10.1016/j.ijforecast.2006.03.001
 */
export const mase = (outcome: Outcome): number | undefined =>
  ratio(meanOf(errorsOf(outcome).map(Math.abs)), scaleOf(outcome.history, outcome.seasonLength ?? 1, Math.abs));

/**
 * The root mean squared error in units of that of the (seasonal) naive forecast within the history: below 1 is better.
 * The forecast with the least squared error is the mean, which is what stock is planned by.
 *
 * @returns undefined where the history never changes, so that there is no scale.
 * @throws {@link InventoryError} `INVALID_INPUT` when the history is no longer than a season, or the lists don't match.
 * @example
 * const error = rmsse({ history: [3, 5, 4, 6], actual: [5, 7], points: [5, 5] });
 * @see Hyndman and Koehler (2006), doi 10.1016/j.ijforecast.2006.03.001; Makridakis, Spiliotis and Assimakopoulos (2022), The M5 competition, doi 10.1016/j.ijforecast.2021.07.007
 */
export function rmsse(outcome: Outcome): number | undefined {
  const square = (value: number): number => value ** 2;
  const squared = ratio(meanOf(errorsOf(outcome).map(square)), scaleOf(outcome.history, outcome.seasonLength ?? 1, square));
  return squared === undefined ? undefined : Math.sqrt(squared);
}

/**
 * The mean error in units of the mean of the history: above 0 came more than was forecast, below 0 less.
 *
 * @returns undefined where the history has no demand, so that there is no scale.
 * @throws {@link InventoryError} `INVALID_INPUT` when the lists don't match or are not demand.
 * @example
 * const error = bias({ history: [3, 5, 4, 6], actual: [5, 7], points: [5, 5] }); // 1 / 4.5
 * @see Petropoulos and Kourentzes (2015), Forecast combinations for intermittent demand, doi 10.1057/jors.2014.62 (scaled mean error)
 */
export const bias = (outcome: Outcome): number | undefined => ratio(meanOf(errorsOf(outcome)), meanOf(outcome.history));
