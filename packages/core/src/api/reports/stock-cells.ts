import { type LevelRow, levels } from "../../domain/stock/tables";
import type { ReadOptions, Reads, Where } from "../../ports/storage";
import { withoutExpiredHolds } from "../held";
import { readsAt } from "../reads";
import type { Scope } from "./catalogue";
import { cellValue, groupsOf, inScope, type Sorting } from "./ledger";
import { maximumGroups, tooLarge } from "./limits";
import type { ReportDimension } from "./types";

/** Levels that are alike in what a report tells apart, added up and scaled. */
export interface StockCell {
  readonly sku?: string;
  readonly category?: string | null;
  readonly storeId?: string;
  readonly decimals: number;
  readonly onHand: number;
  readonly reserved: number;
  readonly incoming: number;
  readonly levels: number;
}

/** What a level or a cell is by a dimension. */
export const stockValue =
  (scope: Scope) =>
  (cell: Pick<StockCell, "sku" | "category" | "storeId">, dimension: ReportDimension): string | null =>
    cellValue({ scope }, cell, dimension);

/** Levels one by one as they stand, without promises that ran out though nobody wrote it down yet. */
export async function* levelsNow(storage: Reads, scope: Scope, now: number, options?: ReadOptions): AsyncIterable<LevelRow> {
  for await (const { standing } of levelPages(storage, scope.where, now, options))
    for (const row of standing) if (scope.has(row.sku)) yield row;
}

/** The same added up where it is kept: about as many cells as the report has rows, however many levels there are. */
export async function stockCells(
  storage: Reads,
  sorting: Sorting,
  now: number,
  options: ReadOptions | undefined,
): Promise<readonly StockCell[]> {
  for (let look = 1; look <= maximumLooks; look++) {
    const sums = await readSums(storage, sorting, now, options);
    const doubtful = sums.filter(({ held }) => held === 0);
    if (doubtful.length === 0) return inScope(sorting, sums);
    const { cells, lastSeq } = await readRunOut(storage, sorting.scope.where, now, options);
    const counted = doubtful.reduce((count, { levels: own }) => count + own, 0);
    const isSame = cells.length === counted && doubtful.some(({ seq }) => seq >= lastSeq);
    // Two questions are two moments: where promises were settled in between, it is asked again.
    if (isSame) return inScope(sorting, [...sums, ...cells]);
  }
  return levelByLevel(storage, sorting.scope, now, options);
}

/** Each level is of one moment here, so nothing can be settled in between; but all of them are read. */
async function levelByLevel(storage: Reads, scope: Scope, now: number, options: ReadOptions | undefined): Promise<readonly StockCell[]> {
  const cells: StockCell[] = [];
  for await (const { sku, storeId, decimals, onHand, reserved, incoming } of levelsNow(storage, scope, now, options))
    cells.push({ sku, storeId, decimals, onHand, reserved, incoming, levels: 1 });
  return cells;
}

const pageSize = 5_000;
/** Whoever changes a level settles what has run out there, so a second look nearly always finds nothing left to take off; unless many levels have some. */
const maximumLooks = 5;
/** Levels without promises, with such as stand, and with such as may have run out are told apart. */
const maximumSums = 3 * maximumGroups;

type SumOfLevels = StockCell & {
  /** 0 where promises may have run out that are still counted. */
  readonly held: number | null;
  readonly seq: number;
};

async function readSums(storage: Reads, sorting: Sorting, now: number, options: ReadOptions | undefined): Promise<readonly SumOfLevels[]> {
  const rows = await readsAt(storage, options).aggregate(levels.name, {
    where: sorting.scope.where,
    by: [...groupsOf(sorting), "decimals", { column: "heldUntil", bounds: [now + 1], as: "held" }],
    measures: {
      onHand: { sum: "onHand" },
      reserved: { sum: "reserved" },
      incoming: { sum: "incoming" },
      levels: { count: true },
      seq: { max: "seq" },
    },
    limit: maximumSums + 1,
  });
  if (rows.length > maximumSums) throw tooLarge(`more than ${maximumGroups} groups`);
  return rows as unknown as readonly SumOfLevels[];
}

/** What is to be taken off levels for promises that ran out, level by level, and the last command that wrote one of these levels. */
async function readRunOut(storage: Reads, where: Where, now: number, options: ReadOptions | undefined) {
  const cells: StockCell[] = [];
  let lastSeq = 0;
  for await (const { written, standing } of levelPages(storage, { ...where, heldUntil: { lte: now } }, now, options)) {
    for (const [index, { sku, storeId, decimals, reserved, seq }] of standing.entries()) {
      cells.push({ sku, storeId, decimals, onHand: 0, reserved: reserved - (written[index] as LevelRow).reserved, incoming: 0, levels: 0 });
      lastSeq = Math.max(lastSeq, seq);
    }
  }
  return { cells, lastSeq };
}

/** Levels a page at a time, as they were written and as they stand. */
async function* levelPages(storage: Reads, where: Where, now: number, options: ReadOptions | undefined) {
  const reads = readsAt(storage, options);
  let after: readonly string[] | undefined;
  for (;;) {
    const page = await reads.find(levels.name, { where, limit: pageSize, ...(after && { after }) });
    const asOld = readsAt(storage, options && { ...options, minSeq: Math.max(options.minSeq ?? 0, page.head) });
    yield { written: page.rows as readonly LevelRow[], standing: await withoutExpiredHolds(asOld, page, now) };
    const last = page.rows.at(-1) as LevelRow | undefined;
    if (!page.more || !last) return;
    after = [last.sku, last.storeId];
  }
}
