import type { Forecast } from "@onhand/core";
import { errorsAt, originsOf } from "./backtest";
import { boundsOf, type Method } from "./method";
import { crostonMethod, sbaMethod } from "./methods/croston";
import { holtWintersMethod } from "./methods/holt-winters";
import { movingAverageOver, naiveMethod, seasonalNaiveMethod } from "./methods/naive";
import { sesMethod } from "./methods/ses";
import { thetaMethod } from "./methods/theta";
import { tsbMethod } from "./methods/tsb";
import { meanOf, requireOptions, requireSeries, type SeriesOptions } from "./series";

interface Candidate {
  readonly method: Method;
  /** A steady method says that demand goes on as it is. The others claim a trend or a season, and have to prove it. */
  readonly steady: boolean;
  readonly fits: (facts: Facts) => boolean;
}

interface Facts {
  readonly gaps: boolean;
  readonly seasonal: boolean;
}

const always = (): boolean => true;
const seasonal = (facts: Facts): boolean => facts.seasonal;
const gaps = (facts: Facts): boolean => facts.gaps;

/** Every method that may be chosen, the simpler first: of equals the first is taken. */
const candidates: readonly Candidate[] = [
  { method: movingAverageOver() as Method, steady: true, fits: always },
  { method: sesMethod() as Method, steady: true, fits: always },
  { method: sbaMethod() as Method, steady: true, fits: gaps },
  { method: tsbMethod() as Method, steady: true, fits: gaps },
  { method: crostonMethod() as Method, steady: false, fits: gaps },
  { method: naiveMethod as Method, steady: false, fits: always },
  { method: thetaMethod as Method, steady: false, fits: always },
  { method: holtWintersMethod({ season: "none" }) as Method, steady: false, fits: (facts) => !facts.seasonal },
  { method: seasonalNaiveMethod as Method, steady: false, fits: seasonal },
  { method: holtWintersMethod() as Method, steady: false, fits: seasonal },
  { method: holtWintersMethod({ season: "multiplicative" }) as Method, steady: false, fits: (facts) => facts.seasonal && !facts.gaps },
];

/** How many standard errors a trend or a season must be better by: luck gives one easily, two rarely. */
const proof = 2;

/** How well one method did in the backtest. */
export interface Score {
  readonly method: string;
  /** The root of the mean squared error over all origins and periods ahead, in units of the series. */
  readonly rmse: number;
}

/** A forecast by the method that did best, and how all did. */
export interface Choice extends Forecast {
  /** Best first. Empty when the history was too short to try anything. */
  readonly scores: readonly Score[];
}

/**
 * Forecasts by the method that would have done best on this very series.
 *
 * Up to 24 times the series is cut in its second half, forecast from there and compared with what came (rolling-origin
 * backtest, squared errors: what is expected is a mean). The best of the methods that take demand to go on as it is
 * (moving average, SES, SBA, TSB) is taken, unless one that claims more (Croston's rate, a walk, a trend, a season)
 * beats it by two standard errors. A history of fewer than 8 periods gets its mean: nothing can be told from less.
 *
 * Takes milliseconds for a year of days. The same history always gets the same answer.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the history is empty or not demand, or an option out of range.
 * @example
 * const { method, points, scores } = choose([0, 2, 0, 0, 3, 0, 1, 0, 0, 2, 0, 4], { horizon: 3 });
 * @see Tashman (2000), Out-of-sample tests of forecasting accuracy, doi 10.1016/S0169-2070(00)00065-0
 */
export function choose(series: readonly number[], options: SeriesOptions): Choice {
  requireSeries(series);
  const { horizon, seasonLength, coverage } = requireOptions(options);
  const { method, scores } = pick(series, seasonLength, horizon);
  const run = method.run(series, method.fit(series, seasonLength), seasonLength);
  return { method: method.name, ...boundsOf(series, run, { horizon, coverage }), scores };
}

const fewest = 8;

function pick(series: readonly number[], seasonLength: number, horizon: number): { method: Method; scores: readonly Score[] } {
  const simplest = (candidates[0] as Candidate).method;
  if (series.length < fewest) return { method: simplest, scores: [] };
  const origins = originsOf(series.length, horizon);
  const first = origins.known[0] as number;
  // What is judged has seen the past only, and so has the question whether there are gaps in it.
  const past = series.slice(0, first);
  const facts = { gaps: past.includes(0), seasonal: seasonLength > 1 && first >= 2 * seasonLength };
  const tried = candidates
    .filter(({ method, fits }) => fits(facts) && first >= method.needs(seasonLength))
    .map(({ method, steady }) => {
      const errors = errorsAt(method, series, seasonLength, origins);
      return { method, steady, errors, mean: meanOf(errors) };
    });
  const best = (of: typeof tried) => of.reduce((least, each) => (each.mean < least.mean ? each : least));
  const steady = best(tried.filter((each) => each.steady));
  const proven = tried.filter((each) => !each.steady && isProven(each.errors, steady.errors));
  const scores = tried.map(({ method, mean }) => ({ method: method.name, rmse: Math.sqrt(mean) })).sort((a, b) => a.rmse - b.rmse);
  return { method: best([steady, ...proven]).method, scores };
}

/** Whether errors are smaller by more than luck: their paired differences against their standard error. */
function isProven(errors: readonly number[], others: readonly number[]): boolean {
  const gains = others.map((other, index) => other - (errors[index] as number));
  const gain = meanOf(gains);
  const spread = Math.sqrt(meanOf(gains.map((each) => (each - gain) ** 2)) / (gains.length - 1));
  return gains.length > 1 && gain > proof * spread;
}
