import { type LineRefusal, type Refusal, refuse } from "../../errors";
import { type Json, keyText } from "../shared/rows";
import type { CommandDefinition, Context, Decision, Need, Recall, View } from "../shared/slice";
import { type LineType, type ParsedApply, type ParsedCommand, type ParsedLine, type ParsedReverse, parse } from "./commands";
import { addLine, type Draft, draftLedger, lineNeeds, lineRefusals, resultOf, type StockResult, undoMovement, writesOf } from "./ledger";
import { type LevelRow, type MovementRow, movementId, movementPlace, movements, toMovement, toStockLevel } from "./tables";

/**
 * Movements say what the levels were after them, so a retry's answer is read back from the ledger and not stored twice.
 * What is remembered is how many there were; with what was `incoming`, of which movements know nothing, where there was any.
 */
type Remembered = number | { readonly lines: number; readonly incoming: readonly number[] };

const fromLedger: Recall<StockResult> = {
  remember({ movements: { length }, levels }): Remembered {
    return levels.every((level) => level.incoming === 0) ? length : { lines: length, incoming: levels.map((level) => level.incoming) };
  },
  needs: (seq, remembered) => placesOf(seq, remembered).map((key) => ({ table: movements, key })),
  restore: (view, seq, remembered) => {
    const rows = placesOf(seq, remembered).map((key) => view.get(movements, key) as MovementRow);
    const last = new Map(rows.map((row) => [keyText([row.sku, row.storeId]), row]));
    const { incoming } = partsOf(remembered);
    return {
      movements: rows.map(toMovement),
      levels: Array.from(last.values(), (row, index) => ({ ...toStockLevel(levelAfter(row)), incoming: incoming[index] ?? 0 })),
    };
  },
};

function partsOf(remembered: Json): { readonly lines: number; readonly incoming: readonly number[] } {
  const parts = remembered as Remembered;
  return typeof parts === "number" ? { lines: parts, incoming: [] } : parts;
}

const placesOf = (seq: number, remembered: Json): [number, number][] =>
  Array.from({ length: partsOf(remembered).lines }, (_, line) => [seq, line]);

const levelAfter = (row: MovementRow): LevelRow => ({
  seq: row.seq,
  sku: row.sku,
  storeId: row.storeId,
  onHand: row.onHandAfter,
  reserved: row.reservedAfter,
  incoming: 0,
  decimals: row.decimals,
  heldUntil: null,
  updatedAt: row.recordedAt,
});

const accepted = (draft: Draft): Decision<StockResult> => ({ writes: writesOf(draft), result: resultOf(draft) });

/** A command that is one line of the ledger. */
const single = <Type extends LineType>(type: Type): CommandDefinition<ParsedCommand[Type], StockResult> => ({
  name: `stock.${type}`,
  parse: parse[type] as unknown as (input: unknown) => ParsedCommand[Type],
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
    const refused: LineRefusal[] = [];
    let first: Refusal | undefined;
    for (const [index, line] of input.lines.entries()) {
      const refusal = addLine(draft, line, input);
      if (!refusal) continue;
      first ??= refusal;
      refused.push({ index, code: refusal.code, ...refusal.details });
    }
    return first ? { refusal: { ...first, details: { ...first.details, lines: refused } } as Refusal } : accepted(draft);
  },
};

/** The movements that stand or fall together: both legs of a transfer or of its reversal, otherwise the one. */
function legsToUndo(view: View, id: string): readonly MovementRow[] {
  const place = movementPlace(id);
  const row = place && view.get(movements, [place.seq, place.line]);
  if (!row) return [];
  if (row.type === "transferred_out") return [row, view.get(movements, [row.seq, row.line + 1])].filter(isRow);
  if (row.type === "transferred_in") return [row, view.get(movements, [row.seq, row.line - 1])].filter(isRow);
  // A reversal writes nothing but itself: a second movement of it is the other leg.
  if (row.reverses !== null) return [row, view.get(movements, [row.seq, 1 - row.line])].filter(isRow);
  return [row];
}

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
    ]),
  ],
  decide(view, input, context): Decision<StockResult> {
    const rows = legsToUndo(view, input.id);
    if (rows.length === 0) return { refusal: refuse("UNKNOWN_MOVEMENT", { id: input.id }) };
    return undoAll(view, rows, input, context);
  },
};

function undoAll(view: View, rows: readonly MovementRow[], input: ParsedReverse, context: Context): Decision<StockResult> {
  const draft = draftLedger(view, context);
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
  }
  return accepted(draft);
}
