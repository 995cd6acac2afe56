import { fromScaled } from "../shared/quantity";
import { type MovementRow, type MovementType, movementId } from "../stock/tables";
import { type Days, dayIndex } from "./days";

/** The movements that customers make. Goods that go to another store, get lost or are counted were asked for by nobody. */
export const demandTypes = ["sold", "returned"] as const satisfies readonly MovementType[];

/** Adds movements up to demand per day. */
export interface DemandFold {
  add(row: MovementRow): void;
  /** What was asked for on each day, in the product's unit. */
  series(): readonly number[];
}

/**
 * Demand per day: what was sold less what came back, by the day it occurred.
 *
 * A return takes demand back from its own day and, beyond that, from the latest days before it that had some: nobody
 * wanted less than nothing. A sale or a return that was reversed never was.
 *
 * @param reversed - the ids of movements that others undo.
 */
export function foldDemand(days: Days, reversed: ReadonlySet<string>): DemandFold {
  const net = new Array<number>(days.dates.length).fill(0);
  let decimals = 0;
  return {
    add(row) {
      const index = dayIndex(days, row.occurredAt);
      if (index < 0 || reversed.has(movementId(row))) return;
      decimals = row.decimals;
      net[index] = (net[index] as number) - row.delta;
    },
    series: () => carryBack(net).map((scaled) => fromScaled(scaled, decimals)),
  };
}

function carryBack(net: readonly number[]): readonly number[] {
  const days = [...net];
  const withDemand: number[] = [];
  days.forEach((value, index) => {
    if (value > 0) withDemand.push(index);
    if (value >= 0) return;
    days[index] = 0;
    let owed = -value;
    while (owed > 0) {
      const latest = withDemand.at(-1);
      // What was sold before the first day may come back after it.
      if (latest === undefined) return;
      const taken = Math.min(owed, days[latest] as number);
      days[latest] = (days[latest] as number) - taken;
      owed -= taken;
      if (days[latest] === 0) withDemand.pop();
    }
  });
  return days;
}
