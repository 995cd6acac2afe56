import { type Inventory, isInventoryError } from "@onhand/core";
import type { JobOutcome, StockJob } from "./stock-queue";

/**
 * Applies a job. Handed out again after a crash, it gets its first answer: the key is used up. A refusal is an answer, too; what may go well
 * another time is thrown, so that the queue tries again.
 */
export const applyWith =
  (inventory: Pick<Inventory, "execute">) =>
  async ({ id, command, input }: StockJob): Promise<JobOutcome> => {
    try {
      const { seq } = await inventory.execute(command, { ...input, idempotencyKey: id });
      return { applied: true, seq };
    } catch (error) {
      if (!isInventoryError(error) || error.retryable) throw error;
      return { applied: false, code: error.code, details: { ...error.details } };
    }
  };
