import * as z from "zod";
import { InventoryError } from "../../errors";
import type { Reads } from "../../ports/storage";
import { scopeOf } from "./catalogue";
import { cutOf } from "./ledger";
import { periodFields, reportParser } from "./options";
import { spanOf } from "./period";
import { compareText, rollUp } from "./roll-up";
import { readSales, salesSums, salesValue } from "./sales";
import type { AbcFigures, Report, ReportFilter, ReportGroup, ReportPeriod, SalesFigures } from "./types";

/** Which sales decide what a product is, and where the classes end. */
export interface AbcOptions extends ReportFilter, Omit<ReportPeriod, "timeZone"> {
  /** What counts: the `value` of sales unless said, or their `units`. */
  readonly measure?: "value" | "units";
  /** The currency whose sales count. Needed where there are sales in several. */
  readonly currency?: string;
  /** The share of all sales that class A makes: more than 0, less than 1; 0.8 unless said. */
  readonly a?: number;
  /** The share that A and B make together; 0.95 unless said. */
  readonly b?: number;
}

const share = z.number().gt(0).lt(1);
const { from: fromField, to: toField } = periodFields;
export const parseAbc = reportParser(
  {
    from: fromField,
    to: toField,
    measure: z.enum(["value", "units"]).default("value"),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, "must be an ISO 4217 code such as EUR")
      .optional(),
    a: share.default(0.8),
    b: share.default(0.95),
  },
  ["sku"],
  ["sku"],
);

const columns = [
  { name: "rank", kind: "number" },
  { name: "units", kind: "quantity" },
  { name: "value", kind: "money" },
  { name: "share", kind: "share" },
  { name: "cumulativeShare", kind: "share" },
  { name: "class", kind: "text" },
] as const;

/** Products by what they sell, the best first. Those that sold nothing, or came back more than they went, are C. */
export async function abc(reads: Reads, options: AbcOptions, now: number): Promise<Report<AbcFigures>> {
  const { by, from, to, measure, currency, a, b, ...filter } = parseAbc(options);
  if (a >= b) throw invalid("a", "must be less than b");
  const scope = await scopeOf(reads, filter, true);
  const span = await spanOf(reads, scope.where, { from, to }, now);
  const cut = cutOf(scope, span, by, "UTC");
  const sold = rollUp(await readSales(reads, cut), { by, scope, valueBy: salesValue(cut), ...salesSums });
  const counted = measure === "units" ? unitsOf : valueIn(currency ?? onlyCurrency(sold.totals));
  const ranked = [...sold.rows].sort((one, other) => counted(other) - counted(one) || compareText(one.sku ?? null, other.sku ?? null));
  const all = ranked.reduce((sum, row) => sum + Math.max(0, counted(row)), 0);
  let before = 0;
  const rows = ranked.map((row, index): ReportGroup & AbcFigures => {
    const part = Math.max(0, counted(row));
    // A product is of the class in which its sales begin.
    const begins = all === 0 ? 1 : before / all;
    before += part;
    return {
      ...(row.sku !== undefined && { sku: row.sku }),
      ...(row.name !== undefined && { name: row.name }),
      rank: index + 1,
      units: row.units,
      value: row.value,
      share: all === 0 ? 0 : part / all,
      cumulativeShare: all === 0 ? 0 : before / all,
      class: part > 0 && begins < a ? "A" : part > 0 && begins < b ? "B" : "C",
    };
  });
  const { units, value } = sold.totals;
  const totals: AbcFigures = { rank: rows.length, units, value, share: all === 0 ? 0 : 1, cumulativeShare: all === 0 ? 0 : 1, class: "C" };
  return { name: "abc", by, columns, ...span, rows, subtotals: [], totals };
}

const unitsOf = ({ units }: SalesFigures): number => units;

const valueIn =
  (currency: string | undefined) =>
  ({ value }: SalesFigures): number =>
    value.find((money) => money.currency === currency)?.amount ?? 0;

/** Amounts in several currencies can't be ranked among each other. */
function onlyCurrency({ value }: SalesFigures): string | undefined {
  if (value.length > 1) throw invalid("currency", `is needed: there are sales in ${value.map((money) => money.currency).join(", ")}`);
  return value[0]?.currency;
}

const invalid = (path: string, message: string) => new InventoryError("INVALID_INPUT", { issues: [{ path, message }] });
