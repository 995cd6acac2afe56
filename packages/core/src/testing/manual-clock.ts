import type { Clock } from "../index";

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves the time on by some milliseconds, and tells what it is then. */
  advance(milliseconds: number): number;
  /** Sets the time, back as well as forth. */
  set(now: number): void;
}

const start = Date.UTC(2026, 0, 5, 9);

/**
 * Makes a clock for tests: nothing passes on it but what the test lets pass.
 *
 * @param now - epoch milliseconds to begin with; 5 January 2026, 09:00 UTC, unless given.
 * @example
 * const clock = manualClock();
 * clock.advance(minutes(15));
 */
export function manualClock(now: number = start): ManualClock {
  let time = now;
  return {
    now: () => time,
    advance(milliseconds) {
      time += milliseconds;
      return time;
    },
    set(to) {
      time = to;
    },
  };
}

/** Milliseconds of some minutes. */
export const minutes = (count: number): number => count * 60_000;

/** Milliseconds of some days. */
export const days = (count: number): number => count * 86_400_000;
