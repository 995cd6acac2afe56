import * as z from "zod";
import { instant } from "../../domain/shared/schemas";
import { type LevelRow, levels } from "../../domain/stock/tables";
import type { ReadOptions, Reads } from "../../ports/storage";
import { withoutExpiredHolds } from "../held";
import { readsAt } from "../reads";
import type { Instant } from "../stock";
import { type ScaledLevel, stockAt } from "../stock-at";
import { type Scope, scopeOf } from "./catalogue";
import { maximumGroups, tooLarge } from "./limits";
import { reportParser } from "./options";
import { rollUp } from "./roll-up";
import { quantitySum } from "./sums";
import type { Report, ReportDimension, ReportFilter, ReportGrouping, StockFigures } from "./types";

/** What reports of a moment can be grouped by. */
export type StockDimension = "category" | "sku" | "storeId";

/** Which stock to report. */
export interface StockOnHandOptions extends ReportFilter, ReportGrouping<StockDimension> {
  /** The moment to report; now unless given. */
  readonly at?: Instant;
}

export const stockDimensions = ["category", "sku", "storeId"] as const satisfies readonly StockDimension[];
export const parseStockOnHand = reportParser({ at: z.optional(instant) }, stockDimensions, ["sku", "storeId"]);

const present = [
  { name: "onHand", kind: "quantity" },
  { name: "reserved", kind: "quantity" },
  { name: "available", kind: "quantity" },
  { name: "incoming", kind: "quantity" },
  { name: "levels", kind: "number" },
] as const;
const past = present.filter(({ name }) => name === "onHand" || name === "levels");

/** What a level is by a dimension. */
export const levelValue =
  (scope: Scope) =>
  (level: ScaledLevel, dimension: ReportDimension): string | null =>
    dimension === "category" ? (scope.fact(level.sku)?.category ?? null) : level[dimension as "sku" | "storeId"];

/** What cells of the ledger must tell apart so that `levelValue` knows what they are: stores only where they are asked for. */
export const levelColumns = (by: readonly ReportDimension[]): readonly ("sku" | "storeId")[] =>
  by.includes("storeId") ? ["sku", "storeId"] : ["sku"];

/** What is on the shelves, or was at a time. */
export async function stockOnHand(
  storage: Reads,
  given: StockOnHandOptions,
  now: number,
  options?: ReadOptions,
): Promise<Report<StockFigures>> {
  const { by, at, ...filter } = parseStockOnHand(given);
  const reads = readsAt(storage, options);
  const scope = await scopeOf(reads, filter, by.includes("category") || by.includes("sku"));
  const grouped = { by, scope, valueBy: levelValue(scope) };
  const named = { name: "stockOnHand", by };
  if (at === undefined) {
    const rolled = rollUp(await levelsNow(storage, scope, now, options), { ...grouped, ...presentSums });
    return { ...named, columns: present, to: now, ...rolled };
  }
  const then = (await stockAt(storage, options, scope.where, at)).filter(({ sku }) => scope.has(sku));
  return { ...named, columns: past, to: at, ...rollUp(then, { ...grouped, ...pastSums }) };
}

/** Levels as they stand, a page of them at a time. */
export async function levelsNow(storage: Reads, scope: Scope, now: number, options?: ReadOptions): Promise<readonly LevelRow[]> {
  const reads = readsAt(storage, options);
  const found: LevelRow[] = [];
  let after: readonly string[] | undefined;
  for (;;) {
    const page = await reads.find(levels.name, { where: scope.where, limit: pageSize, ...(after && { after }) });
    const asOld = readsAt(storage, options && { ...options, minSeq: Math.max(options.minSeq ?? 0, page.head) });
    for (const row of await withoutExpiredHolds(asOld, page, now)) if (scope.has(row.sku)) found.push(row);
    const last = page.rows.at(-1) as LevelRow | undefined;
    if (!page.more || !last) return found;
    if (found.length > maximumGroups) throw tooLarge(`more than ${maximumGroups} levels`);
    after = [last.sku, last.storeId];
  }
}

const pageSize = 5_000;

const startPresent = () => ({
  onHand: quantitySum(),
  reserved: quantitySum(),
  available: quantitySum(),
  incoming: quantitySum(),
  levels: 0,
});
type PresentSums = ReturnType<typeof startPresent>;

const presentSums = {
  start: startPresent,
  add(sums: PresentSums, { onHand, reserved, incoming, decimals }: LevelRow): void {
    sums.onHand.add(onHand, decimals);
    sums.reserved.add(reserved, decimals);
    sums.available.add(onHand - reserved, decimals);
    sums.incoming.add(incoming, decimals);
    sums.levels++;
  },
  end: ({ levels: count, ...sums }: PresentSums): StockFigures => ({
    onHand: sums.onHand.total(),
    reserved: sums.reserved.total(),
    available: sums.available.total(),
    incoming: sums.incoming.total(),
    levels: count,
  }),
};

const startPast = () => ({ onHand: quantitySum(), levels: 0 });
type PastSums = ReturnType<typeof startPast>;

const pastSums = {
  start: startPast,
  add(sums: PastSums, { onHand, decimals }: ScaledLevel): void {
    sums.onHand.add(onHand, decimals);
    sums.levels++;
  },
  end: ({ onHand, levels: count }: PastSums): StockFigures => ({ onHand: onHand.total(), levels: count }),
};
