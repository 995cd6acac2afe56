import type { Write } from "../shared/rows";
import { commandsOf, type Slice, type SliceEvent } from "../shared/slice";
import * as commands from "./decide";
import { type TransferRow, transfers as table, toTransfer, transferEntity, transferIncoming, transitLots } from "./tables";

export const transfers: Slice = {
  name: "transfers",
  commands: commandsOf(commands),
  tables: [table, transitLots],
  entities: [transferEntity],
  events: (writes) => writes.flatMap(transferEvent),
  incoming: transferIncoming,
};

function transferEvent({ table: name, row }: Write): SliceEvent[] {
  if (name !== table.name) return [];
  const transfer = row as TransferRow;
  return [{ type: `transfer.${transfer.change}`, event: { seq: row.seq, transfer: toTransfer(transfer) } as SliceEvent["event"] }];
}
