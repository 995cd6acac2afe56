/** Numbers that look random and are the same for the same seed. */
export interface SeededRandom {
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number;
  /** One of these. */
  pick<T>(items: readonly [T, ...T[]]): T;
}

/**
 * Makes a source of repeatable randomness (mulberry32). Print the seed when a test fails.
 *
 * @example
 * const random = seededRandom(42);
 * random.pick(["berlin", "hamburg"]);
 */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  function below(limit: number): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[0] };
}
