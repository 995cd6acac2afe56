import { InventoryError } from "@onhand/core";
import type { Timers } from "../shared/timers";

/** The time one request may take. */
export interface Deadline {
  /** Says that from here on something may be applied, whenever the time is up. */
  submitted(idempotencyKey: string | undefined): void;
}

/**
 * Answers with what work comes to, or in time with what can be said by then: `STORAGE_UNAVAILABLE` while nothing was submitted, and
 * `OUTCOME_UNKNOWN` from then on, since the work goes on.
 */
export function withinDeadline<T>(timers: Timers, timeoutMs: number, work: (deadline: Deadline) => Promise<T>): Promise<T> {
  let late = noAnswer;
  const submitted: Deadline["submitted"] = (idempotencyKey) => {
    late = () => new InventoryError("OUTCOME_UNKNOWN", idempotencyKey === undefined ? {} : { idempotencyKey });
  };
  return new Promise<T>((resolve, reject) => {
    const stop = timers.after(timeoutMs, () => reject(late()));
    work({ submitted }).then(
      (value) => {
        stop();
        resolve(value);
      },
      (error: unknown) => {
        stop();
        reject(error);
      },
    );
  });
}

const noAnswer = (): InventoryError => new InventoryError("STORAGE_UNAVAILABLE", { reason: "no answer came in time" });
