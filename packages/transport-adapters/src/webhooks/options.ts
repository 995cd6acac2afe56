import type { Clock, FeedFilter, Inventory, Logger } from "@onhand/core";
import type { Timers } from "../shared/timers";
import type { WebhookPost } from "./post";
import type { WebhookStore } from "./store";

/** Somebody who is told of changes by HTTP. */
export interface WebhookEndpoint {
  /** Names it in its position, its status and its deliveries: 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string;
  /** Where deliveries are posted, as `https:`. */
  readonly url: string;
  /**
   * What deliveries are signed with: base64 of 24 to 64 random bytes, with or without `whsec_` before it. Each signs every delivery, so that a
   * receiver can change from one to the next in its own time.
   */
  readonly secrets: readonly string[];
  /** What it is told of; everything unless given. */
  readonly filter?: FeedFilter;
  /** Sent with every delivery, such as an API key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The number of the ledger after which an endpoint that was never heard of begins; the present unless given, 0 for everything. */
  readonly from?: number;
}

/** How often and how long deliveries are tried, and how much of anything there may be. Times are milliseconds. */
export interface WebhookLimits {
  /** Endpoints at once. */
  readonly maxEndpoints: number;
  /** Changes of one delivery, unless a single command has more. */
  readonly maxChanges: number;
  /** How long changes gather before they are delivered. */
  readonly gatherMs: number;
  /** How long an attempt may take, the answer included. */
  readonly timeoutMs: number;
  /** The wait after the first failed attempt; it doubles with each. */
  readonly firstRetryMs: number;
  /** The longest wait between two attempts, whatever `Retry-After` says. */
  readonly longestRetryMs: number;
  /** Attempts before a delivery becomes a dead letter. */
  readonly maxAttempts: number;
  /** Dead letters kept for an endpoint. With so many it is paused: none is thrown away. */
  readonly maxDeadLetters: number;
  /** How long an endpoint may fail without a single success before it is paused. */
  readonly pauseAfterMs: number;
  /** How long after a process died another has taken its endpoints over, at the latest. Each is written four times as often as that. */
  readonly leaseMs: number;
}

/**
 * The limits of webhooks that were given no others: up to an hour between attempts, about three hours until a dead letter, three days until
 * a pause, half a minute until another process takes over.
 */
export const defaultWebhookLimits: WebhookLimits = {
  maxEndpoints: 1_000,
  maxChanges: 100,
  gatherMs: 100,
  timeoutMs: 15_000,
  firstRetryMs: 1_000,
  longestRetryMs: 3_600_000,
  maxAttempts: 15,
  maxDeadLetters: 100,
  pauseAfterMs: 259_200_000,
  leaseMs: 30_000,
};

/** What {@link createWebhooks} takes. */
export interface WebhooksOptions {
  readonly inventory: Pick<Inventory, "feed">;
  readonly endpoints: readonly WebhookEndpoint[];
  /** Where positions and dead letters are kept: {@link openWebhookStore}, or two functions over the host's own database. Processes of one shop share one. */
  readonly store: WebhookStore;
  readonly limits?: Partial<WebhookLimits>;
  /**
   * Also delivers to private addresses and over plain `http:`. Leave it out where the endpoints come from users: a URL could name
   * the host's own network.
   */
  readonly allowPrivateNetwork?: boolean;
  /** How requests are made. Whoever gives their own guards it themselves: no redirects, no private addresses. */
  readonly post?: WebhookPost;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** Hears of attempts that failed; the console unless given. */
  readonly logger?: Logger;
  /** A number in [0, 1) that spreads retries. `Math.random` unless given. */
  readonly random?: () => number;
}
