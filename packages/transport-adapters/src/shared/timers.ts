import type { Stop } from "@onhand/core";

/** Where waiting comes from; tests pass their own. */
export interface Timers {
  /** Runs once, `delayMs` from now, unless stopped before. */
  after(delayMs: number, run: () => void): Stop;
}

/** The machine's timers. They don't keep a process alive. */
export const systemTimers: Timers = {
  after(delayMs, run) {
    const handle: unknown = setTimeout(run, delayMs);
    if (isUnrefable(handle)) handle.unref();
    return () => clearTimeout(handle as number);
  },
};

const isUnrefable = (handle: unknown): handle is { unref(): void } => typeof handle === "object" && handle !== null && "unref" in handle;
