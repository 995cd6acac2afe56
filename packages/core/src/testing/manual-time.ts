import type { Stop } from "../index";
import { type ManualClock, manualClock } from "./manual-clock";

/** A clock and timers that stand still until a test moves them. */
export interface ManualTime {
  readonly clock: ManualClock;
  readonly timers: {
    /** Runs once, `delayMs` from now, unless stopped before. */
    after(delayMs: number, run: () => void): Stop;
  };
  /** Moves on by some milliseconds, running what falls due on the way, in order. */
  advance(milliseconds: number): void;
}

/**
 * Makes the time for tests of whatever waits: nothing falls due but what the test lets fall due.
 *
 * @param start - epoch milliseconds to begin with; as {@link manualClock} unless given.
 * @example
 * const time = manualTime();
 * time.timers.after(25, () => console.log("the window is over"));
 * time.advance(25);
 */
export function manualTime(start?: number): ManualTime {
  const clock = manualClock(start);
  let pending: { readonly at: number; readonly run: () => void }[] = [];

  function next(until: number) {
    return pending.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  }

  return {
    clock,
    timers: {
      after(delayMs, run) {
        const entry = { at: clock.now() + delayMs, run };
        pending.push(entry);
        return () => {
          pending = pending.filter((other) => other !== entry);
        };
      },
    },
    advance(milliseconds) {
      const until = clock.now() + milliseconds;
      for (let due = next(until); due; due = next(until)) {
        const { at, run } = due;
        pending = pending.filter((other) => other !== due);
        clock.set(Math.max(clock.now(), at));
        run();
      }
      clock.set(until);
    },
  };
}
