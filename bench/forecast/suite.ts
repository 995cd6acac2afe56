import type { Forecast } from "@onhand/core";
import {
  bias,
  choose,
  croston,
  holtWinters,
  mase,
  movingAverage,
  naive,
  type Outcome,
  rmsse,
  type SeriesOptions,
  sba,
  seasonalNaive,
  ses,
  theta,
  tsb,
} from "@onhand/forecasting";
import type { Line } from "../result";
import { auto, carpartsComplete, carpartsRounded, type Published } from "./published";
import { readSeries } from "./read-series";

export interface ForecastOptions {
  /** The directory with the series. */
  readonly data: string;
  /** Which data sets; all unless said. */
  readonly only: (name: string) => boolean;
}

type Method = (series: readonly number[], options: SeriesOptions) => Forecast;
type Series = readonly number[];

/** What is always wrong by everything: it shows what MASE alone says of demand that is mostly none. */
const zero: Method = (_series, { horizon }) => {
  const nothing = new Array<number>(horizon).fill(0);
  return { method: "zero", points: nothing, lower: nothing, upper: nothing };
};

const methods: Readonly<Record<string, Method>> = {
  zero,
  naive,
  seasonalNaive,
  movingAverage,
  ses,
  holtWinters,
  theta,
  croston,
  sba,
  tsb,
  choose,
};

interface Trial {
  readonly name: string;
  readonly series: readonly Series[];
  readonly published: Readonly<Record<string, Published>>;
  readonly outcome: (method: Method, series: Series) => Outcome;
  readonly without?: readonly string[];
}

/** The accuracy of every method on real demand for spare parts, beside what has been published. */
export async function* forecastSuite({ data, only }: ForecastOptions): AsyncIterable<Line> {
  const carparts = readSeries(data, "carparts-2674x51-monthly.csv");
  const whole = (series: readonly (number | undefined)[]): series is number[] => !series.includes(undefined);
  const trials: readonly Trial[] = [
    {
      name: "carparts, complete series",
      series: carparts.filter(whole),
      published: carpartsComplete,
      outcome: yearAhead((point) => point),
    },
    {
      name: "carparts, gaps as 0, rounded",
      series: carparts.map((series) => series.map((value) => value ?? 0)),
      published: carpartsRounded,
      outcome: yearAhead(Math.round),
    },
    {
      name: "AUTO",
      series: readSeries(data, "auto-spares-3000x24-monthly.csv").filter(whole),
      published: auto,
      outcome: stepByStep(17),
      without: ["seasonalNaive"],
    },
  ];
  for (const trial of trials) if (only(trial.name)) yield* accuracies(trial);
}

const year = 12;

/** The last year of a series, forecast from all before it. */
const yearAhead =
  (round: (point: number) => number) =>
  (method: Method, series: Series): Outcome => {
    const history = series.slice(0, -year);
    const { points } = method(history, { horizon: year, seasonLength: year });
    return { history, actual: series.slice(-year), points: points.map(round), seasonLength: year };
  };

/** Each period from `first` on, forecast from all before it. Without a season: two years are too few to tell. */
const stepByStep =
  (first: number) =>
  (method: Method, series: Series): Outcome => {
    const actual = series.slice(first);
    const points = actual.map((_, index) => method(series.slice(0, first + index), { horizon: 1 }).points[0] as number);
    return { history: series.slice(0, first), actual, points };
  };

function* accuracies({ name, series, published, outcome, without = [] }: Trial): Iterable<Line> {
  for (const [method, forecast] of Object.entries(methods)) {
    if (without.includes(method)) continue;
    const started = performance.now();
    const outcomes = series.map((each) => outcome(forecast, each));
    const elapsed = performance.now() - started;
    const scaled = outcomes.map(mase).filter((value) => value !== undefined);
    const theirs = published[method];
    yield {
      suite: "forecast",
      data: name,
      method,
      series: series.length,
      // Series that never changed give no scale and are left out, as in what was published.
      scaled: scaled.length,
      mase: mean(scaled),
      publishedMase: theirs?.mase ?? null,
      rmsse: mean(outcomes.map(rmsse).filter((value) => value !== undefined)),
      publishedRmsse: theirs?.rmsse ?? null,
      bias: mean(outcomes.map(bias).filter((value) => value !== undefined)),
      publishedBias: theirs?.bias ?? null,
      msPerSeries: Number((elapsed / series.length).toPrecision(2)),
    };
  }
}

const mean = (values: readonly number[]): number => Number((values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(4));
