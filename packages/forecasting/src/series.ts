import { InventoryError } from "@onhand/core";

/** The most periods a history may have: 27 years of days. */
export const maximumLength = 10_000;
/** The most periods ahead a forecast may look: two years of days. */
export const maximumHorizon = 731;
/** The longest season: a leap year of days. */
export const maximumSeasonLength = 366;

/** What every forecast takes. */
export interface SeriesOptions {
  /** How many periods ahead: 1 to 731. */
  readonly horizon: number;
  /** After how many periods a pattern returns: 1 to 366; 1, which is none, unless said. */
  readonly seasonLength?: number;
  /** The share of the future that shall fall between `lower` and `upper`: from 0 to less than 1, 0.9 unless said. */
  readonly coverage?: number;
}

export const invalid = (path: string, message: string): InventoryError<"INVALID_INPUT"> =>
  new InventoryError("INVALID_INPUT", { issues: [{ path, message }] });

/** Refuses what is no history of demand. */
export function requireSeries(series: readonly number[], path = "series"): void {
  if (!Array.isArray(series)) throw invalid(path, "must be an array of numbers");
  if (series.length === 0) throw invalid(path, "must have at least 1 period");
  if (series.length > maximumLength) throw invalid(path, `must not have more than ${maximumLength} periods`);
  const wrong = series.findIndex((value) => !(typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER));
  if (wrong >= 0) throw invalid(`${path}.${wrong}`, `must be a number from 0 to ${Number.MAX_SAFE_INTEGER}`);
}

/** The options with their defaults; refuses what they must not be. */
export function requireOptions({ horizon, seasonLength = 1, coverage = 0.9 }: SeriesOptions): Required<SeriesOptions> {
  requireWhole("horizon", horizon, maximumHorizon);
  requireWhole("seasonLength", seasonLength, maximumSeasonLength);
  if (!(coverage >= 0 && coverage < 1)) throw invalid("coverage", "must be from 0 to less than 1");
  return { horizon, seasonLength, coverage };
}

/** Refuses anything but a whole number from 1 on. */
export function requireWhole(path: string, value: number, maximum: number): void {
  if (!(Number.isInteger(value) && value >= 1 && value <= maximum)) throw invalid(path, `must be a whole number from 1 to ${maximum}`);
}

/** Refuses anything but a share. */
export function requireShare(path: string, value: number | undefined): void {
  if (value !== undefined && !(value > 0 && value <= 1)) throw invalid(path, "must be more than 0 and at most 1");
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
export const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;
