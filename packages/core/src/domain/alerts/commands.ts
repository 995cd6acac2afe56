import * as z from "zod";
import { parser } from "../shared/parse";
import { actorId, commandFields, countedQuantity, quantity, sku, storeId } from "../shared/schemas";

/** How many levels one check looks at. */
export const maximumChecked = 100;

const scope = { sku: sku.optional(), storeId: storeId.optional() };

const setThreshold = z
  .strictObject({
    ...scope,
    reorderPoint: countedQuantity,
    reorderQuantity: quantity.optional(),
    safetyStock: countedQuantity.optional(),
    maximum: countedQuantity.optional(),
    ...commandFields,
  })
  .refine(({ reorderPoint, maximum }) => maximum === undefined || maximum >= reorderPoint, {
    path: ["maximum"],
    message: "must not be less than reorderPoint",
  });
const removeThreshold = z.strictObject({ ...scope, ...commandFields });

const target = z.strictObject({ id: z.string().max(64), ...commandFields });
const assign = z.strictObject({ id: z.string().max(64), assignee: actorId.nullable(), ...commandFields });
const check = z.strictObject({ levels: z.array(z.strictObject({ sku, storeId })).min(1).max(maximumChecked), ...commandFields });

export const parse = {
  setThreshold: parser(setThreshold),
  removeThreshold: parser(removeThreshold),
  target: parser(target),
  assign: parser(assign),
  check: parser(check),
};

/** When stock is low and when it is too much; for every product without `sku`, for every store without `storeId`. */
export type SetThreshold = z.input<typeof setThreshold>;
/** Names a threshold by what it is for. */
export type ThresholdScope = Pick<z.input<typeof removeThreshold>, "sku" | "storeId">;

export type ParsedSetThreshold = z.output<typeof setThreshold>;
export type ParsedRemoveThreshold = z.output<typeof removeThreshold>;
export type ParsedTarget = z.output<typeof target>;
export type ParsedAssign = z.output<typeof assign>;
export type ParsedCheck = z.output<typeof check>;
