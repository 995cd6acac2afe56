import type { Money, ReportColumn, ReportDimension, ReportGroup } from "@onhand/core";
import { formatDate, formatMoney, formatQuantity } from "./format";

/** What a report asks beside its store: a period, or how many days it looks back. */
type About = "period" | "days" | "now";

interface ReportFacts {
  readonly name: string;
  readonly about: About;
  /** What it can be grouped by, each choice a list; the first is the usual one. */
  readonly by: readonly (readonly ReportDimension[])[];
  /** The figure a chart shows. */
  readonly chart: string;
}

const stock: ReportFacts["by"] = [["category", "sku"], ["sku", "storeId"], ["category", "storeId"], ["category"], ["storeId"]];
const period: ReportFacts["by"] = [
  ["category"],
  ["category", "sku"],
  ["sku"],
  ["storeId", "category"],
  ["day"],
  ["week"],
  ["month", "category"],
];

/** The reports there are, as somebody chooses among them. */
export const reports = {
  salesByCategory: { name: "Sales", about: "period", by: period, chart: "units" },
  stockOnHand: { name: "Stock on hand", about: "now", by: stock, chart: "onHand" },
  lowStock: {
    name: "Low stock",
    about: "now",
    by: [
      ["storeId", "sku"],
      ["category", "sku"],
    ],
    chart: "missing",
  },
  movementSummary: { name: "Movements", about: "period", by: period, chart: "movements" },
  turnover: { name: "Turnover", about: "period", by: [["category"], ["category", "sku"], ["sku"], ["storeId"]], chart: "units" },
  daysOfCover: { name: "Days of cover", about: "days", by: [["category", "sku"], ["sku", "storeId"], ["category"]], chart: "daysOfCover" },
  abc: { name: "Best sellers (ABC)", about: "period", by: [["sku"]], chart: "value" },
  deadStock: {
    name: "Dead stock",
    about: "days",
    by: [
      ["storeId", "sku"],
      ["category", "sku"],
    ],
    chart: "onHand",
  },
  valuation: {
    name: "Value of stock",
    about: "now",
    by: [["storeId", "category"], ["category", "storeId"], ["category", "sku"], ["storeId"], ["category"]],
    chart: "value",
  },
  costOfGoodsSold: {
    name: "Cost of goods sold",
    about: "period",
    by: period,
    chart: "cost",
  },
  shrinkage: { name: "Shrinkage", about: "period", by: [["reason"], ["storeId", "reason"], ["category", "sku"]], chart: "lost" },
} as const satisfies Readonly<Record<string, ReportFacts>>;

/** The name of one of {@link reports}. */
export type ReportName = keyof typeof reports;

export const isReportName = (name: string): name is ReportName => Object.hasOwn(reports, name);

const dimensionNames = {
  category: "Category",
  sku: "Product",
  storeId: "Store",
  day: "Day",
  week: "Week of",
  month: "Month",
  reason: "Reason",
} as const satisfies Record<ReportDimension, string>;

export const nameDimension = (dimension: ReportDimension): string => dimensionNames[dimension];

/** `onHandAfter` as people write it: `On hand after`. */
export function nameColumn({ name }: ReportColumn): string {
  const words = name.replaceAll(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a row of a report is about, one text for each dimension. */
export const nameGroup = (row: ReportGroup, dimension: ReportDimension, placeName: (id: string) => string): string => {
  const value = row[dimension];
  if (value === null || value === undefined) return dimension === "storeId" ? "between stores" : "none";
  if (dimension === "sku") return row.name ?? value;
  return dimension === "storeId" ? placeName(value) : value;
};

const shares = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const numbers = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** A figure as its column says it is to be read. */
export function formatFigure({ kind }: ReportColumn, value: unknown): string {
  if (value === undefined || value === null) return "–";
  if (kind === "money") return (value as readonly Money[]).map(formatMoney).join(" + ") || "–";
  if (kind === "time") return formatDate(value as number);
  if (kind === "share") return shares.format(value as number);
  if (kind === "quantity") return formatQuantity(value as number);
  return kind === "number" ? numbers.format(value as number) : String(value);
}
