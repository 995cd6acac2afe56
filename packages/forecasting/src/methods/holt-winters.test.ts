import { seededRandom } from "@onhand/core/testing";
import { describe, expect, it } from "vitest";
import { type HoltWintersParameters, holtWintersMethod, type Season } from "./holt-winters";

const seed = 11;
const paths = 3_000;
const horizon = 9;
const seasonLength = 4;
const deviation = 0.08;

const series = Array.from({ length: 24 }, (_, period) => (50 + period) * ([0.8, 1.3, 1, 0.9][period % seasonLength] as number));
const starts: Readonly<Record<Exclude<Season, "none">, HoltWintersParameters["start"]>> = {
  additive: { level: 50, trend: 1, season: [-12, 18, 0, -6] },
  multiplicative: { level: 50, trend: 1, season: [0.8, 1.3, 1, 0.9] },
};

/** The spread of what may come, by going on from the history with errors drawn at random, many times. */
function simulate(season: Exclude<Season, "none">, parameters: HoltWintersParameters): number[] {
  const random = seededRandom(seed);
  // Twelve dice of the unit interval, less six, are as good as normal.
  const error = () =>
    (Array.from({ length: 12 }, () => random.below(1_000_000) / 1_000_000).reduce((sum, value) => sum + value, 0) - 6) * deviation;
  const method = holtWintersMethod({ season });
  const ends = Array.from({ length: paths }, () => {
    const path = [...series];
    for (let ahead = 1; ahead <= horizon; ahead++) {
      const expected = method.run(path, parameters, seasonLength).point(1);
      path.push(season === "multiplicative" ? expected * (1 + error()) : expected + 100 * error());
    }
    return path.slice(series.length);
  });
  return Array.from({ length: horizon }, (_, step) => {
    const values = ends.map((path) => path[step] as number);
    const mean = values.reduce((sum, value) => sum + value, 0) / paths;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / paths);
  });
}

/** 3,000 paths tell a deviation to about 1.3%; four times that is no chance. The multiplicative formula is an approximation itself. */
const tolerances = { additive: 0.055, multiplicative: 0.08 } as const;

describe.each(["additive", "multiplicative"] as const)(`bounds of Holt-Winters with a season that is %s (seed ${seed})`, (season) => {
  it("widen as simulated futures do", () => {
    const parameters = { alpha: 0.3, trend: 0.2, season: 0.3, phi: 0.9, start: starts[season] };
    const run = holtWintersMethod({ season }).run(series, parameters, seasonLength);
    const oneAhead = season === "multiplicative" ? deviation ** 2 : (100 * deviation) ** 2;
    for (const [step, simulated] of simulate(season, parameters).entries()) {
      expect(Math.abs(Math.sqrt(run.variance(step + 1, oneAhead)) / simulated - 1)).toBeLessThan(tolerances[season]);
    }
  });
});
