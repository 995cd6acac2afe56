import { type LineRefusal, type Refusal, refuse } from "../../errors";
import { type ProductRow, products } from "../catalog/tables";
import { lotDifferences, tallyNeeds } from "../lots/tally";
import { invalid } from "../shared/invalid";
import { skuKeyOf } from "../shared/sku-key";
import type { Context, Decision, Need, View } from "../shared/slice";
import { archived, type StockResult } from "../stock/ledger";
import { levels } from "../stock/tables";
import type { ParsedApprove, ParsedCancel, ParsedRecord, ParsedStart } from "./commands";
import {
  type CountLineRow,
  type CountRow,
  corrections,
  countId,
  countKey,
  countLines,
  counts,
  type StockCount,
  type StockCountLine,
  standing,
  type TallyRow,
  toCountLine,
  toStockCount,
} from "./tables";

/** What every command about a sheet answers. */
export interface CountResult {
  readonly count: StockCount;
}

/** What a command about lines of a sheet answers: those it changed. */
export interface CountLinesResult extends CountResult {
  readonly lines: readonly StockCountLine[];
}

/** What approval answers: the sheet, and what it did to the ledger. */
export interface CountApproval extends CountResult, StockResult {}

/** A product that belongs on a sheet. */
type Countable = Pick<ProductRow, "sku" | "decimals">;

/** What a sheet is made of. By the books an archived product is nowhere. */
export function countablesOf(view: View, { storeId, category, skus }: ParsedStart): readonly Countable[] {
  if (category !== undefined) return view.find(products, { category }).filter((product) => !product.archived);
  if (skus) return [...new Set(skus.flatMap((sku) => view.get(products, [skuKeyOf(sku)]) ?? []))];
  return view.find(levels, { storeId }).filter(({ onHand }) => onHand !== 0);
}

export const productNeeds = (skus: readonly string[]): readonly Need[] => skus.map((sku) => ({ table: products, key: [skuKeyOf(sku)] }));

export const newLine = ({ createdSeq, storeId, blind }: CountRow, { sku, decimals }: Countable, seq: number): CountLineRow => ({
  seq,
  sheet: createdSeq,
  sku,
  storeId,
  status: "open",
  blind,
  decimals,
  tallies: [],
});

export const stamp = ({ now, seq }: Context) => ({ seq, updatedAt: now });

export const closed = (
  row: CountRow,
  context: Context,
  to: Partial<CountRow> & Pick<CountRow, "status" | "change">,
  { actor, reason }: ParsedApprove | ParsedCancel,
): CountRow => ({ ...row, ...stamp(context), ...to, closedBy: actor ?? null, reason: reason ?? null, closedAt: context.now });

/** Whether approval changes anything: of a tracked product also where lots are not what they should be but add up. */
export const isOff = ({ counted, expected, lots = [] }: TallyRow): boolean => counted !== expected || lotDifferences(lots).length > 0;

/**
 * Why a sheet can't be approved yet: a line is to be counted again, because somebody asked for it or because the level's books
 * were set right since, and the difference may be booked already.
 */
export function refusalOfUnsettled(view: View, row: CountRow, lines: readonly CountLineRow[]): Refusal | undefined {
  const key = countId(row);
  if (row.countedCount === 0 && lines.every(({ status }) => status === "open"))
    return refuse("INVALID_STATE", { entity: "count", key, state: "not counted" });
  const unsettled = lines.flatMap((line, index): LineRefusal[] => {
    const state = unsettledState(view, line);
    return state === undefined ? [] : [{ index, code: "INVALID_STATE", sku: line.sku, state }];
  });
  return unsettled.length > 0
    ? refuse("INVALID_STATE", { entity: "count", key, state: "to be counted again", lines: unsettled })
    : undefined;
}

function unsettledState(view: View, line: CountLineRow): string | undefined {
  if (line.status === "recount") return "to be counted again";
  const tally = standing(line);
  if (!tally) return undefined;
  const product = view.get(products, [skuKeyOf(line.sku)]);
  if (product && product.tracking !== null && !tally.lots) return "counted before its product was tracked";
  const corrected = view.get(corrections, [line.sku, line.storeId]);
  return corrected && corrected.seq > tally.seq ? "counted or adjusted since" : undefined;
}

export function sheetNeeds(id: string): readonly Need[] {
  const key = countKey(id);
  return key
    ? [
        { table: counts, key },
        { table: countLines, where: { sheet: key[0] } },
      ]
    : [];
}

/** A line, and the count of it that stands. */
interface CountedLine {
  readonly line: CountLineRow;
  readonly tally: TallyRow;
}

export function countedLines(view: View, id: string): readonly CountedLine[] {
  const key = countKey(id);
  const lines = key ? view.find(countLines, { sheet: key[0] }) : [];
  return lines.flatMap((line) => {
    const tally = standing(line);
    return tally ? [{ line, tally }] : [];
  });
}

/** The sheet, and these products' lines on it. */
export function lineNeeds(view: View, id: string, skus: readonly string[]): readonly Need[] {
  const key = countKey(id);
  if (!key) return [];
  return [{ table: counts, key }, ...productNeeds(skus), ...skus.map((sku) => ({ table: countLines, key: [key[0], spelled(view, sku)] }))];
}

export function levelNeeds(view: View, { id, lines }: ParsedRecord): readonly Need[] {
  const key = countKey(id);
  const sheet = key && view.get(counts, key);
  if (!sheet) return [];
  return lines.flatMap(({ sku, lots }): readonly Need[] => [
    { table: levels, key: [spelled(view, sku), sheet.storeId] },
    ...tallyNeeds(view.get(products, [skuKeyOf(sku)]), sheet.storeId, view, lots),
  ]);
}

/** A SKU as its product spells it. */
const spelled = (view: View, sku: string): string => view.get(products, [skuKeyOf(sku)])?.sku ?? sku;

export function onOpen<Result>(view: View, id: string, then: (row: CountRow) => Decision<Result>): Decision<Result> {
  const key = countKey(id);
  const row = key && view.get(counts, key);
  if (!row) return { refusal: refuse("UNKNOWN_COUNT", { id }) };
  return row.status === "open" ? then(row) : { refusal: lineState(row, row.status) };
}

interface FoundLine {
  readonly product: ProductRow;
  readonly line: CountLineRow | undefined;
}

export function lineOf(view: View, row: CountRow, sku: string): FoundLine | Refusal {
  const product = view.get(products, [skuKeyOf(sku)]);
  if (!product) return refuse("UNKNOWN_PRODUCT", { sku });
  if (product.archived) return archived("product", product.sku);
  return { product, line: view.get(countLines, [row.createdSeq, product.sku]) };
}

export function unusable(view: View, sku: string): Refusal | undefined {
  const product = view.get(products, [skuKeyOf(sku)]);
  if (!product) return refuse("UNKNOWN_PRODUCT", { sku });
  return product.archived ? archived("product", product.sku) : undefined;
}

export const notOnSheet = invalid("sku", "is not on this sheet");
export const lineState = (row: CountRow, state: string): Refusal => refuse("INVALID_STATE", { entity: "count", key: countId(row), state });

export const writesFor = (row: CountRow, lines: readonly CountLineRow[]) => [
  { table: counts.name, row },
  ...lines.map((line) => ({ table: countLines.name, row: line })),
];

export const wroteLines = (row: CountRow, lines: readonly CountLineRow[]): Decision<CountLinesResult> => ({
  writes: writesFor(row, lines),
  result: { count: toStockCount(row), lines: lines.map(toCountLine) },
});
