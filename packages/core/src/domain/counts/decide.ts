import { type InventoryErrorCode, refuse } from "../../errors";
import { type ProductRow, products, stores } from "../catalog/tables";
import { lotDifferences, tallyLots } from "../lots/tally";
import { invalid } from "../shared/invalid";
import { toScaled } from "../shared/quantity";
import { skuKeyOf } from "../shared/sku-key";
import type { CommandDefinition, Need } from "../shared/slice";
import { addEntry, archived, draftLedger, eachLine, lineRefusals, placeNeeds, placeOf, resultOf, writesOf } from "../stock/ledger";
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
  type CountApproval,
  type CountLinesResult,
  type CountResult,
  closed,
  countablesOf,
  countedLines,
  isOff,
  levelNeeds,
  lineNeeds,
  lineOf,
  lineState,
  newLine,
  notOnSheet,
  onOpen,
  productNeeds,
  refusalOfUnsettled,
  sheetNeeds,
  stamp,
  unusable,
  writesFor,
  wroteLines,
} from "./sheet";
import { type CountLineRow, type CountRow, corrections, countLines, countReference, standing, type TallyRow, toStockCount } from "./tables";

/** How often one line may be counted. */
const maximumTallies = 20;

const openRefusals = ["UNKNOWN_COUNT", "INVALID_STATE"] as const satisfies InventoryErrorCode[];

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
      const refusal = eachLine(input.lines, ({ sku, counted, lots: named }) => {
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
        const lots = tallyLots(view, { product, storeId: row.storeId, counted: scaled, named });
        if (lots && "code" in lots) return lots;
        const tally: TallyRow = {
          counted: scaled,
          expected: view.get(levels, [product.sku, row.storeId])?.onHand ?? 0,
          ...(lots && { lots }),
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
    ...countedLines(view, input.id).flatMap(({ line: { sku, storeId }, tally }): readonly Need[] => [
      ...placeNeeds(sku, storeId, view, now, lotDifferences(tally.lots ?? [])),
      { table: corrections, key: [sku, storeId] },
    ]),
  ],
  decide: (view, input, context) =>
    onOpen(view, input.id, (row) => {
      const lines = view.find(countLines, { sheet: row.createdSeq });
      const unsettled = refusalOfUnsettled(view, row, lines);
      if (unsettled) return { refusal: unsettled };
      const draft = draftLedger(view, context);
      const details = {
        reference: { type: countReference, id: input.id },
        reason: input.reason,
        actor: input.actor,
        occurredAt: input.occurredAt,
        idempotencyKey: input.idempotencyKey,
      };
      const refusal = eachLine(lines, (line) => {
        const tally = standing(line);
        if (!tally) return undefined;
        const product = view.get(products, [skuKeyOf(line.sku)]) as ProductRow;
        if (product.archived) return archived("product", product.sku);
        const place = placeOf(draft, product, row.storeId);
        if (place.refusal) return place.refusal;
        const given = tally.lots && lotDifferences(tally.lots);
        return addEntry(draft, { product, type: "counted", place, delta: tally.counted - tally.expected }, { ...details, given }).refusal;
      });
      if (refusal) return { refusal };
      const differenceCount = countedLines(view, input.id).filter(({ tally }) => isOff(tally)).length;
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
