import type { Method } from "./method";

/** How a series is cut into past and future, again and again. */
export interface Origins {
  /** So many periods are known at each origin, ascending. The first is where parameters are estimated. */
  readonly known: readonly number[];
  /** So many periods are forecast from each. */
  readonly horizon: number;
}

/** At most so many origins: enough to tell methods apart, few enough to do for every product at night. */
const maximumOrigins = 24;

/**
 * Origins for a rolling-origin backtest: in the second half of the series, evenly spread, each with the whole horizon
 * after it. A series too short for the horizon is judged by fewer periods ahead.
 *
 * @see Tashman (2000), Out-of-sample tests of forecasting accuracy, doi 10.1016/S0169-2070(00)00065-0
 */
export function originsOf(length: number, horizon: number): Origins {
  const ahead = Math.max(1, Math.min(horizon, Math.floor(length / 4)));
  const last = length - ahead;
  const first = Math.min(last, Math.max(1, Math.ceil(length / 2)));
  const count = Math.min(maximumOrigins, last - first + 1);
  const spread = count === 1 ? 0 : (last - first) / (count - 1);
  return { known: Array.from({ length: count }, (_, index) => Math.round(first + index * spread)), horizon: ahead };
}

/** The mean squared errors of a method, one for each origin: estimated at the first origin, then carried on. */
export function errorsAt<Parameters>(
  method: Method<Parameters>,
  series: readonly number[],
  seasonLength: number,
  { known, horizon }: Origins,
): readonly number[] {
  const parameters = method.fit(series.slice(0, known[0]), seasonLength);
  return known.map((length) => {
    const run = method.run(series.slice(0, length), parameters, seasonLength);
    let sum = 0;
    for (let ahead = 1; ahead <= horizon; ahead++) sum += ((series[length + ahead - 1] as number) - Math.max(0, run.point(ahead))) ** 2;
    return sum / horizon;
  });
}
