import type { Write } from "../shared/rows";
import type { Slice, SliceEvent } from "../shared/slice";
import { type TransferRow, transfers as table, toTransfer, transferEntity, transferIncoming } from "./tables";

export const transfers: Slice = {
  name: "transfers",
  tables: [table],
  entities: [transferEntity],
  events: (writes) => writes.flatMap(transferEvent),
  incoming: transferIncoming,
};

function transferEvent({ table: name, row }: Write): SliceEvent[] {
  if (name !== table.name) return [];
  const transfer = row as TransferRow;
  return [{ type: `transfer.${transfer.change}`, event: { seq: row.seq, transfer: toTransfer(transfer) } as SliceEvent["event"] }];
}
