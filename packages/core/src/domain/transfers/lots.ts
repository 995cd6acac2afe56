import type { Refusal } from "../../errors";
import type { ProductRow } from "../catalog/tables";
import { invalidLots, type NamedLot } from "../lots/named";
import { fromScaled, toScaled } from "../shared/quantity";
import { keyText, type Write } from "../shared/rows";
import type { EntryDetails } from "../stock/ledger";
import type { MovementRow } from "../stock/tables";
import { inTransit, type TransferLine, type TransferLot, type TransferRow, transitLots } from "./tables";

/** The most lots or serial numbers one transfer may carry: they stand in its row. */
export const maximumLots = 5_000;

/** Which lots go or arrive: as a caller names them, or as they are known. */
type Lots = Pick<EntryDetails, "lots" | "given">;

/** What a line carries of a tracked product, as its movement took it from the shelf. */
export const shippedLots = (movement: MovementRow | undefined): Pick<TransferLine, "lots"> =>
  movement?.lots ? { lots: movement.lots.map(({ lot, delta }) => ({ lot, quantity: -delta, inTransit: -delta })) } : {};

/** How many lots lines carry. */
export const lotCount = (lines: Iterable<TransferLine>): number => {
  let count = 0;
  for (const { lots } of lines) count += lots?.length ?? 0;
  return count;
};

/** The lots of a line that are still on its way. */
export const lotsInTransit = ({ lots }: TransferLine): readonly TransferLot[] => lots?.filter((lot) => lot.inTransit > 0) ?? [];

/**
 * Which lots of a line arrive: those that are named, or all that are on their way, or of so much the first in the order they
 * were shipped. Which serial numbers arrive of several is not guessed.
 */
export function arrivingLots(line: TransferLine, product: ProductRow, quantity: number, named?: readonly NamedLot[]): Lots | Refusal {
  if (named) return strayLot(line, product, named) ?? { lots: named };
  if (!line.lots) return {};
  if (quantity < inTransit(line) && product.tracking === "serial") return {};
  let left = quantity;
  const given = lotsInTransit(line).map((lot) => {
    const delta = Math.min(left, lot.inTransit);
    left -= delta;
    return { lot: lot.lot, delta };
  });
  return { given: given.filter(({ delta }) => delta > 0) };
}

/** What is named but not on its way; of an untracked product nothing is, and the ledger refuses its lots. */
function strayLot({ lots }: TransferLine, { decimals }: ProductRow, named: readonly NamedLot[]): Refusal | undefined {
  if (!lots) return undefined;
  const known = new Map(lots.map((lot) => [lot.lot, lot.inTransit]));
  for (const { lot, quantity } of named) {
    const there = known.get(lot) ?? 0;
    if ((toScaled(quantity, decimals) ?? 0) > there)
      return invalidLots(`must not name more of ${lot} than the ${fromScaled(there, decimals)} in transit`);
  }
  return undefined;
}

/** All lots of a line that are still on their way, as they come back and as they are then given up. */
export function leftLots(line: TransferLine): Readonly<Record<"back" | "gone", EntryDetails["given"]>> {
  if (!line.lots) return { back: undefined, gone: undefined };
  const left = lotsInTransit(line);
  return {
    back: left.map(({ lot, inTransit: delta }) => ({ lot, delta })),
    gone: left.map(({ lot, inTransit: delta }) => ({ lot, delta: -delta })),
  };
}

/** A line nothing of which is on its way any more. */
export const endedLots = (line: TransferLine): TransferLine =>
  line.lots ? { ...line, lots: line.lots.map((lot) => ({ ...lot, inTransit: 0 })) } : line;

/** A line without what a movement has taken off its way. */
export function withoutLots(line: TransferLine, movement: MovementRow | undefined): TransferLine {
  if (!line.lots || !movement?.lots) return line;
  const taken = new Map(movement.lots.map(({ lot, delta }) => [lot, delta]));
  return { ...line, lots: line.lots.map((lot) => ({ ...lot, inTransit: lot.inTransit - (taken.get(lot.lot) ?? 0) })) };
}

/** Notes which lots are on their way with a transfer, where that has changed: its lines stand in its row, where nobody can look for a lot. */
export function transitWrites(row: TransferRow, before?: TransferRow): readonly Write[] {
  const { seq, createdSeq } = row;
  const open = new Set(before?.lines.flatMap((line) => lotsInTransit(line).map(({ lot }) => keyText([line.sku, lot]))));
  return row.lines.flatMap(({ sku, lots = [] }) =>
    lots
      .filter((lot) => lot.inTransit > 0 !== open.has(keyText([sku, lot.lot])))
      .map(({ lot, inTransit: left }) => ({ table: transitLots.name, row: { seq, sku, lot, createdSeq, open: left > 0 } })),
  );
}
