import * as z from "zod";
import { parser } from "../shared/parse";
import {
  commandFields,
  countedQuantity,
  instant,
  label,
  lots,
  note,
  price,
  quantity,
  reason,
  reference,
  sku,
  storeId,
} from "../shared/schemas";

/** The most lines one order may have. */
export const maximumLines = 1_000;
/** The most proposals that are drafted at once. */
const maximumProposals = 1_000;

const id = z.string().max(64);
const line = z.strictObject({ sku, quantity, unitCost: price.optional() });
const lines = z.array(line).max(maximumLines);

const create = z.strictObject({
  supplierId: label,
  storeId,
  lines,
  expectedAt: instant.optional(),
  reference: reference.optional(),
  note: note.optional(),
  ...commandFields,
});
const update = z.strictObject({
  id,
  storeId: storeId.optional(),
  lines: lines.optional(),
  expectedAt: instant.nullable().optional(),
  reference: reference.nullable().optional(),
  note: note.nullable().optional(),
  ...commandFields,
});
const submit = z.strictObject({ id, expectedAt: instant.optional(), ...commandFields });
const receive = z.strictObject({
  id,
  lines: z
    .array(line.extend({ lots: lots.optional() }))
    .min(1)
    .max(maximumLines)
    .optional(),
  overDelivery: z.enum(["refuse", "accept"]).default("refuse"),
  reason: reason.optional(),
  occurredAt: instant.optional(),
  ...commandFields,
});
const cancel = z.strictObject({ id, ...commandFields });

/** A proposal says more than is needed to order it, so what else it says is let through and left out. */
const proposal = z.object({
  supplierId: label.optional(),
  storeId,
  sku,
  quantity,
  unitCost: price.optional(),
  available: z.number(),
  incoming: countedQuantity,
  minimum: countedQuantity,
  multiple: quantity,
});
const draftFrom = z.strictObject({ proposals: z.array(proposal).max(maximumProposals), ...commandFields });

export const parse = {
  create: parser(create),
  update: parser(update),
  submit: parser(submit),
  receive: parser(receive),
  cancel: parser(cancel),
  draftFrom: parser(draftFrom),
};

/** A new order, as a draft. */
export type CreatePurchaseOrder = z.input<typeof create>;
/** Changes to an order. Absent fields stay; null clears an optional one. */
export type UpdatePurchaseOrder = z.input<typeof update>;
/** Sends an order to its supplier. */
export type SubmitPurchaseOrder = z.input<typeof submit>;
/** Goods of an order have come. */
export type ReceivePurchaseOrder = z.input<typeof receive>;
/** Nothing more will come. */
export type CancelPurchaseOrder = z.input<typeof cancel>;
/** Makes drafts of what should be ordered. */
export type DraftPurchaseOrders = z.input<typeof draftFrom>;

export type ParsedCreate = z.output<typeof create>;
export type ParsedUpdate = z.output<typeof update>;
export type ParsedSubmit = z.output<typeof submit>;
export type ParsedReceive = z.output<typeof receive>;
export type ParsedCancel = z.output<typeof cancel>;
export type ParsedDraftFrom = z.output<typeof draftFrom>;
export type ParsedProposal = ParsedDraftFrom["proposals"][number];
