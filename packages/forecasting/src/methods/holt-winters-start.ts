import { meanOf } from "../series";
import type { Season } from "./holt-winters";
import { slopeOf } from "./theta";

/** What a Holt-Winters model knows before the first period. */
export interface HoltWintersStart {
  readonly level: number;
  readonly trend: number;
  /** By place in the season; a single neutral one where there is none. */
  readonly season: readonly number[];
}

/** So many periods tell where a series without a season begins, and where it is going. */
const firstPeriods = 10;

/**
 * The first states, from the beginning of the series.
 *
 * @see Hyndman, Koehler, Ord and Snyder (2008), Forecasting with exponential smoothing, §2.6.1, doi 10.1007/978-3-540-71918-2
 */
export function startOf(series: readonly number[], seasonLength: number, kind: Season): HoltWintersStart {
  if (kind === "none") {
    const first = series.slice(0, firstPeriods);
    const trend = slopeOf(first);
    return { level: meanOf(first) - (trend * (first.length + 1)) / 2, trend, season: [0] };
  }
  const first = meanOf(series.slice(0, seasonLength));
  const second = meanOf(series.slice(seasonLength, 2 * seasonLength));
  const trend = (second - first) / seasonLength;
  const line = (period: number): number => first + trend * (period - (seasonLength - 1) / 2);
  const apart = (period: number): number =>
    kind === "additive" ? (series[period] as number) - line(period) : (series[period] as number) / line(period);
  const raw = Array.from({ length: seasonLength }, (_, place) => (apart(place) + apart(place + seasonLength)) / 2);
  const middle = meanOf(raw);
  if (kind === "additive") return { level: line(-1), trend, season: raw.map((value) => value - middle) };
  // A steep line through few periods may pass below nothing, where a factor means nothing: such a series begins flat.
  if (line(-1) > 0 && raw.every((value) => value > 0)) return { level: line(-1), trend, season: raw.map((value) => value / middle) };
  const mean = meanOf(series.slice(0, 2 * seasonLength));
  const flat = Array.from({ length: seasonLength }, (_, place) => (series[place] as number) / mean);
  return { level: mean, trend: 0, season: flat };
}
