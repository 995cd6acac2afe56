import type { Clock } from "@onhand/core";

/** A rate with room for bursts. */
export interface TokenBucket {
  /** Takes one; when none is left, takes none and says how long until there is one. */
  take(): { readonly waitMs: number };
}

/** Refills evenly at `perSecond`, up to `burst`. */
export function createTokenBucket(clock: Clock, { perSecond, burst = perSecond }: { perSecond: number; burst?: number }): TokenBucket {
  let tokens = burst;
  let refilledAt = clock.now();
  return {
    take() {
      const now = clock.now();
      tokens = Math.min(burst, tokens + (Math.max(0, now - refilledAt) * perSecond) / 1_000);
      refilledAt = now;
      if (tokens < 1) return { waitMs: Math.ceil(((1 - tokens) * 1_000) / perSecond) };
      tokens -= 1;
      return { waitMs: 0 };
    },
  };
}
