import type { Write } from "../shared/rows";
import { commandsOf, type Slice, type SliceEvent } from "../shared/slice";
import * as commands from "./decide";
import { type ReservationRow, reservationEntity, reservationEvents, reservations as table, toReservation } from "./tables";

export const reservations: Slice = {
  name: "reservations",
  commands: commandsOf(commands),
  tables: [table, reservationEvents],
  entities: [reservationEntity],
  events: (writes) => writes.flatMap(reservationEvent),
};

function reservationEvent({ table: name, row }: Write): SliceEvent[] {
  if (name !== table.name) return [];
  const reservation = row as ReservationRow;
  return [
    {
      type: `reservation.${reservation.change}`,
      event: { seq: row.seq, reservation: toReservation(reservation) } as SliceEvent["event"],
    },
  ];
}
