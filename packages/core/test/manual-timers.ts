import type { Timers } from "@onhand/core";

/** Timers that a test lets run out. */
export function manualTimers() {
  const waiting = new Map<number, { readonly callback: () => void; readonly delayMs: number }>();
  let count = 0;
  const timers: Timers = {
    setTimeout(callback, delayMs) {
      waiting.set(++count, { callback, delayMs });
      return count;
    },
    clearTimeout: (timer) => void waiting.delete(timer as number),
  };
  return {
    ...timers,
    delays: () => [...waiting.values()].map(({ delayMs }) => delayMs),
    runOut() {
      const due = [...waiting.values()];
      waiting.clear();
      for (const { callback } of due) callback();
    },
  };
}
