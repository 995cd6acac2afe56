import type { InvoiceLine } from "./read-invoices";
import { notStock, reasonOf } from "./rules";

/** One command of the replay, with its key's last part: what it is made from. */
export interface PlannedCommand {
  readonly command: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly key: string;
}

/** A line of the file that moves stock. */
export interface PlannedLine extends PlannedCommand {
  readonly occurredAt: number;
}

/** Everything a replay does, before it does any of it. */
export interface Plan {
  readonly products: readonly PlannedCommand[];
  readonly stores: readonly PlannedCommand[];
  /** One receipt per product and store that ever gives out more than came back by then. */
  readonly openings: readonly PlannedCommand[];
  /** In time order; lines of one time in the file's order. */
  readonly lines: readonly PlannedLine[];
  /** How many lines were left out, by the name of the rule. */
  readonly skipped: ReadonlyMap<string, number>;
}

const currency = "GBP";
const nowhere = "Unspecified";
const dayMs = 86_400_000;

/** Turns invoice lines into commands, none of which can be refused for want of stock on an inventory that has none of these products yet. */
export function planReplay(lines: readonly InvoiceLine[]): Plan {
  const skipped = new Map<string, number>();
  const moving = lines.filter((line) => {
    const rule = skipRule(line);
    if (rule !== undefined) skipped.set(rule, (skipped.get(rule) ?? 0) + 1);
    return rule === undefined;
  });
  // Sorting is stable: lines of one time keep the file's order.
  moving.sort((a, b) => a.occurredAt - b.occurredAt);
  const catalogue = catalogueOf(moving);
  const planned = moving.map((line) => planLine(line, catalogue));
  return {
    products: [...catalogue.values()].map(planProduct),
    stores: planStores(moving),
    openings: planOpenings(planned),
    lines: planned,
    skipped,
  };
}

/** Why a line is left out; undefined when it moves stock. */
export function skipRule(line: InvoiceLine): string | undefined {
  const rule = notStock.find(({ column, pattern }) => pattern.test(line[column]));
  if (rule) return rule.name;
  if (!/^[^\p{C}]{1,64}$/u.test(line.stockCode)) return "unreadable stock code";
  if (Number.isNaN(line.quantity)) return "unreadable quantity";
  if (line.quantity === 0) return "no quantity";
  if (Number.isNaN(line.occurredAt)) return "unreadable date";
  if (Number.isNaN(line.price)) return "unreadable price";
  return undefined;
}

interface CatalogueEntry {
  readonly sku: string;
  readonly first: InvoiceLine;
  /** How often each description stands on a line with a price. */
  readonly descriptions: Map<string, number>;
  price: number;
}

const skuKey = (stockCode: string): string => stockCode.toLowerCase();

/** One entry per product. Codes that differ only in case are one product, spelt as on its first line. */
function catalogueOf(lines: readonly InvoiceLine[]): ReadonlyMap<string, CatalogueEntry> {
  const catalogue = new Map<string, CatalogueEntry>();
  for (const line of lines) {
    const key = skuKey(line.stockCode);
    const entry = catalogue.get(key) ?? { sku: line.stockCode, first: line, descriptions: new Map<string, number>(), price: 0 };
    catalogue.set(key, entry);
    if (line.price <= 0) continue;
    entry.price = line.price;
    if (line.description !== "") entry.descriptions.set(line.description, (entry.descriptions.get(line.description) ?? 0) + 1);
  }
  return catalogue;
}

function planProduct({ sku, first, descriptions, price }: CatalogueEntry): PlannedCommand {
  const [[usual] = [""]] = [...descriptions].sort(([, a], [, b]) => b - a);
  const name = (usual || sku).slice(0, 200);
  const input = { sku, name, ...(price > 0 && { price: priceOf(price) }) };
  return { command: "products.create", input, key: `product:${first.position}` };
}

const priceOf = (price: number) => ({ amount: Math.round(price * 100), currency });

function planStores(lines: readonly InvoiceLine[]): PlannedCommand[] {
  const stores = new Map<string, PlannedCommand>();
  for (const { country, position } of lines) {
    const id = storeIdOf(country);
    const name = (country || nowhere).slice(0, 200);
    if (!stores.has(id)) stores.set(id, { command: "stores.create", input: { id, name }, key: `store:${position}` });
  }
  return [...stores.values()];
}

/** `United Kingdom` becomes `united-kingdom`. */
export const storeIdOf = (country: string): string =>
  (country || nowhere)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 64) || nowhere.toLowerCase();

/** What kind of movement a line is: sold, given back by a customer, or set right by the warehouse. */
export function kindOf(line: InvoiceLine, soldAs: (description: string) => boolean): "return" | "adjust" | "sell" {
  if (line.quantity < 0 && /^C/i.test(line.invoice)) return "return";
  // Nobody paid, nobody is named, and it is negative or not called what the product is sold as: a note of the warehouse.
  if (line.price === 0 && line.customer === "" && (line.quantity < 0 || !soldAs(line.description))) return "adjust";
  return line.quantity < 0 ? "return" : "sell";
}

function planLine(line: InvoiceLine, catalogue: ReadonlyMap<string, CatalogueEntry>): PlannedLine {
  const { sku, descriptions } = catalogue.get(skuKey(line.stockCode)) as CatalogueEntry;
  const kind = kindOf(line, (description) => descriptions.has(description));
  const common = {
    sku,
    storeId: storeIdOf(line.country),
    occurredAt: line.occurredAt,
    ...(line.invoice !== "" && { reference: { type: "invoice", id: line.invoice.slice(0, 200) } }),
  };
  const input =
    kind === "adjust"
      ? { ...common, delta: line.quantity, reason: reasonOf(line.description) }
      : { ...common, quantity: Math.abs(line.quantity), ...(line.price >= 0 && { unitPrice: priceOf(line.price) }) };
  return { command: `stock.${kind}`, input, key: `line:${line.position}`, occurredAt: line.occurredAt };
}

/** The signed effect of each command on stock. */
const effectOf: Readonly<Record<string, (input: PlannedCommand["input"]) => number>> = {
  "stock.sell": (input) => -(input.quantity as number),
  "stock.return": (input) => input.quantity as number,
  "stock.adjust": (input) => input.delta as number,
};

/** The smallest receipt per level that keeps it at zero or above through all lines, dated the day before the first. */
function planOpenings(lines: readonly PlannedLine[]): PlannedCommand[] {
  const levels = new Map<string, { readonly first: PlannedLine; sum: number; lowest: number }>();
  for (const line of lines) {
    const key = `${line.input.sku}\u0000${line.input.storeId}`;
    const level = levels.get(key) ?? { first: line, sum: 0, lowest: 0 };
    level.sum += effectOf[line.command]?.(line.input) ?? 0;
    level.lowest = Math.min(level.lowest, level.sum);
    levels.set(key, level);
  }
  const occurredAt = lines[0] && Math.max(0, Math.floor(lines[0].occurredAt / dayMs - 1) * dayMs);
  return [...levels.values()]
    .filter(({ lowest }) => lowest < 0)
    .map(({ first, lowest }) => ({
      command: "stock.receive",
      input: { sku: first.input.sku, storeId: first.input.storeId, quantity: -lowest, reason: "opening stock", occurredAt },
      key: `opening:${first.key.slice("line:".length)}`,
    }));
}
