import * as z from "zod";
import { parser } from "../domain/shared/parse";
import type { ReadOptions, Reads } from "../ports/storage";

const parseOptions = parser(
  z.strictObject({ consistency: z.enum(["strong", "eventual"]).optional(), minSeq: z.int().nonnegative().optional() }),
);

/** The same answers, as current as a caller needs them. */
export function readsAt(reads: Reads, options: ReadOptions | undefined): Reads {
  if (options === undefined) return reads;
  const wanted = parseOptions(options) as ReadOptions;
  return {
    find: (table, query) => reads.find(table, query, wanted),
    aggregate: (table, aggregation) => reads.aggregate(table, aggregation, wanted),
  };
}
