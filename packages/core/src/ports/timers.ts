/** Calls back later; a page's or a program's own timers unless a test has others. */
export interface Timers {
  /** Calls back once, after so many milliseconds; answers what names the call. */
  setTimeout(callback: () => void, delayMs: number): unknown;
  /** Takes a call back; one that was made already is none. */
  clearTimeout(timer: unknown): void;
}

/** The machine's timers. They keep no program running that has nothing else to do. */
export const systemTimers: Timers = {
  setTimeout(callback, delayMs) {
    const timer: unknown = globalThis.setTimeout(callback, delayMs);
    if (typeof timer === "object" && timer !== null && "unref" in timer) (timer as { unref(): void }).unref();
    return timer;
  },
  clearTimeout: (timer) => globalThis.clearTimeout(timer as number),
};
