import { type LevelRow, levels, movements } from "../domain/stock/tables";
import type { AggregateRow, Condition, Grouping, ReadOptions, Reads, Where } from "../ports/storage";
import { readsAt } from "./reads";

/** How much was where, scaled. */
export interface ScaledLevel {
  readonly sku: string;
  readonly storeId: string;
  readonly onHand: number;
  readonly decimals: number;
}

/** What was on hand of levels that are alike in what they are grouped by, at each of some times, scaled. */
export interface PastStock {
  /** The group's columns, by name. */
  readonly group: AggregateRow;
  readonly onHand: readonly number[];
}

/** Which stock of the past to tell, and how. */
export interface PastQuestion {
  /** Conditions on `sku` and `storeId`. */
  readonly where: Where;
  /** What levels and movements have in common. */
  readonly by: readonly Grouping[];
  /** In ascending order. */
  readonly times: readonly number[];
}

const byLevel = ["sku", "storeId", "decimals"] as const;
/** Of more products at once a storage is asked for all. */
const maximumSkus = 1_500;

/**
 * Stock as it was at some times: as it is, without what occurred since. So the recent past costs as much as happened since
 * then, however long the history. What had not moved by the last of the times is left out.
 */
export async function stockAtTimes(
  storage: Reads,
  options: ReadOptions | undefined,
  question: PastQuestion,
): Promise<readonly PastStock[]> {
  const { where, by } = question;
  const now = await readsAt(storage, options).aggregate(levels.name, {
    where,
    by,
    measures: { onHand: { sum: "onHand" }, seq: { max: "seq" } },
  });
  // A level carries the number of its last movement, so these are the levels after the last of those numbers, of all that match.
  const seq = now.reduce((last, row) => Math.max(last, row.seq as number), 0);
  return workedBack(storage, options, { ...question, now, isAll: true, seq });
}

/** Levels as they were at a time, without those that had not moved by then. */
export async function stockAt(
  storage: Reads,
  options: ReadOptions | undefined,
  where: Where,
  time: number,
): Promise<readonly ScaledLevel[]> {
  return (await stockAtTimes(storage, options, { where, by: byLevel, times: [time] })).map(toLevel);
}

const toLevel = ({ group, onHand }: PastStock): ScaledLevel => ({ ...group, onHand: onHand[0] as number }) as unknown as ScaledLevel;

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
  const some = await workedBack(storage, options, { now, isAll: false, seq: page.head, where, by: byLevel, times: [time] });
  if (some.length > limit || !page.more) return some.slice(0, limit + 1).map(toLevel);
  const all = [...(await stockAt(storage, options, where, time))].sort(compareKeys);
  const start = after ? all.findIndex((level) => compareKeys(level, { sku: after[0], storeId: after[1] }) > 0) : 0;
  return start < 0 ? [] : all.slice(start, start + limit + 1);
}

interface Working extends PastQuestion {
  readonly now: readonly AggregateRow[];
  /** Whether they are all that match. */
  readonly isAll: boolean;
  /** The command after which they are as they are now. */
  readonly seq: number;
}

async function workedBack(storage: Reads, options: ReadOptions | undefined, working: Working): Promise<readonly PastStock[]> {
  const { now, isAll, seq, where, by, times } = working;
  const [first, last] = [times[0] as number, times.at(-1) as number];
  const reads = readsAt(storage, options && { ...options, minSeq: Math.max(options.minSeq ?? 0, seq) });
  const columns = by.map((grouping) => (typeof grouping === "string" ? grouping : grouping.as));
  const nameOf = (row: AggregateRow): string => JSON.stringify(columns.map((column) => row[column]));
  const moved = (some: Where, occurredAt: Condition, groups: readonly Grouping[]) =>
    reads.aggregate(movements.name, {
      where: { ...where, ...some, occurredAt, seq: { lte: seq } },
      by: groups,
      measures: { delta: { sum: "delta" } },
    });

  const since = new Map<string, (number | undefined)[]>();
  for (const row of await moved(isAll ? {} : ofProducts(where, now), { gt: first }, [...by, ...betweenTimes(times)])) {
    const name = nameOf(row);
    const deltas = since.get(name) ?? [];
    deltas[(row[between] as number | undefined) ?? 0] = row.delta as number;
    since.set(name, deltas);
  }
  const then = now.map((row) => {
    const deltas = since.get(nameOf(row)) ?? [];
    const onHand = times.map((_, index) => deltas.slice(index).reduce<number>((left, delta = 0) => left - delta, row.onHand as number));
    return { row, deltas, onHand };
  });
  // Nothing on hand is what was sold out, and what had not come yet.
  const onlySince = (deltas: readonly (number | undefined)[]) => deltas.findIndex((delta) => delta !== undefined) === times.length - 1;
  const doubtful = new Set(then.filter(({ deltas, onHand }) => onHand.at(-1) === 0 && onlySince(deltas)).map(({ row }) => row));
  const before = new Set(doubtful.size === 0 ? [] : (await moved(ofProducts(where, [...doubtful]), { lte: last }, by)).map(nameOf));
  return then
    .filter(({ row }) => !doubtful.has(row) || before.has(nameOf(row)))
    .map(({ row, onHand }) => ({ group: Object.fromEntries(columns.map((column) => [column, row[column]])) as AggregateRow, onHand }));
}

const between = "between";

/** Tells apart what occurred after one time and after the next. */
const betweenTimes = ([, ...later]: readonly number[]): readonly Grouping[] =>
  later.length === 0 ? [] : [{ column: "occurredAt", bounds: later.map((time) => time + 1), as: between }];

/** Movements of these products, and of as few others as one question can be told of. */
function ofProducts(where: Where, some: readonly AggregateRow[]): Where {
  const skus = new Set(some.map(({ sku }) => sku as string | undefined));
  return where.sku !== undefined || skus.has(undefined) || skus.size > maximumSkus ? {} : { sku: { in: [...skus] as string[] } };
}

type LevelKey = Pick<ScaledLevel, "sku" | "storeId">;

const compareKeys = (a: LevelKey, b: LevelKey): number => compareText(a.sku, b.sku) || compareText(a.storeId, b.storeId);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
