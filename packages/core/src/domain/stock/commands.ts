import * as z from "zod";
import { parser } from "../shared/parse";
import {
  actorId,
  commandFields,
  countedQuantity,
  idempotencyKey,
  instant,
  lots,
  money,
  price,
  quantity,
  reason,
  reference,
  signedQuantity,
  sku,
  storeId,
} from "../shared/schemas";

/** The most lines one batch may have. */
const maximumLines = 10_000;

const entryFields = { reference: reference.optional(), reason: reason.optional(), occurredAt: instant.optional(), lots: lots.optional() };
const at = { sku, storeId };

const receive = { ...at, quantity, unitCost: money.optional(), ...entryFields };
const sell = { ...at, quantity, unitPrice: price.optional(), ...entryFields };
const giveBack = { ...at, quantity, unitCost: money.optional(), unitPrice: price.optional(), ...entryFields };
const adjust = { ...at, delta: signedQuantity, unitCost: money.optional(), ...entryFields, reason };
const count = { ...at, counted: countedQuantity, ...entryFields };
const transfer = { sku, from: storeId, to: storeId, quantity, ...entryFields };

const line = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("receive"), ...receive }),
  z.strictObject({ type: z.literal("sell"), ...sell }),
  z.strictObject({ type: z.literal("return"), ...giveBack }),
  z.strictObject({ type: z.literal("adjust"), ...adjust }),
  z.strictObject({ type: z.literal("count"), ...count }),
  z.strictObject({ type: z.literal("transfer"), ...transfer }),
]);

const applyCommand = z.strictObject({
  lines: z.array(line).min(1).max(maximumLines),
  /** What caused all lines that name no cause of their own. */
  reference: reference.optional(),
  occurredAt: instant.optional(),
  ...commandFields,
});

const reverseCommand = z.strictObject({
  id: z.string().max(64),
  reason: reason.optional(),
  occurredAt: instant.optional(),
  actor: actorId.optional(),
  idempotencyKey: idempotencyKey.optional(),
});

const schemas = {
  receive: z.strictObject({ ...receive, ...commandFields }),
  sell: z.strictObject({ ...sell, ...commandFields }),
  return: z.strictObject({ ...giveBack, ...commandFields }),
  adjust: z.strictObject({ ...adjust, ...commandFields }),
  count: z.strictObject({ ...count, ...commandFields }),
  transfer: z.strictObject({ ...transfer, ...commandFields }),
};

/** Parses a command that is a single line, and names it as one. */
const lineParser = <Type extends LineType>(type: Type) => {
  const parseFields = parser(schemas[type] as unknown as z.ZodType<object>);
  const parseLine = (input: unknown) => Object.assign(parseFields(input), { type }) as unknown as ParsedCommand[Type];
  return Object.assign(parseLine, { schema: parseFields.schema });
};

export const parse = {
  receive: lineParser("receive"),
  sell: lineParser("sell"),
  return: lineParser("return"),
  adjust: lineParser("adjust"),
  count: lineParser("count"),
  transfer: lineParser("transfer"),
  apply: parser(applyCommand),
  reverse: parser(reverseCommand),
};

/** Goods come in from outside. */
export type Receive = z.input<typeof schemas.receive>;
/** Goods go to a customer. */
export type Sell = z.input<typeof schemas.sell>;
/** Goods come back from a customer. */
export type Return = z.input<typeof schemas.return>;
/** The books are set right by a signed difference, with its reason. */
export type Adjust = z.input<typeof schemas.adjust>;
/** Somebody counted the shelf. */
export type Count = z.input<typeof schemas.count>;
/** Goods go from one store to another in one step. */
export type Transfer = z.input<typeof schemas.transfer>;
/** One line of a batch: a stock command by its `type`. */
export type StockLine = z.input<typeof line>;
/** A batch of stock commands, all or none. */
export type Apply = z.input<typeof applyCommand>;
/** Undoes a movement. */
export type Reverse = z.input<typeof reverseCommand>;

export type ParsedLine = z.output<typeof line>;
export type ParsedApply = z.output<typeof applyCommand>;
export type ParsedReverse = z.output<typeof reverseCommand>;
export type ParsedCommand = { [Type in LineType]: z.output<(typeof schemas)[Type]> & { readonly type: Type } };
export type LineType = keyof typeof schemas;
