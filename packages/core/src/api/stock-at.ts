import { keyText } from "../domain/shared/rows";
import { type LevelRow, levels, movements } from "../domain/stock/tables";
import type { AggregateRow, Condition, ReadOptions, Reads, Where } from "../ports/storage";
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
const maximumSkus = 1_500;

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
  return workedBack(storage, options, { now: now as unknown as readonly ScaledLevel[], isAll: true, seq, where, time });
}

/** Which levels of the past to list: those behind a key, and how many. */
interface PastPage {
  readonly after: readonly [string, string] | undefined;
  readonly limit: number;
}

/**
 * The first levels behind a key as they were at a time, by product and store, and one more where there are more: they cost what happened
 * to these since, not what happened to all.
 *
 * @param where - conditions on `sku` and `storeId`.
 */
export async function stockPageAt(
  storage: Reads,
  options: ReadOptions | undefined,
  where: Where,
  time: number,
  { after, limit }: PastPage,
): Promise<readonly ScaledLevel[]> {
  // Some of them had not moved by then.
  const spare = Math.ceil(limit / 4) + 1;
  const page = await readsAt(storage, options).find(levels.name, { where, limit: limit + spare, ...(after && { after }) });
  const now = page.rows as readonly LevelRow[];
  const some = await workedBack(storage, options, { now, isAll: false, seq: page.head, where, time });
  if (some.length > limit || !page.more) return some.slice(0, limit + 1);
  const all = [...(await stockAt(storage, options, where, time))].sort(compareKeys);
  const start = after ? all.findIndex((level) => compareKeys(level, { sku: after[0], storeId: after[1] }) > 0) : 0;
  return start < 0 ? [] : all.slice(start, start + limit + 1);
}

interface Working {
  readonly now: readonly ScaledLevel[];
  /** Whether they are all that match. */
  readonly isAll: boolean;
  /** The command after which they are as they are now. */
  readonly seq: number;
  readonly where: Where;
  readonly time: number;
}

async function workedBack(
  storage: Reads,
  options: ReadOptions | undefined,
  { now, isAll, seq, where, time }: Working,
): Promise<readonly ScaledLevel[]> {
  const reads = readsAt(storage, options && { ...options, minSeq: Math.max(options.minSeq ?? 0, seq) });
  const moved = (some: Where, occurredAt: Condition) =>
    reads.aggregate(movements.name, {
      where: { ...where, ...some, occurredAt, seq: { lte: seq } },
      by,
      measures: { delta: { sum: "delta" } },
    });
  const since = new Map((await moved(isAll ? {} : ofProducts(where, now), { gt: time })).map((row) => [nameOf(row), row.delta as number]));
  const then = now.map((level) => {
    const { sku, storeId, decimals, onHand } = level;
    return { sku, storeId, decimals, onHand: onHand - (since.get(nameOf(level)) ?? 0) };
  });
  const doubtful = then.filter((level) => level.onHand === 0 && since.has(nameOf(level)));
  if (doubtful.length === 0) return then;
  // Nothing on hand is what was sold out, and what had not come yet.
  const before = new Set((await moved(ofProducts(where, doubtful), { lte: time })).map(nameOf));
  return then.filter((level) => level.onHand !== 0 || !since.has(nameOf(level)) || before.has(nameOf(level)));
}

/** Movements of these levels, and of as few others as one question can be told of. */
function ofProducts(where: Where, some: readonly ScaledLevel[]): Where {
  const skus = new Set(some.map(({ sku }) => sku));
  return where.sku !== undefined || skus.size > maximumSkus ? {} : { sku: { in: [...skus] } };
}

const nameOf = (row: AggregateRow | ScaledLevel): string => keyText([row.sku as string, row.storeId as string]);

type LevelKey = Pick<ScaledLevel, "sku" | "storeId">;

const compareKeys = (a: LevelKey, b: LevelKey): number => compareText(a.sku, b.sku) || compareText(a.storeId, b.storeId);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
