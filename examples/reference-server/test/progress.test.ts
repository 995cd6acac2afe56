import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createProgress, duration } from "../src/progress";

test("without a terminal a line with rate and time left comes every five seconds", () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  let now = 0;
  const progress = createProgress(stream, 1_000, () => now);
  progress.update(100);
  now = 5_000;
  progress.update(250);
  progress.update(251);
  now = 10_000;
  progress.update(500);
  progress.stop();
  expect(String(stream.read())).toBe("250 of 1000 lines · 50/s · 15s left\n500 of 1000 lines · 50/s · 10s left\n");
});

test("a terminal sees a bar that ends at the last line", () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 120, cursorTo() {}, clearLine() {}, moveCursor() {} });
  let now = 0;
  const progress = createProgress(stream as unknown as NodeJS.WriteStream, 10, () => now);
  now = 1_000;
  progress.update(10);
  progress.stop();
  expect(String(stream.read())).toContain("100% · 10/10 lines · 10/s · 0s left");
});

test.each([
  [59, "59s"],
  [125, "2m 05s"],
  [3_720, "1h 02m"],
])("%d seconds is %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
