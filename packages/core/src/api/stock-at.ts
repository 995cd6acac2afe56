import { keyText } from "../domain/shared/rows";
import { levels, movements } from "../domain/stock/tables";
import type { AggregateRow, ReadOptions, Reads, Where } from "../ports/storage";
import { readsAt } from "./reads";

/** How much was where, scaled. */
export interface ScaledLevel {
  readonly sku: string;
  readonly storeId: string;
  readonly onHand: number;
  readonly decimals: number;
}

const by = ["sku", "storeId", "decimals"] as const;
/** Of more products at once a storage is asked for all. */
const maximumSkus = 500;

/**
 * Levels as they were at a time: as they are, without what occurred since. So the recent past costs as much as happened since
 * then, however long the history. What had not moved by then is left out.
 *
 * @param where - conditions on `sku` and `storeId`.
 */
export async function stockAt(
  storage: Reads,
  options: ReadOptions | undefined,
  where: Where,
  time: number,
): Promise<readonly ScaledLevel[]> {
  const now = await readsAt(storage, options).aggregate(levels.name, {
    where,
    by,
    measures: { onHand: { sum: "onHand" }, seq: { max: "seq" } },
  });
  // A level carries the number of its last movement, so these are the levels after the last of those numbers, of all that match.
  const seq = now.reduce((last, row) => Math.max(last, row.seq as number), 0);
  const reads = readsAt(storage, options && { ...options, minSeq: Math.max(options.minSeq ?? 0, seq) });
  const moved = (when: Where) =>
    reads.aggregate(movements.name, { where: { ...where, ...when, seq: { lte: seq } }, by, measures: { delta: { sum: "delta" } } });
  const since = new Map((await moved({ occurredAt: { gt: time } })).map((row) => [nameOf(row), row.delta as number]));
  const then = now.map((row) => {
    const { sku, storeId, decimals } = row as unknown as ScaledLevel;
    return { sku, storeId, decimals, onHand: (row.onHand as number) - (since.get(nameOf(row)) ?? 0) };
  });
  const doubtful = new Set(then.filter((level) => level.onHand === 0 && since.has(nameOf(level))).map((level) => level.sku));
  if (doubtful.size === 0) return then;
  // Nothing on hand is what was sold out, and what had not come yet.
  const some = doubtful.size <= maximumSkus && { sku: { in: [...doubtful] } };
  const before = new Set((await moved({ ...some, occurredAt: { lte: time } })).map(nameOf));
  return then.filter((level) => level.onHand !== 0 || !since.has(nameOf(level)) || before.has(nameOf(level)));
}

const nameOf = (row: AggregateRow | ScaledLevel): string => keyText([row.sku as string, row.storeId as string]);
