import { type Json, keyText } from "../shared/rows";
import type { Recall } from "../shared/slice";
import type { StockResult } from "./ledger";
import { type LevelRow, type MovementRow, movements, toMovement, toStockLevel } from "./tables";

/**
 * Movements say what the levels were after them, so a retry's answer is read back from the ledger and not stored twice.
 * What is remembered is how many there were; with what was `incoming`, of which movements know nothing, where there was any.
 */
type Remembered = number | { readonly lines: number; readonly incoming: readonly number[] };

export const fromLedger: Recall<StockResult> = {
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

const placesOf = (seq: number, remembered: Json): [number, number][] => linesOf(seq, partsOf(remembered).lines);

const linesOf = (seq: number, lines: number): [number, number][] => Array.from({ length: lines }, (_, line) => [seq, line]);

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

interface RememberedBeside {
  readonly lines: number;
  readonly rest: Json;
}

/** Of an answer with more than levels in it, all but the movements is stored; those are in the ledger. */
export const besideMovements = <Result extends StockResult>(): Recall<Result> => ({
  remember({ movements: { length }, ...rest }) {
    return { lines: length, rest: structuredClone(rest) as unknown as Json };
  },
  needs: (seq, remembered) => linesOf(seq, (remembered as unknown as RememberedBeside).lines).map((key) => ({ table: movements, key })),
  restore(view, seq, remembered) {
    const { lines, rest } = remembered as unknown as RememberedBeside;
    const rows = linesOf(seq, lines).map((key) => view.get(movements, key) as MovementRow);
    return { ...(structuredClone(rest) as object), movements: rows.map(toMovement) } as unknown as Result;
  },
});
