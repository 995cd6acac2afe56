import { InventoryError } from "@onhand/core";
import type { Timers } from "../shared/timers";

/** The time one request may take. */
export interface Deadline {
  /** Says that from here on something may be applied, whenever the time is up. */
  submitted(idempotencyKey: string | undefined): void;
  /** Aborted when the time is up: what only answers need not go on. */
  readonly signal: AbortSignal;
}

/**
 * Answers with what work comes to, or in time with what can be said by then: `STORAGE_UNAVAILABLE` while nothing was submitted, and
 * `OUTCOME_UNKNOWN` from then on, since the work goes on.
 */
export function withinDeadline<T>(timers: Timers, timeoutMs: number, work: (deadline: Deadline) => Promise<T>): Promise<T> {
  let late = (): InventoryError => new InventoryError("STORAGE_UNAVAILABLE", { reason: "no answer came in time" });
  return new Promise<T>((resolve, reject) => {
    const over = new AbortController();
    const stop = timers.after(timeoutMs, () => {
      const error = late();
      reject(error);
      over.abort(error);
    });
    const settled = <Value>(pass: (value: Value) => void) => {
      return (value: Value) => {
        stop();
        pass(value);
      };
    };
    work({
      signal: over.signal,
      submitted: (idempotencyKey) => {
        late = () => new InventoryError("OUTCOME_UNKNOWN", idempotencyKey === undefined ? {} : { idempotencyKey });
      },
    }).then(settled(resolve), settled(reject));
  });
}
