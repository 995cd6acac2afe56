import * as z from "zod";
import {
  type AbcFigures,
  type CostOfGoodsSoldFigures,
  type CoverFigures,
  type DeadStockFigures,
  type LowStockFigures,
  type MovementFigures,
  type Report,
  type ReportColumn,
  type ReportGroup,
  reportDimensions,
  reportKinds,
  type SalesFigures,
  type ShrinkageFigures,
  type StockFigures,
  type TurnoverFigures,
  type ValuationFigures,
} from "../api/reports/types";
import { money } from "../domain/shared/schemas";
import { howMany, time } from "./entities";

const sum = z.number().meta({ description: "In the products' units." });
const amounts = z.array(money).meta({ description: "One amount for each currency." });
const reportGroup = z.strictObject({
  category: z.string().nullable().exactOptional(),
  sku: z.string().exactOptional(),
  name: z.string().exactOptional(),
  storeId: z.string().nullable().exactOptional(),
  day: z.string().exactOptional(),
  week: z.string().exactOptional(),
  month: z.string().exactOptional(),
  reason: z.string().exactOptional(),
}) satisfies z.ZodType<ReportGroup>;
const reportColumn = z.strictObject({ name: z.string(), kind: z.enum(reportKinds) }) satisfies z.ZodType<ReportColumn>;
const report = <Figures extends z.ZodRawShape>(figures: Figures) => {
  const row = reportGroup.extend(figures);
  return z.strictObject({
    name: z.string(),
    by: z.array(z.enum([...reportDimensions, "reason"])),
    columns: z.array(reportColumn),
    from: time.exactOptional(),
    to: time,
    rows: z.array(row),
    subtotals: z.array(row),
    totals: z.strictObject(figures),
  });
};

const salesFigures = report({
  sold: sum,
  returned: sum,
  units: sum,
  sales: howMany,
  value: amounts,
  unpriced: sum,
  firstSaleAt: time.exactOptional(),
  lastSaleAt: time.exactOptional(),
}) satisfies z.ZodType<Report<SalesFigures>>;
const stockFigures = report({
  onHand: sum,
  reserved: sum.exactOptional(),
  available: sum.exactOptional(),
  incoming: sum.exactOptional(),
  levels: howMany,
}) satisfies z.ZodType<Report<StockFigures>>;
const movementFigures = report({
  received: sum,
  sold: sum,
  returned: sum,
  adjusted: sum,
  transferredOut: sum,
  transferredIn: sum,
  counted: sum,
  net: sum,
  movements: howMany,
}) satisfies z.ZodType<Report<MovementFigures>>;
const turnoverFigures = report({
  units: sum,
  opening: sum,
  closing: sum,
  average: sum,
  turnover: z.number().exactOptional(),
  daysPerTurn: z.number().exactOptional(),
}) satisfies z.ZodType<Report<TurnoverFigures>>;
const coverFigures = report({
  onHand: sum,
  available: sum,
  unitsPerDay: z.number(),
  daysOfCover: z.number().exactOptional(),
}) satisfies z.ZodType<Report<CoverFigures>>;
const abcFigures = report({
  rank: howMany,
  units: sum,
  value: amounts,
  share: z.number(),
  cumulativeShare: z.number(),
  class: z.enum(["A", "B", "C"]),
}) satisfies z.ZodType<Report<AbcFigures>>;
const deadStockFigures = report({
  onHand: sum,
  lastSaleAt: time.exactOptional(),
  lastMovedAt: time.exactOptional(),
}) satisfies z.ZodType<Report<DeadStockFigures>>;
const shrinkageFigures = report({
  lost: sum,
  found: sum,
  shrinkage: sum,
  value: amounts,
  uncosted: sum,
  movements: howMany,
}) satisfies z.ZodType<Report<ShrinkageFigures>>;
const lowStockFigures = report({
  onHand: sum,
  available: sum,
  incoming: sum,
  reorderPoint: sum,
  missing: sum,
  reorderQuantity: sum.exactOptional(),
}) satisfies z.ZodType<Report<LowStockFigures>>;
const valuationFigures = report({
  quantity: sum,
  unitCost: amounts.exactOptional(),
  value: amounts,
  unknown: sum,
  unsettled: sum,
}) satisfies z.ZodType<Report<ValuationFigures>>;
const costOfGoodsSoldFigures = report({
  quantity: sum,
  cost: amounts,
  unknown: sum,
  unsettled: sum,
}) satisfies z.ZodType<Report<CostOfGoodsSoldFigures>>;

/** What every report answers, by its name. */
export const reportAnswers = {
  "reports.stockOnHand": stockFigures,
  "reports.movementSummary": movementFigures,
  "reports.salesByCategory": salesFigures,
  "reports.salesByProduct": salesFigures,
  "reports.turnover": turnoverFigures,
  "reports.daysOfCover": coverFigures,
  "reports.abc": abcFigures,
  "reports.deadStock": deadStockFigures,
  "reports.shrinkage": shrinkageFigures,
  "reports.lowStock": lowStockFigures,
  "reports.valuation": valuationFigures,
  "reports.costOfGoodsSold": costOfGoodsSoldFigures,
} as const;
