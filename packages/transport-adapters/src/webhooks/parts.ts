import type { Clock, Feed, Logger } from "@onhand/core";
import type { Timers } from "../shared/timers";
import type { Attempt } from "./attempt";
import type { Lease } from "./lease";
import type { WebhookEndpoint, WebhookLimits } from "./options";
import type { WebhookPost } from "./post";
import type { Progress } from "./progress";
import type { WebhookStore } from "./store";

/** What every endpoint works with. */
export interface EndpointTools {
  readonly feed: Feed;
  readonly store: WebhookStore;
  readonly post: WebhookPost;
  readonly limits: WebhookLimits;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly random: () => number;
  /** Names this process among those that run the endpoint. */
  readonly holder: string;
}

/** What the parts of one endpoint have in common. */
export interface EndpointParts extends EndpointTools {
  readonly endpoint: WebhookEndpoint;
  readonly lease: Lease;
  readonly progress: Progress;
  readonly attempt: Attempt;
  /** What the endpoint asked for of the ledger's changes after a number. */
  readonly since: (seq: number) => ReturnType<Feed["since"]>;
  /** Deliveries and what is asked of the endpoint take turns. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Aborted when the endpoint is let go of. */
  readonly ended: AbortSignal;
}
