import type { Clock } from "@onhand/core";
import type { HubLimits } from "./limits";

/** The heartbeat of one connection. */
export interface Pulse {
  /** Whether it is time for a heartbeat; if so, the next one is due a beat later. */
  due(): boolean;
  /** A heartbeat has left. */
  sent(): void;
  /** The client was heard. */
  heard(): void;
  /** Whether a heartbeat has gone unanswered for too long. */
  readonly silent: boolean;
}

/** Counts beats on the given clock. Anything a client says is as good as a `pong`. */
export function createPulse(clock: Clock, { heartbeatMs, pongTimeoutMs }: HubLimits): Pulse {
  let beatAt = clock.now() + heartbeatMs;
  let answerDueAt = Number.POSITIVE_INFINITY;
  return {
    due() {
      if (clock.now() < beatAt) return false;
      beatAt = clock.now() + heartbeatMs;
      return true;
    },
    sent() {
      answerDueAt = Math.min(answerDueAt, clock.now() + pongTimeoutMs);
    },
    heard() {
      answerDueAt = Number.POSITIVE_INFINITY;
    },
    get silent() {
      return clock.now() >= answerDueAt;
    },
  };
}
