import { refuse } from "../../errors";
import { receiptNeeds, undoReceipt } from "../purchasing/receipts";
import type { Parser } from "../shared/parse";
import type { Write } from "../shared/rows";
import type { CommandDefinition, Context, Decision, Need, View } from "../shared/slice";
import { type LineType, type ParsedApply, type ParsedCommand, type ParsedLine, type ParsedReverse, parse } from "./commands";
import { type Draft, draftLedger, eachLine, lineRefusals, resultOf, type StockResult, undoMovement, writesOf } from "./ledger";
import { addLine, lineNeeds } from "./lines";
import { fromLedger } from "./recall";
import { type MovementRow, type MovementType, movementId, movementPlace, movements } from "./tables";

const accepted = (draft: Draft, more: readonly Write[] = []): Decision<StockResult> => ({
  writes: more.length === 0 ? writesOf(draft) : [...writesOf(draft), ...more],
  result: resultOf(draft),
});

/** A command that is one line of the ledger. */
const single = <Type extends LineType>(type: Type): CommandDefinition<ParsedCommand[Type], StockResult> => ({
  name: `stock.${type}`,
  parse: parse[type] as unknown as Parser<ParsedCommand[Type]>,
  refusals: lineRefusals,
  recall: fromLedger,
  needs: (input, view, now) => lineNeeds(input as unknown as ParsedLine, view, now),
  decide(view, input, context) {
    const draft = draftLedger(view, context);
    const refusal = addLine(draft, input as unknown as ParsedLine, input);
    return refusal ? { refusal } : accepted(draft);
  },
});

export const receive = single("receive");
export const sell = single("sell");
export const giveBack = single("return");
export const adjust = single("adjust");
export const count = single("count");
export const transfer = single("transfer");

/**
 * All lines or none. Lines are decided in their order, each on what the lines before it left, so demand for one level
 * adds up. After a refused line the rest is still decided, so that every failing line can be named.
 */
export const apply: CommandDefinition<ParsedApply, StockResult> = {
  name: "stock.apply",
  parse: parse.apply,
  refusals: lineRefusals,
  recall: fromLedger,
  weight: (input) => input.lines.length,
  needs: (input, view, now) => input.lines.flatMap((line) => lineNeeds(line, view, now)),
  decide(view, input, context) {
    const draft = draftLedger(view, context);
    const refusal = eachLine(input.lines, (line) => addLine(draft, line, input));
    return refusal ? { refusal } : accepted(draft);
  },
};

/** The movements that stand or fall together: both legs of a one-step transfer or of its reversal, otherwise the one. */
function legsToUndo(view: View, id: string): readonly MovementRow[] {
  const place = movementPlace(id);
  const row = place && view.get(movements, [place.seq, place.line]);
  if (!row) return [];
  const legOffset = legOffsets[row.type];
  if (legOffset) return [row, view.get(movements, [row.seq, row.line + legOffset])].filter(isRow).filter((leg) => isLegOf(row, leg));
  // A reversal writes nothing but itself: a second movement of it is the other leg.
  if (row.reverses !== null) return [row, view.get(movements, [row.seq, 1 - row.line])].filter(isRow);
  return [row];
}

/** Where the other leg of a one-step transfer stands. */
const legOffsets: Partial<Record<MovementType, 1 | -1>> = { transferred_out: 1, transferred_in: -1 };

/** Goods that go out in one command and come in by another have one leg in each. */
const isLegOf = (row: MovementRow, leg: MovementRow): boolean =>
  leg === row || (leg.sku === row.sku && leg.delta === -row.delta && leg.type !== row.type && legOffsets[leg.type] !== undefined);

const isRow = (row: MovementRow | undefined): row is MovementRow => row !== undefined;

function placesToUndo(id: string): Need[] {
  const place = movementPlace(id);
  if (!place) return [];
  return [place.line - 1, place.line, place.line + 1]
    .filter((line) => line >= 0)
    .map((line) => ({ table: movements, key: [place.seq, line] }));
}

const asLine = ({ sku, storeId, lots }: MovementRow): ParsedLine => ({
  type: "receive",
  sku,
  storeId,
  quantity: 1,
  lots: (lots ?? []).map(({ lot }) => ({ lot, quantity: 1 })),
});

export const reverse: CommandDefinition<ParsedReverse, StockResult> = {
  name: "stock.reverse",
  parse: parse.reverse,
  refusals: ["UNKNOWN_MOVEMENT", ...lineRefusals],
  recall: fromLedger,
  needs: (input, view, now) => [
    ...placesToUndo(input.id),
    ...legsToUndo(view, input.id).flatMap((row) => [
      ...lineNeeds(asLine(row), view, now),
      { table: movements, where: { reverses: movementId(row) } },
      ...receiptNeeds(row, view),
    ]),
  ],
  decide(view, input, context): Decision<StockResult> {
    const rows = legsToUndo(view, input.id);
    const [first] = rows;
    if (!first) return { refusal: refuse("UNKNOWN_MOVEMENT", { id: input.id }) };
    if (rows.length === 1 && legOffsets[first.type]) return { refusal: inTwoSteps(first) };
    return undoAll(view, rows, input, context);
  },
};

/** What is shipped and received by itself is undone there, where what is in transit is known. */
const inTwoSteps = (row: MovementRow) =>
  refuse("INVALID_STATE", { entity: "transfer", key: row.referenceId ?? "", state: "in two steps: cancel it or ship the goods back" });

function undoAll(view: View, rows: readonly MovementRow[], input: ParsedReverse, context: Context): Decision<StockResult> {
  const draft = draftLedger(view, context);
  const orders: Write[] = [];
  // What took stock away comes back first, so that a transfer's legs never stand in each other's way.
  for (const row of [...rows].sort((a, b) => a.delta - b.delta)) {
    const id = movementId(row);
    if (view.find(movements, { reverses: id }).length > 0) {
      return { refusal: refuse("INVALID_STATE", { entity: "movement", key: id, state: "reversed" }) };
    }
    const facts = {
      ...input,
      reason: input.reason ?? "correction",
      reference: row.referenceType !== null && row.referenceId !== null ? { type: row.referenceType, id: row.referenceId } : undefined,
    };
    const refusal = undoMovement(draft, row, { ...facts, reverses: id });
    if (refusal) return { refusal };
    const undone = undoReceipt(draft, row, input);
    if ("refusal" in undone) return undone;
    orders.push(...undone.writes);
  }
  return accepted(draft, orders);
}
