import * as z from "zod";
import type { ReadOptions, Reads } from "../../ports/storage";
import { readsAt } from "../reads";
import { scopeOf } from "./catalogue";
import { cutOf } from "./ledger";
import { reportParser } from "./options";
import { after } from "./period";
import { rollUp } from "./roll-up";
import { readSales } from "./sales";
import { type StockCell, stockCells, stockValue } from "./stock-cells";
import { type StockDimension, stockDimensions } from "./stock-on-hand";
import { type QuantitySum, quantitySum } from "./sums";
import type { CoverFigures, Report, ReportFilter, ReportGrouping } from "./types";

/** Whose stock to look at, and how fast it is taken to go. */
export interface DaysOfCoverOptions extends ReportFilter, ReportGrouping<StockDimension> {
  /** Sales of so many days before now are taken as what is to come: 1 to 3,650; 28 unless said. */
  readonly days?: number;
}

export const parseDaysOfCover = reportParser({ days: z.int().min(1).max(3_650).default(28) }, stockDimensions, ["sku", "storeId"]);

const columns = [
  { name: "onHand", kind: "quantity" },
  { name: "available", kind: "quantity" },
  { name: "unitsPerDay", kind: "number" },
  { name: "daysOfCover", kind: "number" },
] as const;

const dayMs = 86_400_000;

/** How long stock lasts if sales go on as they did. */
export async function daysOfCover(
  storage: Reads,
  given: DaysOfCoverOptions,
  now: number,
  options?: ReadOptions,
): Promise<Report<CoverFigures>> {
  const { by, days, ...filter } = parseDaysOfCover(given);
  const reads = readsAt(storage, options);
  const scope = await scopeOf(reads, filter, by.includes("category") || by.includes("sku"));
  const span = { from: Math.max(0, now - days * dayMs), to: after(now) };
  const cut = cutOf(scope, span, by, "UTC");
  const sold = (await readSales(reads, cut)).map((cell): Cell => ({ ...cell, units: -cell.delta }));
  const cells: Cell[] = [...sold, ...(await stockCells(storage, cut, now, options))];
  const rolled = rollUp(cells, { by, scope, valueBy: stockValue(scope), start, add, end: (sums) => end(sums, days) });
  return { name: "daysOfCover", by, columns, ...span, ...rolled };
}

type Cell = Pick<StockCell, "sku" | "category" | "storeId" | "decimals"> &
  Partial<Pick<StockCell, "onHand" | "reserved">> & { readonly units?: number };

interface Sums {
  readonly onHand: QuantitySum;
  readonly available: QuantitySum;
  readonly units: QuantitySum;
}

const start = (): Sums => ({ onHand: quantitySum(), available: quantitySum(), units: quantitySum() });

function add(sums: Sums, { onHand = 0, reserved = 0, units = 0, decimals }: Cell): void {
  sums.onHand.add(onHand, decimals);
  sums.available.add(onHand - reserved, decimals);
  sums.units.add(units, decimals);
}

function end(sums: Sums, days: number): CoverFigures {
  const available = sums.available.total();
  const unitsPerDay = sums.units.total() / days;
  return {
    onHand: sums.onHand.total(),
    available,
    unitsPerDay,
    ...(unitsPerDay > 0 && { daysOfCover: Math.max(0, available) / unitsPerDay }),
  };
}
