/** The time, and a way to wait; given in, so that tests need neither. */
export interface Timers {
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** `max`, or how many times faster than it happened: `60x`. Infinity for `max`. */
export function parseSpeed(text: string): number {
  if (text === "max") return Number.POSITIVE_INFINITY;
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1]);
  if (factor > 0) return factor;
  throw new Error(`--speed must be max or a factor such as 60x, not ${JSON.stringify(text)}`);
}

/** Waits until it is time for what happened then, counted from the first time it was asked. */
export function createPace(speed: number, timers: Timers): (occurredAt: number) => Promise<void> | undefined {
  let origin: { readonly real: number; readonly recorded: number } | undefined;
  return (occurredAt) => {
    if (speed === Number.POSITIVE_INFINITY) return undefined;
    origin ??= { real: timers.now(), recorded: occurredAt };
    const wait = origin.real + (occurredAt - origin.recorded) / speed - timers.now();
    return wait > 0 ? timers.sleep(wait) : undefined;
  };
}
