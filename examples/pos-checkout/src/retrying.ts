import { isInventoryError } from "@onhand/core";

/**
 * Asks until there is an answer, be it a refusal. Every step carries its key, so asking again books nothing twice: it
 * brings the answer that was lost.
 */
export async function retrying<T>(step: () => Promise<T>, pause: () => Promise<void>): Promise<T> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!isInventoryError(error) || !error.retryable) throw error;
      await pause();
    }
  }
}
