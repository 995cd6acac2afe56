import type { Write } from "../shared/rows";
import { commandsOf, type Reaction, type Slice, type SliceEvent } from "../shared/slice";
import { type MovementRow, movements } from "../stock/tables";
import * as commands from "./decide";
import {
  type CountLineRow,
  type CountRow,
  corrections,
  countEntity,
  countLineEntity,
  countLines,
  counts as table,
  toCountLine,
  toStockCount,
} from "./tables";

/** Whoever counts or adjusts a level sets its books right; what is on a sheet for it has to be counted again. */
const noteCorrections: Reaction = {
  to: movements,
  needs: () => [],
  react(row, _view, { seq }) {
    const { type, sku, storeId } = row as MovementRow;
    return type === "counted" || type === "adjusted" ? [{ table: corrections.name, row: { seq, sku, storeId } }] : nothing;
  },
};

const nothing: readonly Write[] = [];

export const counts: Slice = {
  name: "counts",
  commands: commandsOf(commands),
  tables: [table, countLines, corrections],
  entities: [countEntity, countLineEntity],
  events(writes) {
    const lines = linesBySheet(writes);
    return writes.flatMap((write) => countEvent(write, lines));
  },
  reactions: [noteCorrections],
};

const nameOf = (seq: number, sheet: number): string => `${seq} ${sheet}`;

function linesBySheet(writes: readonly Write[]): ReadonlyMap<string, readonly CountLineRow[]> {
  const groups = new Map<string, CountLineRow[]>();
  for (const { table: name, row } of writes) {
    if (name !== countLines.name) continue;
    const line = row as CountLineRow;
    const key = nameOf(line.seq, line.sheet);
    const group = groups.get(key);
    if (group) group.push(line);
    else groups.set(key, [line]);
  }
  return groups;
}

function countEvent({ table: name, row }: Write, lines: ReadonlyMap<string, readonly CountLineRow[]>): SliceEvent[] {
  if (name !== table.name) return [];
  const count = row as CountRow;
  const changed = lines.get(nameOf(count.seq, count.createdSeq)) ?? [];
  const event = { seq: row.seq, count: toStockCount(count), lines: changed.map(toCountLine) };
  return [{ type: `count.${count.change}`, event: event as SliceEvent["event"] }];
}
