import * as z from "zod";
import { parser } from "../shared/parse";
import { commandFields, instant, lots, quantity, reason, reference, sku, storeId } from "../shared/schemas";

/** Ten years: a hold is meant to end. */
const longestMs = 10 * 366 * 86_400_000;
/** How many promises one sweep settles. */
export const maximumExpired = 100;

const id = z.string().max(64);
const end = { expiresInMs: z.int().positive().max(longestMs).optional(), expiresAt: instant.optional() };
const hasOneEnd = (input: { readonly expiresInMs?: number | undefined; readonly expiresAt?: unknown }) =>
  (input.expiresInMs === undefined) !== (input.expiresAt === undefined);
const oneEnd = { path: ["expiresAt"], message: "give either expiresAt or expiresInMs" };

const hold = z
  .strictObject({ sku, storeId, quantity, ...end, reference: reference.optional(), ...commandFields })
  .refine(hasOneEnd, oneEnd);
const commit = z.strictObject({
  id,
  quantity: quantity.optional(),
  rest: z.enum(["keep", "release"]).default("keep"),
  lots: lots.optional(),
  reason: reason.optional(),
  occurredAt: instant.optional(),
  ...commandFields,
});
const release = z.strictObject({ id, ...commandFields });
const extend = z.strictObject({ id, ...end, ...commandFields }).refine(hasOneEnd, oneEnd);
const update = z
  .strictObject({ id, quantity: quantity.optional(), storeId: storeId.optional(), ...commandFields })
  .refine((input) => input.quantity !== undefined || input.storeId !== undefined, {
    path: ["quantity"],
    message: "give a quantity, a storeId or both",
  });
const expire = z.strictObject({ ids: z.array(id).min(1).max(maximumExpired), ...commandFields });

export const parse = {
  hold: parser(hold),
  commit: parser(commit),
  release: parser(release),
  extend: parser(extend),
  update: parser(update),
  expire: parser(expire),
};

/** A promise of stock, with its end as a time or as a length. */
export type Hold = z.input<typeof hold>;
/** Sells what was promised, or a part of it. */
export type CommitReservation = z.input<typeof commit>;
/** Gives up what was promised. */
export type ReleaseReservation = z.input<typeof release>;
/** Holds on for longer. */
export type ExtendReservation = z.input<typeof extend>;
/** Another quantity, another store, or both. */
export type UpdateReservation = z.input<typeof update>;
/** Settles what has run out. */
export type ExpireReservations = z.input<typeof expire>;

export type ParsedHold = z.output<typeof hold>;
export type ParsedCommit = z.output<typeof commit>;
export type ParsedRelease = z.output<typeof release>;
export type ParsedExtend = z.output<typeof extend>;
export type ParsedUpdate = z.output<typeof update>;
export type ParsedExpire = z.output<typeof expire>;
