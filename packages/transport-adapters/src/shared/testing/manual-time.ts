import type { Clock } from "@onhand/core";
import type { Timers } from "../timers";

/** A clock and timers that stand still until they are told to go on. */
export interface ManualTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Moves on, running what falls due on the way, in order. */
  advance(ms: number): void;
}

export function manualTime(start = 1_700_000_000_000): ManualTime {
  let now = start;
  let pending: { readonly at: number; readonly run: () => void }[] = [];

  function next(until: number) {
    return pending.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  }

  return {
    clock: { now: () => now },
    timers: {
      after(delayMs, run) {
        const entry = { at: now + delayMs, run };
        pending.push(entry);
        return () => {
          pending = pending.filter((other) => other !== entry);
        };
      },
    },
    advance(ms) {
      const until = now + ms;
      for (let due = next(until); due; due = next(until)) {
        const { at, run } = due;
        pending = pending.filter((other) => other !== due);
        now = at;
        run();
      }
      now = until;
    },
  };
}

/** Waits until everything that is only promises has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
