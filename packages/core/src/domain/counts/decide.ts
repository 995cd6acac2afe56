import { type InventoryErrorCode, type LineRefusal, type Refusal, refuse } from "../../errors";
import { type ProductRow, products, stores } from "../catalog/tables";
import { toScaled } from "../shared/quantity";
import { skuKeyOf } from "../shared/sku-key";
import type { CommandDefinition, Context, Decision, Need, View } from "../shared/slice";
import {
  addEntry,
  archived,
  draftLedger,
  eachLine,
  invalid,
  lineRefusals,
  placeNeeds,
  placeOf,
  resultOf,
  type StockResult,
  writesOf,
} from "../stock/ledger";
import { besideMovements } from "../stock/recall";
import { levels } from "../stock/tables";
import {
  maximumSheet,
  type ParsedApprove,
  type ParsedCancel,
  type ParsedRecord,
  type ParsedRecount,
  type ParsedStart,
  parse,
} from "./commands";
import {
  type CountLineRow,
  type CountRow,
  corrections,
  countId,
  countKey,
  countLines,
  countReference,
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

/** How often one line may be counted. */
const maximumTallies = 20;

const openRefusals = ["UNKNOWN_COUNT", "INVALID_STATE"] as const satisfies InventoryErrorCode[];

/** A product that belongs on a sheet. */
type Countable = Pick<ProductRow, "sku" | "decimals">;

/** What a sheet is made of. By the books an archived product is nowhere. */
function countablesOf(view: View, { storeId, category, skus }: ParsedStart): readonly Countable[] {
  if (category !== undefined) return view.find(products, { category }).filter((product) => !product.archived);
  if (skus) return [...new Set(skus.flatMap((sku) => view.get(products, [skuKeyOf(sku)]) ?? []))];
  return view.find(levels, { storeId }).filter(({ onHand }) => onHand !== 0);
}

const productNeeds = (skus: readonly string[]): readonly Need[] => skus.map((sku) => ({ table: products, key: [skuKeyOf(sku)] }));

export const start: CommandDefinition<ParsedStart, CountResult> = {
  name: "counts.start",
  parse: parse.start,
  refusals: ["UNKNOWN_STORE", "UNKNOWN_PRODUCT", "INVALID_STATE", "INVALID_INPUT"],
  weight: (input) => input.skus?.length ?? 1,
  needs({ storeId, category, skus }) {
    const store: Need = { table: stores, key: [storeId] };
    if (category !== undefined) return [store, { table: products, where: { category } }];
    return skus ? [store, ...productNeeds(skus)] : [store, { table: levels, where: { storeId } }];
  },
  decide(view, input, { now, seq }) {
    const { storeId, blind, skus } = input;
    const store = view.get(stores, [storeId]);
    if (!store) return { refusal: refuse("UNKNOWN_STORE", { storeId }) };
    if (store.archived) return { refusal: archived("store", storeId) };
    const refusal = skus && eachLine(skus, (sku) => unusable(view, sku));
    if (refusal) return { refusal };
    const found = countablesOf(view, input);
    const path = skus ? "skus" : input.category === undefined ? "storeId" : "category";
    if (found.length === 0) return { refusal: invalid(path, "has nothing to count") };
    if (found.length > maximumSheet)
      return { refusal: invalid(path, `has more than the ${maximumSheet} products of a sheet; count by category or by skus`) };
    const row: CountRow = {
      seq,
      createdSeq: seq,
      storeId,
      status: "open",
      blind,
      category: input.category ?? null,
      whole: path === "storeId",
      lineCount: found.length,
      countedCount: 0,
      differenceCount: null,
      change: "started",
      referenceType: input.reference?.type ?? null,
      referenceId: input.reference?.id ?? null,
      actor: input.actor ?? null,
      closedBy: null,
      reason: null,
      createdAt: now,
      updatedAt: now,
      closedAt: null,
    };
    return {
      writes: writesFor(
        row,
        found.map((product) => newLine(row, product, seq)),
      ),
      result: { count: toStockCount(row) },
    };
  },
};

const newLine = ({ createdSeq, storeId, blind }: CountRow, { sku, decimals }: Countable, seq: number): CountLineRow => ({
  seq,
  sheet: createdSeq,
  sku,
  storeId,
  status: "open",
  blind,
  decimals,
  tallies: [],
});

/** Notes what is on the shelf beside what the level says at this moment: that is what it will be judged by. */
export const record: CommandDefinition<ParsedRecord, CountLinesResult> = {
  name: "counts.record",
  parse: parse.record,
  refusals: [...openRefusals, "UNKNOWN_PRODUCT", "INVALID_INPUT"],
  weight: (input) => input.lines.length,
  needs: (input, view) => [
    ...lineNeeds(
      view,
      input.id,
      input.lines.map(({ sku }) => sku),
    ),
    ...levelNeeds(view, input),
  ],
  decide: (view, input, context) =>
    onOpen(view, input.id, (row) => {
      const lines = new Map<string, CountLineRow>();
      let added = 0;
      const refusal = eachLine(input.lines, ({ sku, counted }) => {
        const found = lineOf(view, row, sku);
        if ("code" in found) return found;
        const { product, line } = found;
        if (!line && !row.whole) return notOnSheet;
        if (lines.has(product.sku)) return invalid("sku", "is named twice");
        if (line?.status === "counted") return lineState(row, "counted");
        if (line && line.tallies.length >= maximumTallies) return lineState(row, `counted ${maximumTallies} times`);
        const scaled = toScaled(counted, product.decimals);
        if (scaled === undefined) return invalid("counted", `must have at most ${product.decimals} decimals and be exact`);
        if (!line) added += 1;
        if (row.lineCount + added > maximumSheet) return invalid("sku", `is one more than the ${maximumSheet} products of a sheet`);
        const tally: TallyRow = {
          counted: scaled,
          expected: view.get(levels, [product.sku, row.storeId])?.onHand ?? 0,
          actor: input.actor ?? null,
          at: context.now,
          seq: context.seq,
        };
        const before = line ?? newLine(row, product, context.seq);
        lines.set(product.sku, { ...before, seq: context.seq, status: "counted", tallies: [...before.tallies, tally] });
        return undefined;
      });
      if (refusal) return { refusal };
      return wroteLines(
        { ...row, ...stamp(context), change: "recorded", lineCount: row.lineCount + added, countedCount: row.countedCount + lines.size },
        [...lines.values()],
      );
    }),
};

/** Sends counters back to the shelf. What is not counted yet is to be counted anyway and stays as it is. */
export const recount: CommandDefinition<ParsedRecount, CountLinesResult> = {
  name: "counts.recount",
  parse: parse.recount,
  refusals: [...openRefusals, "UNKNOWN_PRODUCT", "INVALID_INPUT"],
  weight: (input) => input.skus.length,
  needs: (input, view) => lineNeeds(view, input.id, input.skus),
  decide: (view, input, context) =>
    onOpen(view, input.id, (row) => {
      const lines = new Map<string, CountLineRow>();
      const refusal = eachLine(input.skus, (sku) => {
        const found = lineOf(view, row, sku);
        if ("code" in found) return found;
        if (!found.line) return notOnSheet;
        if (found.line.status === "counted") lines.set(found.line.sku, { ...found.line, seq: context.seq, status: "recount" });
        return undefined;
      });
      if (refusal) return { refusal };
      if (lines.size === 0) return { writes: [], result: { count: toStockCount(row), lines: [] } };
      return wroteLines({ ...row, ...stamp(context), change: "recount_requested", countedCount: row.countedCount - lines.size }, [
        ...lines.values(),
      ]);
    }),
};

/**
 * Adds to each level by how much it was off when it was counted, so what was sold since stays sold. What nobody counted is
 * left as it is.
 */
export const approve: CommandDefinition<ParsedApprove, CountApproval> = {
  name: "counts.approve",
  parse: parse.approve,
  refusals: ["UNKNOWN_COUNT", ...lineRefusals],
  recall: besideMovements(),
  needs: (input, view, now) => [
    ...sheetNeeds(input.id),
    ...countedLines(view, input.id).flatMap(({ sku, storeId }): readonly Need[] => [
      ...placeNeeds(sku, storeId, view, now),
      { table: corrections, key: [sku, storeId] },
    ]),
  ],
  decide: (view, input, context) =>
    onOpen(view, input.id, (row) => {
      const lines = view.find(countLines, { sheet: row.createdSeq });
      const unsettled = refusalOfUnsettled(view, row, lines);
      if (unsettled) return { refusal: unsettled };
      const counted = lines.filter(standing);
      const draft = draftLedger(view, context);
      const details = {
        reference: { type: countReference, id: input.id },
        reason: input.reason,
        actor: input.actor,
        occurredAt: input.occurredAt,
        idempotencyKey: input.idempotencyKey,
      };
      const refusal = eachLine(lines, (line) => {
        if (!standing(line)) return undefined;
        const product = view.get(products, [skuKeyOf(line.sku)]) as ProductRow;
        if (product.archived) return archived("product", product.sku);
        const place = placeOf(draft, product, row.storeId);
        if (place.refusal) return place.refusal;
        return addEntry(draft, { product, type: "counted", place, delta: differenceOf(line) }, details).refusal;
      });
      if (refusal) return { refusal };
      const differenceCount = counted.filter((line) => differenceOf(line) !== 0).length;
      const after = closed(row, context, { status: "approved", change: "approved", differenceCount }, input);
      const closing = lines.map((line) => ({ ...line, seq: context.seq, status: standing(line) ? "approved" : "uncounted" }) as const);
      return {
        writes: [...writesOf(draft), ...writesFor(after, closing)],
        result: { count: toStockCount(after), ...resultOf(draft) },
      };
    }),
};

export const cancel: CommandDefinition<ParsedCancel, CountResult> = {
  name: "counts.cancel",
  parse: parse.cancel,
  refusals: openRefusals,
  needs: (input) => sheetNeeds(input.id),
  decide: (view, input, context) =>
    onOpen(view, input.id, (row) => {
      const after = closed(row, context, { status: "cancelled", change: "cancelled" }, input);
      const lines = view.find(countLines, { sheet: row.createdSeq });
      const closing = lines.map((line) => ({ ...line, seq: context.seq, status: "cancelled" }) as const);
      return { writes: writesFor(after, closing), result: { count: toStockCount(after) } };
    }),
};

const stamp = ({ now, seq }: Context) => ({ seq, updatedAt: now });

const closed = (
  row: CountRow,
  context: Context,
  to: Partial<CountRow> & Pick<CountRow, "status" | "change">,
  { actor, reason }: ParsedApprove | ParsedCancel,
): CountRow => ({ ...row, ...stamp(context), ...to, closedBy: actor ?? null, reason: reason ?? null, closedAt: context.now });

const differenceOf = (line: CountLineRow): number => {
  const { counted, expected } = standing(line) as TallyRow;
  return counted - expected;
};

/**
 * Why a sheet can't be approved yet: a line is to be counted again, because somebody asked for it or because the level's books
 * were set right since, and the difference may be booked already.
 */
function refusalOfUnsettled(view: View, row: CountRow, lines: readonly CountLineRow[]): Refusal | undefined {
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
  const corrected = view.get(corrections, [line.sku, line.storeId]);
  return corrected && corrected.seq > tally.seq ? "counted or adjusted since" : undefined;
}

function sheetNeeds(id: string): readonly Need[] {
  const key = countKey(id);
  return key
    ? [
        { table: counts, key },
        { table: countLines, where: { sheet: key[0] } },
      ]
    : [];
}

function countedLines(view: View, id: string): readonly CountLineRow[] {
  const key = countKey(id);
  return key ? view.find(countLines, { sheet: key[0] }).filter(standing) : [];
}

/** The sheet, and these products' lines on it. */
function lineNeeds(view: View, id: string, skus: readonly string[]): readonly Need[] {
  const key = countKey(id);
  if (!key) return [];
  return [{ table: counts, key }, ...productNeeds(skus), ...skus.map((sku) => ({ table: countLines, key: [key[0], spelled(view, sku)] }))];
}

function levelNeeds(view: View, { id, lines }: ParsedRecord): readonly Need[] {
  const key = countKey(id);
  const sheet = key && view.get(counts, key);
  return sheet ? lines.map(({ sku }) => ({ table: levels, key: [spelled(view, sku), sheet.storeId] })) : [];
}

/** A SKU as its product spells it. */
const spelled = (view: View, sku: string): string => view.get(products, [skuKeyOf(sku)])?.sku ?? sku;

function onOpen<Result>(view: View, id: string, then: (row: CountRow) => Decision<Result>): Decision<Result> {
  const key = countKey(id);
  const row = key && view.get(counts, key);
  if (!row) return { refusal: refuse("UNKNOWN_COUNT", { id }) };
  return row.status === "open" ? then(row) : { refusal: lineState(row, row.status) };
}

interface FoundLine {
  readonly product: ProductRow;
  readonly line: CountLineRow | undefined;
}

function lineOf(view: View, row: CountRow, sku: string): FoundLine | Refusal {
  const product = view.get(products, [skuKeyOf(sku)]);
  if (!product) return refuse("UNKNOWN_PRODUCT", { sku });
  if (product.archived) return archived("product", product.sku);
  return { product, line: view.get(countLines, [row.createdSeq, product.sku]) };
}

function unusable(view: View, sku: string): Refusal | undefined {
  const product = view.get(products, [skuKeyOf(sku)]);
  if (!product) return refuse("UNKNOWN_PRODUCT", { sku });
  return product.archived ? archived("product", product.sku) : undefined;
}

const notOnSheet = invalid("sku", "is not on this sheet");
const lineState = (row: CountRow, state: string): Refusal => refuse("INVALID_STATE", { entity: "count", key: countId(row), state });

const writesFor = (row: CountRow, lines: readonly CountLineRow[]) => [
  { table: counts.name, row },
  ...lines.map((line) => ({ table: countLines.name, row: line })),
];

const wroteLines = (row: CountRow, lines: readonly CountLineRow[]): Decision<CountLinesResult> => ({
  writes: writesFor(row, lines),
  result: { count: toStockCount(row), lines: lines.map(toCountLine) },
});
