import { errorCodes, type InventoryError, isInventoryError } from "@onhand/core";

/** Whether the ledger said no to one command, rather than being out of order as a whole. */
export const isRefusal = (error: unknown): error is InventoryError =>
  isInventoryError(error) && !errorCodes[error.code].retryable && errorCodes[error.code].status < 500;

interface Settled {
  readonly replayed: boolean;
}

const maximumAttempts = 100;
const fullTries = 8;
const firstWaitMs = 10;

/**
 * Sends a command under a key until its outcome is one of now: a success, whenever it was, or a refusal that is not from an
 * earlier run.
 *
 * A refusal is remembered under its key for ever, although what caused it may have been put right since. What was refused wrote
 * nothing, so the command may go on under the next key; what was applied is found under the key it was applied with.
 *
 * @param wasApplied - for commands that depend on what is there, and so may differ from what was sent under the key before: whether
 * that was applied. If not it was refused.
 */
export async function settle(
  key: string,
  send: (idempotencyKey: string) => Promise<Settled>,
  wasApplied?: () => Promise<boolean>,
): Promise<Settled> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await whenThereIsRoom(() => send(attempt === 0 ? key : `${key}~${attempt}`));
    } catch (error) {
      if (attempt === maximumAttempts || !isInventoryError(error)) throw error;
      if (wasApplied && error.code === "IDEMPOTENCY_MISMATCH") {
        if (await wasApplied()) return { replayed: true };
      } else if ((error.details as { readonly replayed?: boolean }).replayed !== true) throw error;
    }
  }
}

/** A full queue empties by itself; an import can wait for it. */
async function whenThereIsRoom<Result>(send: () => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!isInventoryError(error, "QUEUE_FULL") || attempt === fullTries) throw error;
      await new Promise((resolve) => setTimeout(resolve, firstWaitMs * 2 ** attempt));
    }
  }
}
