import type { Timers } from "@onhand/client";

/** Timers that move only when told. */
export interface ManualTimers extends Timers {
  advance(ms: number): void;
  /** Runs timers until none is left before the next `ms`. */
  readonly pending: () => number;
}

export function manualTimers(start = 1_000_000): ManualTimers {
  let now = start;
  let ids = 0;
  const waiting = new Map<number, { readonly at: number; readonly callback: () => void }>();
  const nextBefore = (end: number) => [...waiting].filter(([, { at }]) => at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
  return {
    now: () => now,
    setTimeout: (callback, afterMs) => {
      ids += 1;
      waiting.set(ids, { at: now + afterMs, callback });
      return ids;
    },
    clearTimeout: (handle) => void waiting.delete(handle as number),
    advance: (ms) => {
      const end = now + ms;
      for (let next = nextBefore(end); next; next = nextBefore(end)) {
        waiting.delete(next[0]);
        now = Math.max(now, next[1].at);
        next[1].callback();
      }
      now = end;
    },
    pending: () => waiting.size,
  };
}
