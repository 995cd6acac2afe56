import { InventoryError } from "@onhand/core";
import type { Timers } from "../shared/timers";

/** The time one request may take. */
export interface Deadline {
  /** Says that from here on something may be applied, whenever the time is up. */
  submitted(idempotencyKey: string | undefined): void;
  /** Aborted when the time is up: what only answers need not go on. No getter: V8 makes a hidden class of its own for each object with one. */
  signal(): AbortSignal;
}

/**
 * Answers with what work comes to, or in time with what can be said by then: `STORAGE_UNAVAILABLE` while nothing was submitted, and
 * `OUTCOME_UNKNOWN` from then on, since the work goes on.
 */
export function withinDeadline<T>(timers: Timers, timeoutMs: number, work: (deadline: Deadline) => Promise<T>): Promise<T> {
  let late = noAnswer;
  let passed: InventoryError | undefined;
  // Made when it is looked at, which few answers do: it costs more than all else here.
  let over: AbortController | undefined;
  const deadline: Deadline = {
    submitted(idempotencyKey) {
      late = () => new InventoryError("OUTCOME_UNKNOWN", idempotencyKey === undefined ? {} : { idempotencyKey });
    },
    signal() {
      over ??= new AbortController();
      if (passed) over.abort(passed);
      return over.signal;
    },
  };
  return new Promise<T>((resolve, reject) => {
    const stop = timers.after(timeoutMs, () => {
      passed = late();
      reject(passed);
      over?.abort(passed);
    });
    work(deadline).then(
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
