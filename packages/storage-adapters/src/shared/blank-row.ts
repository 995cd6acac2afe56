import type { Value } from "@onhand/core";

/**
 * A row without values, to be copied and filled. A parsed object has its columns in place, and so have its copies; one that is given
 * them one by one becomes a hash table, larger and slower to read.
 */
export const blankRow = (columns: readonly string[]): Readonly<Record<string, Value>> =>
  JSON.parse(JSON.stringify(Object.fromEntries(columns.map((column) => [column, null])))) as Record<string, Value>;
