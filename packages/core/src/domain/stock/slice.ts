import type { Write } from "../shared/rows";
import { commandsOf, type Slice, type SliceEvent } from "../shared/slice";
import * as commands from "./decide";
import {
  incomingEvents,
  type LevelRow,
  levelEntity,
  levels,
  type MovementRow,
  movementEntity,
  movements,
  toMovement,
  toStockLevel,
} from "./tables";

export const stock: Slice = {
  name: "stock",
  commands: commandsOf(commands),
  tables: [levels, movements, incomingEvents],
  entities: [levelEntity, movementEntity],
  events(writes) {
    const moved = groupMovements(writes);
    return writes.flatMap((write) => stockEvent(write, moved));
  },
};

const placeOf = (row: LevelRow | MovementRow): string => `${row.seq}\u0000${row.sku}\u0000${row.storeId}`;

function groupMovements(writes: readonly Write[]): ReadonlyMap<string, readonly MovementRow[]> {
  const groups = new Map<string, MovementRow[]>();
  for (const { table, row } of writes) {
    if (table !== movements.name) continue;
    const movement = row as MovementRow;
    const group = groups.get(placeOf(movement));
    if (group) group.push(movement);
    else groups.set(placeOf(movement), [movement]);
  }
  return groups;
}

function stockEvent({ table, row }: Write, moved: ReadonlyMap<string, readonly MovementRow[]>): SliceEvent[] {
  if (table === movements.name)
    return [{ type: "movement.recorded", event: { seq: row.seq, movement: toMovement(row as MovementRow) } as SliceEvent["event"] }];
  if (table !== levels.name) return [];
  const level = row as LevelRow;
  const causes = (moved.get(placeOf(level)) ?? []).map(toMovement);
  return [{ type: "stock.changed", event: { seq: row.seq, level: toStockLevel(level), movements: causes } as SliceEvent["event"] }];
}
