import { isInventoryError } from "@onhand/core";
import { seededRandom } from "@onhand/core/testing";
import { describe, expect, it } from "vitest";
import {
  choose,
  createForecaster,
  croston,
  holtWinters,
  maximumHorizon,
  maximumLength,
  movingAverage,
  naive,
  type SeriesOptions,
  sba,
  seasonalNaive,
  ses,
  theta,
  tsb,
} from "./index";

const seed = 7;
const random = seededRandom(seed);
const week = [4, 5, 5, 6, 9, 14, 2];

describe(`the choice (seed ${seed})`, () => {
  it("sees a week, and forecasts Saturday above Sunday", () => {
    const series = Array.from({ length: 140 }, (_, day) => 3 * (week[day % 7] as number) + random.below(5));
    const { method, points } = choose(series, { horizon: 7, seasonLength: 7 });
    expect(["seasonalNaive", "holtWinters", "holtWintersMultiplicative", "theta"]).toContain(method);
    expect(points[5]).toBeGreaterThan(3 * (points[6] as number));
  });

  it("sees a trend that goes on, and does not fall behind it", () => {
    const series = Array.from({ length: 60 }, (_, day) => 20 + 3 * day + random.below(6));
    const { points } = choose(series, { horizon: 1 });
    expect(points[0]).toBeGreaterThan(190);
  });

  it("takes noise around a level for what it is", () => {
    const series = Array.from({ length: 90 }, () => 10 + random.below(11));
    const { method, points } = choose(series, { horizon: 14, seasonLength: 7 });
    expect(["movingAverage", "ses"]).toContain(method);
    for (const point of points) expect(Math.abs(point - 15)).toBeLessThan(1.5);
  });

  it("is not taken in by luck: in short noise it sees no trend, no walk and no season", () => {
    const steady = new Set(["movingAverage", "ses", "sba", "tsb"]);
    const chosen = Array.from(
      { length: 200 },
      () =>
        choose(
          Array.from({ length: 20 }, () => random.below(12)),
          { horizon: 1, seasonLength: 4 },
        ).method,
    );
    expect(chosen.filter((method) => steady.has(method)).length).toBeGreaterThan(180);
  });

  it("expects of rare demand its rate, not nothing", () => {
    const series = Array.from({ length: 120 }, () => (random.below(8) === 0 ? 1 + random.below(4) : 0));
    const rate = series.reduce((sum, value) => sum + value, 0) / series.length;
    const { points, lower } = choose(series, { horizon: 28, seasonLength: 7 });
    expect(Math.abs((points[0] as number) / rate - 1)).toBeLessThan(0.5);
    expect(lower[0]).toBe(0);
  });

  it("tells how every method did, best first, and takes the mean where there is too little to tell", () => {
    const { scores } = choose([0, 2, 0, 0, 3, 0, 1, 0, 0, 2, 0, 4, 1, 0, 2, 0, 0, 3], { horizon: 3 });
    expect(scores.length).toBeGreaterThan(5);
    expect([...scores].sort((a, b) => a.rmse - b.rmse)).toEqual(scores);
    expect(choose([3, 5, 4], { horizon: 2 })).toMatchObject({ method: "movingAverage", points: [4, 4], scores: [] });
  });

  it("has bounds that hold as much as they say", () => {
    // Sums of dice are as good as normal.
    const roll = () => Array.from({ length: 10 }, () => random.below(7)).reduce((sum, pips) => sum + pips, 0);
    let within = 0;
    for (let trial = 0; trial < 500; trial++) {
      const { lower, upper } = choose(Array.from({ length: 60 }, roll), { horizon: 1, coverage: 0.8 });
      const next = roll();
      if (next >= (lower[0] as number) && next <= (upper[0] as number)) within++;
    }
    expect(within / 500).toBeGreaterThan(0.75);
    expect(within / 500).toBeLessThan(0.85);
  });

  it("copes with every length there may be, and with the longest", () => {
    for (let length = 1; length <= 40; length++) {
      const series = Array.from({ length }, () => random.below(4));
      expect(choose(series, { horizon: 10, seasonLength: 7 }).points).toHaveLength(10);
    }
    const longest = Array.from({ length: maximumLength }, (_, day) => week[day % 7] as number);
    expect(choose(longest, { horizon: maximumHorizon, seasonLength: 7 }).points).toHaveLength(maximumHorizon);
  });

  it("is what the provider for createInventory answers, without the scores", async () => {
    const series = Array.from({ length: 30 }, () => random.below(9));
    const { scores: _, ...forecast } = choose(series, { horizon: 5, seasonLength: 7, coverage: 0.8 });
    const provider = createForecaster();
    expect(await provider.forecast(series, { horizon: 5, seasonLength: 7, coverage: 0.8 })).toEqual(forecast);
    expect(await provider.forecast(series, { horizon: 5 })).toMatchObject({ points: choose(series, { horizon: 5 }).points });
    await expect(provider.forecast([], { horizon: 5 })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

const all = { naive, seasonalNaive, movingAverage, ses, holtWinters, theta, croston, sba, tsb, choose };
const good = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const bad: readonly (readonly [path: string, series: unknown, options: Partial<SeriesOptions>])[] = [
  ["series", [], {}],
  ["series", "12", {}],
  ["series", new Array(maximumLength + 1).fill(1), {}],
  ["series.2", [1, 2, -1, 4, 5], {}],
  ["series.0", [Number.NaN, 2, 3, 4, 5], {}],
  ["series.1", [1, Number.POSITIVE_INFINITY, 3, 4, 5], {}],
  ["series.3", [1, 2, 3, "4", 5], {}],
  ["horizon", good, { horizon: 0 }],
  ["horizon", good, { horizon: 1.5 }],
  ["horizon", good, { horizon: maximumHorizon + 1 }],
  ["seasonLength", good, { seasonLength: 0 }],
  ["seasonLength", good, { seasonLength: 367 }],
  ["coverage", good, { coverage: 1 }],
  ["coverage", good, { coverage: Number.NaN }],
];

const refusedPath = (call: () => unknown): string | undefined => {
  try {
    call();
  } catch (error) {
    if (isInventoryError(error, "INVALID_INPUT")) return error.details.issues[0]?.path;
    throw error;
  }
  return undefined;
};

describe.each(Object.entries(all))("%s", (_name, forecast) => {
  it.each(bad)("refuses bad input, naming %s", (path, series, options) => {
    expect(refusedPath(() => forecast(series as number[], { horizon: 1, ...options }))).toBe(path);
  });
});

describe("single methods", () => {
  it("refuse parameters out of range and histories too short for them", () => {
    expect(refusedPath(() => ses(good, { horizon: 1, alpha: 0 }))).toBe("alpha");
    expect(refusedPath(() => croston(good, { horizon: 1, alpha: 1.1 }))).toBe("alpha");
    expect(refusedPath(() => sba(good, { horizon: 1, alpha: Number.NaN }))).toBe("alpha");
    expect(refusedPath(() => tsb(good, { horizon: 1, beta: -1 }))).toBe("beta");
    expect(refusedPath(() => holtWinters(good, { horizon: 1, alpha: 2 }))).toBe("alpha");
    expect(refusedPath(() => movingAverage(good, { horizon: 1, window: 0 }))).toBe("window");
    expect(refusedPath(() => seasonalNaive([1, 2], { horizon: 1, seasonLength: 3 }))).toBe("series");
    expect(refusedPath(() => holtWinters(good, { horizon: 1, seasonLength: 8 }))).toBe("series");
    expect(refusedPath(() => theta([1, 2], { horizon: 1 }))).toBe("series");
    expect(refusedPath(() => holtWinters([5, 0, 3, 4, 5, 6], { horizon: 1, seasonLength: 2, season: "multiplicative" }))).toBe("series.1");
  });
});
