import * as z from "zod";
import { keyText } from "../../domain/shared/rows";
import type { ReadOptions, Reads } from "../../ports/storage";
import { readsAt } from "../reads";
import type { ScaledLevel } from "../stock-at";
import { scopeOf } from "./catalogue";
import { cutOf, readCells } from "./ledger";
import { reportParser } from "./options";
import { after } from "./period";
import { rollUp } from "./roll-up";
import { readSales } from "./sales";
import { levelsNow, stockValue } from "./stock-cells";
import { type StockDimension, stockDimensions } from "./stock-on-hand";
import { quantitySum } from "./sums";
import type { DeadStockFigures, Report, ReportFilter, ReportGrouping } from "./types";

/** When stock counts as dead. */
export interface DeadStockOptions extends ReportFilter, ReportGrouping<StockDimension> {
  /** Nothing of it was sold for so many days, and it has been there for as long: 1 to 3,650; 90 unless said. */
  readonly days?: number;
}

export const parseDeadStock = reportParser({ days: z.int().min(1).max(3_650).default(90) }, stockDimensions, ["sku", "storeId"]);

const columns = [
  { name: "onHand", kind: "quantity" },
  { name: "lastSaleAt", kind: "time" },
  { name: "lastMovedAt", kind: "time" },
] as const;

const dayMs = 86_400_000;

/** What is on hand, has been for long, and was not sold since. */
export async function deadStock(
  storage: Reads,
  given: DeadStockOptions,
  now: number,
  options?: ReadOptions,
): Promise<Report<DeadStockFigures>> {
  const { by, days, ...filter } = parseDeadStock(given);
  const reads = readsAt(storage, options);
  const scope = await scopeOf(reads, filter, by.includes("category") || by.includes("sku"));
  const since = now - days * dayMs;
  const cut = cutOf(scope, { from: 0, to: after(now) }, ["sku", "storeId"], "UTC");
  const lastSales = new Map<string, number>();
  for (const { type, sku, storeId, last } of await readSales(reads, cut)) {
    const name = keyText([sku as string, storeId as string]);
    if (type === "sold") lastSales.set(name, Math.max(last, lastSales.get(name) ?? 0));
  }
  const moved = await readCells(reads, cut, { where: {}, by: [], measures: { first: { min: "occurredAt" }, last: { max: "occurredAt" } } });
  const history = new Map(moved.map((row) => [keyText([row.sku as string, row.storeId as string]), row]));
  const cells: Cell[] = [];
  for await (const level of levelsNow(storage, scope, now, options)) {
    const name = keyText([level.sku, level.storeId]);
    const [sold, seen] = [lastSales.get(name), history.get(name)];
    if (level.onHand <= 0 || (sold ?? 0) >= since || !seen || (seen.first as number) >= since) continue;
    cells.push({ ...level, sold, moved: seen.last as number });
  }
  const rolled = rollUp(cells, { by, scope, valueBy: stockValue(scope), start, add, end });
  return { name: "deadStock", by, columns, to: now, ...rolled };
}

type Cell = ScaledLevel & { readonly sold: number | undefined; readonly moved: number };

const start = () => ({ onHand: quantitySum(), lastSaleAt: 0, lastMovedAt: 0 });

type Sums = ReturnType<typeof start>;

function add(sums: Sums, { onHand, decimals, sold, moved }: Cell): void {
  sums.onHand.add(onHand, decimals);
  sums.lastSaleAt = Math.max(sums.lastSaleAt, sold ?? 0);
  sums.lastMovedAt = Math.max(sums.lastMovedAt, moved);
}

const end = ({ onHand, lastSaleAt, lastMovedAt }: Sums): DeadStockFigures => ({
  onHand: onHand.total(),
  ...(lastSaleAt > 0 && { lastSaleAt }),
  ...(lastMovedAt > 0 && { lastMovedAt }),
});
