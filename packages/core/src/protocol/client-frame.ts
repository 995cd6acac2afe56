import * as z from "zod";
import type { Entity } from "../api/feed-types";

/**
 * Every entity of the feed, in the order in which a snapshot has them: what others refer to comes first.
 *
 * @see docs/contracts/protocol.md
 */
export const entities = [
  "product",
  "store",
  "level",
  "movement",
  "reservation",
  "alert",
  "transfer",
  "count",
  "countLine",
  "supplier",
  "purchaseOrder",
] as const satisfies readonly Entity[];
const entity = z.enum(entities);
const seq = z.int().nonnegative();
const shortText = z.string().min(1).max(200);

/** What a subscriber wants to hear of. */
export const filterSchema = z.strictObject({
  entities: z.array(entity).min(1).max(entities.length),
  storeIds: z.array(shortText).min(1).max(1_000).optional(),
  skus: z.array(shortText).min(1).max(1_000).optional(),
  ids: z.array(shortText).min(1).max(1_000).optional(),
});

const hello = z.strictObject({
  t: z.literal("hello"),
  v: z.int(),
  token: z.string().max(8_192).optional(),
  /** The session of the connection before, which this one replaces. */
  session: shortText.optional(),
});
const sub = z.strictObject({
  t: z.literal("sub"),
  /** The client's name for this request; the answer repeats it. */
  ref: shortText,
  filter: filterSchema,
  /** Up to where the client has applied this very filter, if it has. */
  position: z.strictObject({ epoch: shortText, seq }).optional(),
  /** How many of the newest movements a snapshot brings. */
  history: z.int().min(0).max(1_000).optional(),
});
const unsub = z.strictObject({
  t: z.literal("unsub"),
  sid: shortText,
  /** Ends the subscription only if this request began it: an equal filter asked for since has the same `sid`. */
  ref: shortText.optional(),
});
const auth = z.strictObject({ t: z.literal("auth"), token: z.string().max(8_192) });
const op = z.strictObject({
  t: z.literal("op"),
  /** The command's idempotency key: sent again with the same key, it is applied once. */
  id: shortText,
  command: z.string().max(64),
  input: z.record(z.string(), z.unknown()),
});
const pong = z.strictObject({ t: z.literal("pong") });

/** What a client may say. */
export const clientFrameSchema = z.discriminatedUnion("t", [hello, sub, unsub, auth, op, pong]);
/** A frame from a client, parsed. */
export type ClientFrame = z.output<typeof clientFrameSchema>;
