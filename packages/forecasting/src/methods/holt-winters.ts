import type { Forecast } from "@onhand/core";
import { forecastBy, type Method, type Run } from "../method";
import { type Bounds, lowestOf, minimize } from "../minimize";
import { invalid, requireSeries, requireShare, type SeriesOptions } from "../series";
import { type HoltWintersStart, startOf } from "./holt-winters-start";

/** How the season acts on the level. */
export type Season = "additive" | "multiplicative" | "none";

/** The smoothing shares, each from 0 to 1: the textbook's β* and γ*, as parts of what is left of the error. */
interface Shares {
  readonly alpha: number;
  /** Of `alpha`, what the trend follows by. */
  readonly trend: number;
  /** Of `1 - alpha`, what the season follows by. */
  readonly season: number;
  /** What remains of the trend from one period to the next. */
  readonly phi: number;
}

export interface HoltWintersParameters extends Shares {
  readonly start: HoltWintersStart;
}

/** R's `forecast` bounds the damping so, because less damping can't be told from none and more leaves no trend. */
const damping: Bounds = [0.8, 0.98];
const share: Bounds = [1e-4, 0.9999];

interface State {
  level: number;
  trend: number;
  /** By place in the season; a single neutral one where there is none. */
  readonly season: number[];
}

const seasonActs = {
  additive: (level: number, season: number) => level + season,
  multiplicative: (level: number, season: number) => level * season,
  none: (level: number) => level,
} as const satisfies Record<Season, (level: number, season: number) => number>;

/** Goes through the series in the error-correction form and tells what was expected of each period. */
function follow(series: readonly number[], kind: Season, { alpha, trend: beta, season: gamma, phi, start }: HoltWintersParameters) {
  const state: State = { level: start.level, trend: start.trend, season: [...start.season] };
  const places = state.season.length;
  const fitted = new Array<number>(series.length);
  for (let period = 0; period < series.length; period++) {
    const place = period % places;
    const season = state.season[place] as number;
    const level = state.level + phi * state.trend;
    const expected = seasonActs[kind](level, season);
    fitted[period] = expected;
    const error = (series[period] as number) - expected;
    const onLevel = kind === "multiplicative" ? error / season : error;
    state.level = level + alpha * onLevel;
    state.trend = phi * state.trend + alpha * beta * onLevel;
    if (kind === "additive") state.season[place] = season + gamma * (1 - alpha) * error;
    if (kind === "multiplicative") state.season[place] = season + (gamma * (1 - alpha) * error) / level;
  }
  return { fitted, state };
}

function squares(series: readonly number[], fitted: readonly number[], kind: Season): number {
  let sum = 0;
  for (let period = 0; period < series.length; period++) {
    const expected = fitted[period] as number;
    const error = (series[period] as number) - expected;
    // A multiplicative model whose level has gone below nothing is none; the search must turn back.
    if (kind === "multiplicative" && !(expected > 0)) return Number.POSITIVE_INFINITY;
    sum += (kind === "multiplicative" ? error / expected : error) ** 2;
  }
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum;
}

/** The options of the method itself. */
export interface HoltWintersShape {
  /** How the season acts: `additive` unless said, `none` where `seasonLength` is 1. `multiplicative` needs demand in every period. */
  readonly season?: Season;
  /** Whether the trend fades, as it does unless said: straight lines overshoot. */
  readonly damped?: boolean;
  /** The share of each error that the level follows by; that with the least squared error unless given. */
  readonly alpha?: number;
}

export function holtWintersMethod({
  season: wanted = "additive",
  damped = true,
  alpha: given,
}: HoltWintersShape = {}): Method<HoltWintersParameters> {
  const kindFor = (seasonLength: number): Season => (seasonLength === 1 ? "none" : wanted);
  return {
    name: wanted === "multiplicative" ? "holtWintersMultiplicative" : "holtWinters",
    needs: (seasonLength) => (kindFor(seasonLength) === "none" ? 5 : Math.max(5, 2 * seasonLength)),
    fit(series, seasonLength) {
      const kind = kindFor(seasonLength);
      const start = startOf(series, seasonLength, kind);
      const toParameters = ([alpha, trend, season, phi]: readonly number[]) =>
        ({ alpha, trend, season, phi, start }) as HoltWintersParameters;
      const cost = (values: readonly number[]) => squares(series, follow(series, kind, toParameters(values)).fitted, kind);
      const phi = damped ? 0.95 : 1;
      const near = lowestOf(
        [0.05, 0.2, 0.5].flatMap((alpha) => [0.05, 0.3].map((season) => [given ?? alpha, 0.1, season, phi])),
        cost,
      );
      const fixed = (value: number): Bounds => [value, value];
      const bounds = [
        given === undefined ? share : fixed(given),
        share,
        kind === "none" ? fixed(near[2] as number) : share,
        damped ? damping : fixed(1),
      ];
      return toParameters(minimize(cost, near, { bounds, step: 0.1, tolerance: 0.004 }));
    },
    run(series, parameters, seasonLength): Run {
      const kind = kindFor(seasonLength);
      const { fitted, state } = follow(series, kind, parameters);
      return {
        fitted,
        from: 0,
        point: (ahead) => pointOf(kind, state, parameters.phi, series.length, ahead),
        variance: varianceOf(kind, state, parameters, series.length),
        errors: kind === "multiplicative" ? "relative" : "absolute",
        estimated: (damped ? 5 : 4) + (kind === "none" ? 0 : seasonLength),
      };
    },
  };
}

/** φ + φ² + … + φⁿ: how far a damped trend carries. */
const carried = (phi: number, periods: number): number => (phi === 1 ? periods : (phi * (1 - phi ** periods)) / (1 - phi));

const levelAhead = ({ level, trend }: State, phi: number, ahead: number): number => level + carried(phi, ahead) * trend;

const pointOf = (kind: Season, state: State, phi: number, length: number, ahead: number): number =>
  seasonActs[kind](levelAhead(state, phi, ahead), state.season[(length + ahead - 1) % state.season.length] as number);

/**
 * How the error's variance grows with the distance: exact for an additive season (class 1), the approximation for small
 * errors for a multiplicative one (class 3).
 *
 * @see Hyndman, Koehler, Ord and Snyder (2008), Forecasting with exponential smoothing, §6.2 and §6.4, doi 10.1007/978-3-540-71918-2
 */
function varianceOf(kind: Season, state: State, { alpha, trend, season, phi }: Shares, length: number): Run["variance"] {
  const places = state.season.length;
  const beta = alpha * trend;
  const gamma = season * (1 - alpha);
  const onLevel = (distance: number): number => alpha + beta * carried(phi, distance);
  if (kind !== "multiplicative") {
    const sums = [1];
    return (ahead, oneAhead) => {
      for (let distance = sums.length; distance < ahead; distance++) {
        const onSeason = kind === "additive" && distance % places === 0 ? gamma : 0;
        sums.push((sums[distance - 1] as number) + (onLevel(distance) + onSeason) ** 2);
      }
      return oneAhead * (sums[ahead - 1] as number);
    };
  }
  const squared: number[] = [];
  return (ahead, oneAhead) => {
    for (let step = squared.length + 1; step <= ahead; step++) {
      let sum = levelAhead(state, phi, step) ** 2;
      for (let distance = 1; distance < step; distance++)
        sum += oneAhead * onLevel(distance) ** 2 * (squared[step - distance - 1] as number);
      squared.push(sum);
    }
    const seasons = Math.floor((ahead - 1) / places);
    const expected = levelAhead(state, phi, ahead) ** 2;
    const factor = state.season[(length + ahead - 1) % places] as number;
    return factor ** 2 * ((1 + oneAhead) * (1 + gamma ** 2 * oneAhead) ** seasons * (squared[ahead - 1] as number) - expected);
  };
}

/**
 * Holt-Winters: a level, a trend that fades, and a season, each smoothed. With a `seasonLength` of 1 it is Holt's method.
 *
 * The shares are those with the least squared error; the first states come from the first two seasons.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the history has fewer than two seasons (or 5 periods), is not demand,
 * or has a period without demand and the season shall be multiplicative; or an option is out of range.
 * @example
 * const { points } = holtWinters([9, 5, 6, 14, 10, 6, 7, 15, 11, 7, 8, 16], { horizon: 4, seasonLength: 4 });
 * @see Hyndman and Athanasopoulos (2021), Forecasting: principles and practice, §8.2 and §8.3, https://otexts.com/fpp3/holt-winters.html
 */
export function holtWinters(series: readonly number[], { season, damped, alpha, ...options }: SeriesOptions & HoltWintersShape): Forecast {
  requireShare("alpha", alpha);
  requireSeries(series);
  const gap = season === "multiplicative" ? series.indexOf(0) : -1;
  if (gap >= 0) throw invalid(`series.${gap}`, "must be more than 0 for a multiplicative season");
  const shape = { ...(season && { season }), ...(damped !== undefined && { damped }), ...(alpha !== undefined && { alpha }) };
  return forecastBy(holtWintersMethod(shape), series, options);
}
