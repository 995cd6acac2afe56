import type { Lease } from "./lease";
import { type Progress, positionOf } from "./progress";
import type { PauseReason } from "./store";

/** How an endpoint fares. */
export interface WebhookStatus {
  readonly name: string;
  /** `idle`: nothing is left to tell; `waiting`: for the next attempt after one that failed; `standby`: another process delivers. */
  readonly state: "starting" | "delivering" | "idle" | "waiting" | "paused" | "standby";
  readonly paused: PauseReason | null;
  /** Everything up to this number of the ledger is delivered or a dead letter; on standby, as of the last look at the other's record. */
  readonly position: number;
  /** How many commands the ledger has beyond that. */
  readonly behind: number;
  /** Deliveries that arrived since the process began. */
  readonly delivered: number;
  /** Failed attempts at the present delivery. */
  readonly failures: number;
  /** When the next attempt is due; epoch milliseconds. */
  readonly retryAt: number | null;
  readonly lastFailure: { readonly at: number; readonly reason: string } | null;
  readonly deadLetters: number;
}

/** How an endpoint fares, by its lease and by what this process knows beside. */
export function statusOf(name: string, lease: Pick<Lease, "seen" | "held">, progress: Progress): WebhookStatus {
  const { seen } = lease;
  const { known, delivered, failures, due, lastFailure } = progress;
  const position = seen ? positionOf(progress, seen) : 0;
  return {
    name,
    state: stateOf(lease, progress),
    paused: seen?.paused ?? null,
    position,
    behind: seen ? Math.max(0, known - position) : 0,
    delivered,
    failures,
    retryAt: failures > 0 ? (due ?? null) : null,
    lastFailure,
    deadLetters: seen?.deadLetters.length ?? 0,
  };
}

function stateOf({ seen, held }: Pick<Lease, "seen" | "held">, { busy, failures }: Progress): WebhookStatus["state"] {
  if (!seen) return "starting";
  if (!held) return "standby";
  if (seen.paused !== null) return "paused";
  if (busy) return "delivering";
  return failures > 0 ? "waiting" : "idle";
}
