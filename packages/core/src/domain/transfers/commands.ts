import * as z from "zod";
import { parser } from "../shared/parse";
import { commandFields, instant, lots, quantity, reason, reference, sku, storeId } from "../shared/schemas";

/** The most products one transfer may have. */
const maximumLines = 500;

const id = z.string().max(64);
const lines = z
  .array(z.strictObject({ sku, quantity, lots: lots.optional() }))
  .min(1)
  .max(maximumLines);
const occurredAt = instant.optional();

const ship = z.strictObject({
  from: storeId,
  to: storeId,
  lines,
  /** What caused it, such as a request of the store's. Its movements refer to the transfer. */
  reference: reference.optional(),
  /** When it should arrive. */
  expectedAt: instant.optional(),
  occurredAt,
  ...commandFields,
});
const receive = z.strictObject({ id, lines: lines.optional(), occurredAt, ...commandFields });
const cancel = z.strictObject({ id, remaining: z.enum(["return", "write_off"]), reason: reason.optional(), occurredAt, ...commandFields });

export const parse = { ship: parser(ship), receive: parser(receive), cancel: parser(cancel) };

/** Goods leave a store for another one. */
export type ShipTransfer = z.input<typeof ship>;
/** Goods of a transfer arrive, all that are left or some. */
export type ReceiveTransfer = z.input<typeof receive>;
/** What is still on its way goes back or is lost. */
export type CancelTransfer = z.input<typeof cancel>;

export type ParsedShip = z.output<typeof ship>;
export type ParsedReceive = z.output<typeof receive>;
export type ParsedCancel = z.output<typeof cancel>;
