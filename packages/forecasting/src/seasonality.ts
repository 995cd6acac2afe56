import { meanOf } from "./series";

/** The 95th percentile of the normal distribution, the threshold of the test in the Theta method's paper (one-sided). */
const threshold = 1.6448536269514722;

/**
 * Whether the season shows: the autocorrelation at its length is more than chance would give.
 *
 * @see Assimakopoulos and Nikolopoulos (2000), doi 10.1016/S0169-2070(00)00066-2
 */
export function isSeasonal(series: readonly number[], seasonLength: number): boolean {
  if (seasonLength === 1 || series.length <= 2 * seasonLength) return false;
  const mean = meanOf(series);
  const centred = series.map((value) => value - mean);
  const at = (lag: number): number => centred.slice(lag).reduce((sum, value, period) => sum + value * (centred[period] as number), 0);
  const variance = at(0);
  if (variance === 0) return false;
  let others = 0;
  for (let lag = 1; lag < seasonLength; lag++) others += (at(lag) / variance) ** 2;
  return Math.abs(at(seasonLength) / variance) / Math.sqrt((1 + 2 * others) / series.length) > threshold;
}

/** What each place in the season adds to demand, or multiplies it by, by classical decomposition. Needs two seasons. */
export function decompose(
  series: readonly number[],
  seasonLength: number,
  kind: "additive" | "multiplicative",
): readonly number[] | undefined {
  const sums = Array.from({ length: seasonLength }, () => ({ sum: 0, count: 0 }));
  const half = Math.floor(seasonLength / 2);
  for (let period = half; period + half < series.length; period++) {
    const trend = centredMean(series, period, seasonLength);
    const place = sums[period % seasonLength] as { sum: number; count: number };
    if (kind === "multiplicative" && trend === 0) continue;
    place.sum += kind === "additive" ? (series[period] as number) - trend : (series[period] as number) / trend;
    place.count++;
  }
  if (sums.some(({ count }) => count === 0)) return undefined;
  const raw = sums.map(({ sum, count }) => sum / count);
  const middle = meanOf(raw);
  if (kind === "additive") return raw.map((value) => value - middle);
  return middle === 0 ? undefined : raw.map((value) => value / middle);
}

/** The mean over one season around a period; an even season takes half of the periods at its two ends. */
function centredMean(series: readonly number[], period: number, seasonLength: number): number {
  const half = Math.floor(seasonLength / 2);
  let sum = 0;
  for (let near = period - half; near <= period + half; near++) sum += series[near] as number;
  if (seasonLength % 2 === 0) sum -= ((series[period - half] as number) + (series[period + half] as number)) / 2;
  return sum / seasonLength;
}
