import { isInventoryError } from "@onhand/core";
import { describe, expect, it } from "vitest";
import { bias, mase, rmsse } from "./index";

const history = [3, 5, 4, 6];

describe("measures", () => {
  it("follow their definitions, worked by hand", () => {
    // Steps of the history: 2, 1, 2. Errors: 0, 2.
    const outcome = { history, actual: [5, 7], points: [5, 5] };
    expect(mase(outcome)).toBeCloseTo(1 / (5 / 3), 12);
    expect(rmsse(outcome)).toBeCloseTo(Math.sqrt(2 / 3), 12);
    expect(bias(outcome)).toBeCloseTo(1 / 4.5, 12);
  });

  it("take the scale a season apart where there is a season", () => {
    // 4 - 3 and 6 - 5.
    expect(mase({ history, actual: [5, 7], points: [4, 4], seasonLength: 2 })).toBe(2);
  });

  it("have no answer where the history gives no scale", () => {
    const flat = { history: [2, 2, 2], actual: [3], points: [2] };
    expect([mase(flat), rmsse(flat)]).toEqual([undefined, undefined]);
    expect(bias({ history: [0, 0], actual: [3], points: [2] })).toBeUndefined();
  });

  it("tell a forecast of nothing by its bias, where the absolute error praises it", () => {
    const rare = { history: [0, 0, 9, 0, 0, 0, 9, 0], actual: [0, 0, 0, 9], points: [0, 0, 0, 0] };
    const rate = { ...rare, points: [2.25, 2.25, 2.25, 2.25] };
    expect(mase(rare)).toBeLessThan(mase(rate) as number);
    expect(rmsse(rate)).toBeLessThan(rmsse(rare) as number);
    expect([bias(rare), bias(rate)]).toEqual([1, 0]);
  });

  it.each([
    ["points", { history, actual: [1, 2], points: [1] }],
    ["history", { history: [1], actual: [1], points: [1] }],
    ["actual", { history, actual: [], points: [] }],
    ["history.1", { history: [1, -1, 2], actual: [1], points: [1] }],
  ])("refuse what they can't measure, naming %s", (path, outcome) => {
    const call = () => mase(outcome);
    expect(call).toThrow();
    try {
      call();
    } catch (error) {
      expect(isInventoryError(error, "INVALID_INPUT") && error.details.issues[0]?.path).toBe(path);
    }
  });
});
