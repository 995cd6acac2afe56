import type { Forecast } from "@onhand/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { croston, holtWinters, movingAverage, naive, type SeriesOptions, sba, seasonalNaive, ses, theta, tsb } from "../index";
import { type Method, squaredError } from "../method";
import { crostonMethod } from "./croston";

/** Oil production of Saudi Arabia, 1996 to 2013, in million tonnes: fpp2, `window(oil, start = 1996)`. */
const oil = [
  445.3641, 453.195, 454.4096, 422.3789, 456.0371, 440.3866, 425.1944, 486.2052, 500.4291, 521.2759, 508.9476, 488.8889, 509.8706, 456.7229,
  473.8166, 525.9509, 549.8338, 542.3405,
];

/** Sales of a lubricant, by month: fpp2, `productC`. */
const productC = [0, 2, 0, 1, 0, 11, 0, 0, 0, 0, 2, 0, 6, 3, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 1, 0, 1, 0, 0];

/** Air passengers of Australia, 1990 to 2016, in millions: fpp2, `window(ausair, start = 1990)`. */
const air = [
  17.5534, 21.8601, 23.8866, 26.9293, 26.8885, 28.8314, 30.0751, 30.9535, 30.1857, 31.5797, 32.5776, 33.4774, 39.0216, 41.3864, 41.5966,
  44.6573, 46.9518, 48.7288, 51.4884, 50.027, 60.6409, 63.3603, 66.3553, 68.1979, 68.1232, 69.7793, 72.5977,
];

describe("against published examples", () => {
  it("ses estimates what R's forecast does on oil, with its bounds", () => {
    const { points, lower, upper } = ses(oil, { horizon: 5, coverage: 0.8 });
    expect(points[0]).toBeCloseTo(542.6806, 2);
    expect([lower[0], upper[0]].map((bound) => bound?.toFixed(1))).toEqual(["504.5", "580.9"]);
    expect([lower[4], upper[4]].map((bound) => bound?.toFixed(1))).toEqual(["468.3", "617.0"]);
  });

  it("ses goes through oil as the book's table does, for its alpha", () => {
    expect(ses(oil, { horizon: 1, alpha: 0.8338901 }).points[0]).toBeCloseTo(542.6806, 3);
  });

  it("croston gives the book's rate for productC, from its first demand on", () => {
    const method: Method<{ alpha: number; size: number; interval: number }> = crostonMethod(0.1);
    const rate = method.run(productC, { alpha: 0.1, size: 2, interval: 2 }, 1).point(1);
    expect(rate).toBeCloseTo(2.75 / 2.793, 3);
  });

  it("holt's linear trend comes within 1% of the book's forecasts of air passengers", () => {
    const book = [74.6013, 76.6957, 78.7901, 80.8844, 82.9788];
    const { points } = holtWinters(air, { horizon: 5, damped: false });
    for (const [year, point] of points.entries()) expect(Math.abs(point / (book[year] as number) - 1)).toBeLessThan(0.01);
  });

  it("tsb and croston follow their definitions, worked by hand", () => {
    // Sizes 2, 4: mean 3; probability 1/2; interval 2.
    const series = [0, 2, 0, 4];
    // Size 3 → 2.9 → 3.01; probability 0.5 → 0.4 → 0.52 → 0.416 → 0.5328 by a share of 0.2.
    expect(tsb(series, { horizon: 1, alpha: 0.1, beta: 0.2 }).points[0]).toBeCloseTo(3.01 * 0.5328, 10);
    // The interval stays 2, as every demand comes after two periods.
    expect(croston(series, { horizon: 1, alpha: 0.1 }).points[0]).toBeCloseTo(3.01 / 2, 10);
    expect(sba(series, { horizon: 1, alpha: 0.1 }).points[0]).toBeCloseTo((0.95 * 3.01) / 2, 10);
  });

  it("theta drifts from the level of ses by half the slope each period", () => {
    const line = Array.from({ length: 30 }, (_, period) => 10 + 2 * period);
    const { points } = theta(line, { horizon: 3 });
    expect((points[1] as number) - (points[0] as number)).toBeCloseTo(1, 9);
    expect((points[2] as number) - (points[1] as number)).toBeCloseTo(1, 9);
  });
});

describe("patterns that are plain to see", () => {
  const season = [4, 9, 1, 6];
  const pattern = (period: number, acts: (level: number, factor: number) => number) =>
    acts(20 + 0.5 * period, season[period % 4] as number);

  it("a line with an additive season goes on", () => {
    const series = Array.from({ length: 24 }, (_, period) => pattern(period, (level, add) => level + add));
    const { points } = holtWinters(series, { horizon: 6, seasonLength: 4, damped: false });
    for (const [ahead, point] of points.entries())
      expect(point).toBeCloseTo(
        pattern(24 + ahead, (level, add) => level + add),
        3,
      );
  });

  it("a multiplicative season without a trend goes on, in the model for it", () => {
    const series = Array.from({ length: 24 }, (_, period) => 5 * (season[period % 4] as number));
    const { points, method } = holtWinters(series, { horizon: 6, seasonLength: 4, season: "multiplicative" });
    expect(method).toBe("holtWintersMultiplicative");
    for (const [ahead, point] of points.entries()) expect(point).toBeCloseTo(5 * (season[ahead % 4] as number), 3);
  });

  it("theta puts a season back where it took it from", () => {
    const series = Array.from({ length: 40 }, (_, period) => 5 * (season[period % 4] as number));
    const { points } = theta(series, { horizon: 4, seasonLength: 4 });
    for (const [ahead, point] of points.entries()) expect(point).toBeCloseTo(5 * (season[ahead] as number), 1);
  });

  it("a damped trend fades: each step is smaller than the one before", () => {
    const line = Array.from({ length: 20 }, (_, period) => 10 + 3 * period);
    const { points } = holtWinters(line, { horizon: 10 });
    const steps = points.slice(1).map((point, index) => point - (points[index] as number));
    for (let index = 1; index < steps.length; index++) expect(steps[index]).toBeLessThan(steps[index - 1] as number);
  });

  it("naive repeats the last period, seasonalNaive the last season, movingAverage the mean of its window", () => {
    expect(naive([3, 5, 4], { horizon: 2 }).points).toEqual([4, 4]);
    expect(seasonalNaive([1, 2, 9, 2, 3, 8], { horizon: 5, seasonLength: 3 }).points).toEqual([2, 3, 8, 2, 3]);
    expect(movingAverage([3, 5, 4, 6], { horizon: 1, window: 2 }).points).toEqual([5]);
    expect(movingAverage([3, 5, 4, 6], { horizon: 1 }).points).toEqual([4.5]);
  });

  it("bounds widen as the books say: naive with the root of the distance, seasonalNaive by the season", () => {
    const width = ({ points, upper }: Forecast, ahead: number) => (upper[ahead - 1] as number) - (points[ahead - 1] as number);
    const walk = naive([5, 7, 6, 9, 8], { horizon: 9 });
    expect(width(walk, 9)).toBeCloseTo(3 * width(walk, 1), 9);
    const yearly = seasonalNaive([5, 7, 6, 9, 8, 9], { horizon: 7, seasonLength: 2 });
    expect(width(yearly, 2)).toBeCloseTo(width(yearly, 1), 9);
    expect(width(yearly, 7)).toBeCloseTo(2 * width(yearly, 1), 9);
  });

  it("what is never asked for is not expected, and a single demand fades out under tsb", () => {
    const nothing = new Array<number>(20).fill(0);
    for (const forecast of Object.values(all)) expect(forecast(nothing, { horizon: 3 }).points).toEqual([0, 0, 0]);
    const once = [0, 0, 5, ...nothing];
    const options = { horizon: 1, alpha: 0.1, beta: 0.1 };
    expect(tsb([...once, ...nothing], options).points[0]).toBeLessThan(tsb(once, options).points[0] as number);
  });
});

type Forecasting = (series: readonly number[], options: SeriesOptions) => Forecast;
const all: Readonly<Record<string, Forecasting>> = { naive, seasonalNaive, movingAverage, ses, holtWinters, theta, croston, sba, tsb };

const demand = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 15, maxLength: 60 });
const seasonLength = fc.constantFrom(1, 4, 7);
const near = (a: readonly number[], b: readonly number[]) =>
  a.every((value, index) => Math.abs(value - (b[index] as number)) <= 1e-5 * Math.max(1, Math.abs(value)));

describe.each(Object.entries(all))("%s, on any demand", (_name, forecast) => {
  it("gives finite numbers from 0 on, as many as asked for, within ordered bounds", () => {
    fc.assert(
      fc.property(
        demand,
        seasonLength,
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (series, length, horizon, coverage) => {
          const { points, lower, upper } = forecast(series, { horizon, seasonLength: length, coverage });
          expect([points.length, lower.length, upper.length]).toEqual([horizon, horizon, horizon]);
          points.forEach((point, index) => {
            const [low, high] = [lower[index] as number, upper[index] as number];
            expect(Number.isFinite(high) && low >= 0 && low <= point && point <= high).toBe(true);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("doubles when demand doubles: it does not matter whether pieces or pairs are counted", () => {
    fc.assert(
      fc.property(demand, seasonLength, (series, length) => {
        const options = { horizon: 5, seasonLength: length };
        const once = forecast(series, options);
        const twice = forecast(
          series.map((value) => 2 * value),
          options,
        );
        // Powers of two scale exactly, so every decision on the way is the same.
        expect(
          near(
            once.points.map((value) => 2 * value),
            twice.points,
          ),
        ).toBe(true);
        expect(
          near(
            once.upper.map((value) => 2 * value),
            twice.upper,
          ),
        ).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("is wider where more shall be covered", () => {
    fc.assert(
      fc.property(demand, (series) => {
        const narrow = forecast(series, { horizon: 3, coverage: 0.5 });
        const wide = forecast(series, { horizon: 3, coverage: 0.95 });
        for (let ahead = 0; ahead < 3; ahead++) {
          expect(wide.lower[ahead]).toBeLessThanOrEqual(narrow.lower[ahead] as number);
          expect(wide.upper[ahead]).toBeGreaterThanOrEqual(narrow.upper[ahead] as number);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("answers the same twice and leaves the history alone", () => {
    const series = Object.freeze([3, 0, 5, 2, 0, 0, 7, 1, 4, 0, 2, 6, 3, 0, 5]);
    expect(forecast(series, { horizon: 4, seasonLength: 7 })).toEqual(forecast(series, { horizon: 4, seasonLength: 7 }));
  });
});

const followsAt: Forecasting = (series, options) => ses(series, { ...options, alpha: 0.3 });

describe.each(Object.entries({ naive, seasonalNaive, movingAverage, "ses with a given alpha": followsAt }))(
  "%s, shifted",
  (_name, forecast) => {
    it("moves with demand that is higher by the same amount every period", () => {
      const high = fc.array(fc.integer({ min: 500, max: 1_000 }), { minLength: 15, maxLength: 60 });
      fc.assert(
        fc.property(high, seasonLength, (series, length) => {
          const options = { horizon: 5, seasonLength: length };
          const plain = forecast(series, options).points.map((value) => value + 256);
          const moved = forecast(
            series.map((value) => value + 256),
            options,
          ).points;
          for (const [index, value] of moved.entries()) expect(Math.abs(value - (plain[index] as number))).toBeLessThan(1e-6);
        }),
        { numRuns: 40 },
      );
    });
  },
);

describe("estimation", () => {
  it("croston's alpha is the one with the least squared error of those it may be", () => {
    const method = crostonMethod();
    const found = method.fit(productC, 1);
    const error = (alpha: number) => squaredError(productC, method.run(productC, { ...found, alpha }, 1).fitted, 0);
    for (let alpha = 0.01; alpha <= 0.3; alpha += 0.01) expect(error(found.alpha)).toBeLessThanOrEqual(error(alpha) + 1e-9);
  });
});
