import * as z from "zod";
import { parser } from "../shared/parse";
import { commandFields, countedQuantity, instant, label, lots, reason, reference, sku, storeId } from "../shared/schemas";

/** The most products one sheet may have. */
export const maximumSheet = 5_000;
/** The most lines one command may count or ask to have counted again. */
const maximumLines = 500;

const id = z.string().max(64);

const start = z
  .strictObject({
    storeId,
    /** All products of this category. */
    category: label.optional(),
    /** These products. Without them and without a category: all that should be at the store; what else is found is added when it is counted. */
    skus: z.array(sku).min(1).max(maximumSheet).optional(),
    /** Keeps what should be there from whoever counts, until the sheet is approved. */
    blind: z.boolean().default(false),
    reference: reference.optional(),
    ...commandFields,
  })
  .refine((input) => input.category === undefined || input.skus === undefined, {
    path: ["skus"],
    message: "give a category, skus or neither",
  });
const record = z.strictObject({
  id,
  lines: z
    .array(z.strictObject({ sku, counted: countedQuantity, lots: lots.optional() }))
    .min(1)
    .max(maximumLines),
  ...commandFields,
});
const recount = z.strictObject({ id, skus: z.array(sku).min(1).max(maximumLines), ...commandFields });
const approve = z.strictObject({ id, reason: reason.optional(), occurredAt: instant.optional(), ...commandFields });
const cancel = z.strictObject({ id, reason: reason.optional(), ...commandFields });

export const parse = {
  start: parser(start),
  record: parser(record),
  recount: parser(recount),
  approve: parser(approve),
  cancel: parser(cancel),
};

/** A sheet to count a store by: all of it, a category, or some products. */
export type StartCount = z.input<typeof start>;
/** What was found on the shelf. */
export type RecordCount = z.input<typeof record>;
/** Lines that shall be counted again. */
export type RecountLines = z.input<typeof recount>;
/** Books the differences of a sheet. */
export type ApproveCount = z.input<typeof approve>;
/** Gives a sheet up. */
export type CancelCount = z.input<typeof cancel>;

export type ParsedStart = z.output<typeof start>;
export type ParsedRecord = z.output<typeof record>;
export type ParsedRecount = z.output<typeof recount>;
export type ParsedApprove = z.output<typeof approve>;
export type ParsedCancel = z.output<typeof cancel>;
