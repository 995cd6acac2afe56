import * as z from "zod";
import { parser } from "../shared/parse";
import { commandFields, instant, lotCode, sku } from "../shared/schemas";

const updateLot = z.strictObject({ sku, lot: lotCode, expiresAt: instant.nullable(), ...commandFields });

export const parse = { updateLot: parser(updateLot) };

/** Another expiry date of a lot; null: never. */
export type UpdateLot = z.input<typeof updateLot>;

export type ParsedUpdateLot = z.output<typeof updateLot>;
