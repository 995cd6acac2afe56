import { expect, test } from "vitest";
import { createPace, parseSpeed } from "../../src/replay/pace";

test("at 60x a line waits for a sixtieth of the time between it and the first; at max nothing waits", async () => {
  const slept: number[] = [];
  let now = 500;
  const timers = {
    now: () => now,
    async sleep(ms: number) {
      slept.push(ms);
      now += ms;
    },
  };
  const pace = createPace(60, timers);
  await pace(0);
  await pace(60_000);
  now += 400;
  await pace(120_000);
  await pace(120_001);
  now += 5_000;
  await pace(180_000);
  expect(slept.map(Math.round)).toEqual([1_000, 600, 0]);
  expect(createPace(Number.POSITIVE_INFINITY, timers)(1)).toBeUndefined();
});

test.each([
  ["max", Number.POSITIVE_INFINITY],
  ["60x", 60],
  ["0.5x", 0.5],
])("%s is a speed", (text, speed) => {
  expect(parseSpeed(text)).toBe(speed);
});

test.each(["fast", "0x", "-1x", "60", "x"])("%j is no speed", (text) => {
  expect(() => parseSpeed(text)).toThrow("--speed must be max or a factor such as 60x");
});
