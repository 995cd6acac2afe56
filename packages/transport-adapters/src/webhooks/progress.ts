import type { WebhookStatus } from "./status";
import type { WebhookRecord } from "./store";

/** A place in the ledger, in one of the endpoint's ways through it: a replay begins another. */
export type Place = Pick<WebhookRecord, "epoch" | "replays" | "position">;

/** What this process knows of an endpoint's way through the ledger, beside its record. */
export interface Progress {
  /** How far the ledger is known to go. */
  known: number;
  /** How far there was nothing to tell. It is kept now and then. */
  reached: Place | undefined;
  /** Whether a delivery is being made. */
  busy: boolean;
  /** When the next attempt is due. */
  due: number | undefined;
  /** Failed attempts at the present delivery. */
  failures: number;
  delivered: number;
  lastFailure: WebhookStatus["lastFailure"];
}

export const createProgress = (): Progress => ({
  known: 0,
  reached: undefined,
  busy: false,
  due: undefined,
  failures: 0,
  delivered: 0,
  lastFailure: null,
});

const isSameWay = (a: Place, b: Place): boolean => a.epoch === b.epoch && a.replays === b.replays;

export const isAt = (a: Place, b: Place): boolean => isSameWay(a, b) && a.position === b.position;

/** Where an endpoint stands, by its record and by what there was nothing to tell of since. */
export const positionOf = ({ reached }: Progress, now: WebhookRecord): number =>
  reached && isSameWay(reached, now) ? Math.max(now.position, reached.position) : now.position;

/** The record, as far on as the endpoint is. */
export const withReached = (progress: Progress, now: WebhookRecord): WebhookRecord => ({ ...now, position: positionOf(progress, now) });

/** The ledger goes as far as this, at least. */
export function learn(progress: Progress, head: number): void {
  progress.known = Math.max(progress.known, head);
}
