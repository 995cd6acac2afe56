import { expect, test } from "vitest";
import { createWindow } from "../../src/replay/window";

const turns = () => new Promise<void>((resolve) => setImmediate(resolve));

test("no more than the limit is under way, and drained waits for all of it", async () => {
  const window = createWindow(2);
  const finish: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => finish.push(resolve));
  await window.start(work);
  await window.start(work);
  let third = false;
  const starting = window.start(work).then(() => {
    third = true;
  });
  await turns();
  expect(third).toBe(false);
  finish.shift()?.();
  await starting;
  expect(finish).toHaveLength(2);
  let done = false;
  const draining = window.drained().then(() => {
    done = true;
  });
  finish.shift()?.();
  await turns();
  expect(done).toBe(false);
  finish.shift()?.();
  await draining;
});

test("a failure is thrown by what comes next, and nothing more is started", async () => {
  const window = createWindow(2);
  await window.start(() => Promise.reject(new Error("disk gone")));
  await turns();
  await expect(window.start(() => Promise.reject(new Error("must not start")))).rejects.toThrow("disk gone");
  await expect(window.drained()).rejects.toThrow("disk gone");
});
