import * as z from "zod";
import { costingMethods } from "../catalog/tables";
import { parser } from "../shared/parse";
import { commandFields, currency, instant, money, price, reason, reference, sku } from "../shared/schemas";

const setCosting = z
  .strictObject({ sku, method: z.enum(costingMethods), currency, unitCost: price.optional(), ...commandFields })
  .refine(({ currency: wanted, unitCost }) => unitCost === undefined || unitCost.currency === wanted, {
    path: ["unitCost"],
    message: "must be in the currency of costing",
  });
const correct = z.strictObject({
  id: z.string().max(64),
  amount: money.refine(({ amount }) => amount !== 0, { path: ["amount"], message: "must not be 0" }),
  reason: reason.optional(),
  reference: reference.optional(),
  occurredAt: instant.optional(),
  ...commandFields,
});

export const parse = { setCosting: parser(setCosting), correct: parser(correct) };

/** How a product is costed from now on; of goods there are already, what one costs. */
export type SetCosting = z.input<typeof setCosting>;
/** More, or less, that the goods of a movement cost than was known when they came in. */
export type CorrectCost = z.input<typeof correct>;

export type ParsedSetCosting = z.output<typeof setCosting>;
export type ParsedCorrectCost = z.output<typeof correct>;
