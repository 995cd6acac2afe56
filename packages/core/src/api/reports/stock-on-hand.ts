import * as z from "zod";
import { instant } from "../../domain/shared/schemas";
import type { ReadOptions, Reads } from "../../ports/storage";
import { readsAt } from "../reads";
import type { Instant } from "../stock";
import { type ScaledLevel, stockAt } from "../stock-at";
import { scopeOf } from "./catalogue";
import { sortingOf } from "./ledger";
import { reportParser } from "./options";
import { rollUp } from "./roll-up";
import { type StockCell, stockCells, stockValue } from "./stock-cells";
import { quantitySum } from "./sums";
import type { Report, ReportFilter, ReportGrouping, StockFigures } from "./types";

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
  const grouped = { by, scope, valueBy: stockValue(scope) };
  const named = { name: "stockOnHand", by };
  if (at === undefined) {
    const rolled = rollUp(await stockCells(storage, sortingOf(scope, by), now, options), { ...grouped, ...presentSums });
    return { ...named, columns: present, to: now, ...rolled };
  }
  const then = (await stockAt(storage, options, scope.where, at)).filter(({ sku }) => scope.has(sku));
  return { ...named, columns: past, to: at, ...rollUp(then, { ...grouped, ...pastSums }) };
}

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
  add(sums: PresentSums, { onHand, reserved, incoming, decimals, levels }: StockCell): void {
    sums.onHand.add(onHand, decimals);
    sums.reserved.add(reserved, decimals);
    sums.available.add(onHand - reserved, decimals);
    sums.incoming.add(incoming, decimals);
    sums.levels += levels;
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
