import { isSqlFailure } from "./failures";

/** Time and chance, passed in so that tests decide them. */
export interface Chance {
  /** Between 0 and 1. */
  random(): number;
  /** Milliseconds from any beginning; it only grows. */
  now(): number;
  /** Resolves after so many milliseconds, or as soon as `until` does. */
  delay(ms: number, until?: Promise<unknown>): Promise<void>;
}

/** The machine's own. */
export const realChance: Chance = {
  random: Math.random,
  now: () => performance.now(),
  delay: (ms, until) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      void until?.then(() => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

const maximumTries = 200;
const maximumMs = 10_000;
const firstMs = 5;
const longestMs = 250;

/** Waits between tries, each time up to twice as long and never the same for two who wait: false when it is time to give up. */
export function createPatience({ random, now, delay }: Chance): { again(maximum?: number): Promise<boolean> } {
  const since = now();
  let tries = 0;
  return {
    async again(maximum = maximumTries) {
      tries++;
      if (tries >= maximum || now() - since >= maximumMs) return false;
      await delay(random() * Math.min(longestMs, firstMs * 2 ** tries));
      return true;
    },
  };
}

/** Runs work again while others are in its way. */
export async function patiently<T>(chance: Chance, work: () => Promise<T>): Promise<T> {
  const patience = createPatience(chance);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isSqlFailure(error) || error.kind !== "conflict" || !(await patience.again())) throw error;
    }
  }
}
