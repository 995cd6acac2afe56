import type { Clock } from "@onhand/core";
import type { Timers } from "../shared/timers";
import { type Delivery, requestOf } from "./delivery";
import type { WebhookEndpoint, WebhookLimits } from "./options";
import type { WebhookPost } from "./post";
import { reasonOf } from "./reason";

/** Why a delivery did not arrive. */
export interface Failure {
  readonly reason: string;
  /** The receiver wants nothing more, ever. */
  readonly gone: boolean;
  readonly retryAfterMs?: number;
}

/** Posts a delivery once. Answers with why it did not arrive, if so; rejects when it is given up before that is known. */
export type Attempt = (delivery: Delivery, givenUp: AbortSignal) => Promise<Failure | undefined>;

interface Parts {
  readonly post: WebhookPost;
  readonly limits: WebhookLimits;
  readonly clock: Clock;
  readonly timers: Timers;
}

export const createAttempt =
  (endpoint: WebhookEndpoint, { post, limits, clock, timers }: Parts): Attempt =>
  async (delivery, givenUp) => {
    const outOfTime = new AbortController();
    const stop = timers.after(limits.timeoutMs, () => outOfTime.abort(new Error(`no answer within ${limits.timeoutMs} ms`)));
    try {
      const request = requestOf(endpoint, delivery, clock.now());
      const { status, retryAfterMs } = await post(request, AbortSignal.any([givenUp, outOfTime.signal]));
      if (status >= 200 && status < 300) return undefined;
      return { reason: `answered ${status}`, gone: status === 410, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    } catch (error) {
      if (givenUp.aborted) throw error;
      return { reason: reasonOf(outOfTime.signal.aborted ? outOfTime.signal.reason : error), gone: false };
    } finally {
      stop();
    }
  };
