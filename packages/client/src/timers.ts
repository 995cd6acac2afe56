/** Where the time comes from and how it is waited for. Tests pass their own. */
export interface Timers {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back once, after so many milliseconds; the answer is for `clearTimeout`. */
  setTimeout(callback: () => void, afterMs: number): unknown;
  /** Forgets a callback that has not run. */
  clearTimeout(handle: unknown): void;
}

/** The machine's clock and timers. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  setTimeout: (callback, afterMs) => setTimeout(callback, afterMs),
  clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
};
