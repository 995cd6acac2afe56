import * as z from "zod";
import { parser } from "../domain/shared/parse";
import { InventoryError } from "../errors";
import type { ReadOptions, Reads } from "../ports/storage";

const parseOptions = parser(
  z.strictObject({
    consistency: z.enum(["strong", "eventual"]).optional(),
    minSeq: z.int().nonnegative().optional(),
    signal: z.instanceof(AbortSignal).optional(),
  }),
);

/** The same answers, as current as a caller needs them and for as long as they are wanted. */
export function readsAt(reads: Reads, options: ReadOptions | undefined): Reads {
  if (options === undefined) return reads;
  const wanted = parseOptions(options) as ReadOptions;
  return {
    async find(table, query) {
      wanted.signal?.throwIfAborted();
      return reads.find(table, query, wanted);
    },
    async aggregate(table, aggregation) {
      wanted.signal?.throwIfAborted();
      return reads.aggregate(table, aggregation, wanted);
    },
  };
}

/** The refusal of a question whose answer no number holds exactly. */
export const tooMuch = (cause?: unknown): InventoryError =>
  new InventoryError(
    "INVALID_INPUT",
    { issues: [{ path: "", message: "what matches adds up to more than a number holds exactly: ask for less at once" }] },
    { cause },
  );

/** The same answers; where a storage says that a sum can't be told exactly, so is the caller. */
export const exactSums = (reads: Reads): Reads => ({
  find: (table, query, options) => reads.find(table, query, options),
  async aggregate(table, aggregation, options) {
    try {
      return await reads.aggregate(table, aggregation, options);
    } catch (error) {
      throw error instanceof RangeError ? tooMuch(error) : error;
    }
  },
});
