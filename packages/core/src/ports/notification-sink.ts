import type { Alert } from "../domain/alerts/tables";

/** What somebody is told at once: alerts raised since they were last told, and those of before that are over. */
export interface Notification {
  /** Names this delivery: the same when it is tried again, so that a receiver can tell a repetition. */
  readonly id: string;
  /** Still open when this was put together. */
  readonly raised: readonly Alert[];
  /** Resolved or dismissed; only where a route asks for them. */
  readonly closed: readonly Alert[];
}

/** A way to reach somebody. */
export interface NotificationSink {
  /** Delivers, or rejects: then it is tried again later. A delivery may come twice, after a crash between it and the note of it. */
  send(notification: Notification, signal: AbortSignal): Promise<void>;
}
