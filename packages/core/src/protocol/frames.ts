import * as z from "zod";
import type { Change, Entity } from "../api/feed-types";
import type { InventoryErrorCode } from "../errors";

/** The version of the frames below. Sides that differ refuse each other with `PROTOCOL_MISMATCH`. */
export const protocolVersion = 1;

/** The WebSocket subprotocol of these frames as JSON text. */
export const subprotocol = "onhand.v1.json";

const entities = [
  "product",
  "store",
  "level",
  "movement",
  "reservation",
  "alert",
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

/** The limits a server holds a connection to, told in `welcome` so that nobody has to guess why it was cut. */
export interface Limits {
  /** Bytes of one frame from the client. */
  readonly maxFrameBytes: number;
  readonly maxSubscriptions: number;
  readonly maxOpsPerSecond: number;
  readonly maxOpsInFlight: number;
}

interface Refused {
  readonly code: InventoryErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
}

/** What a server may say. */
export type ServerFrame =
  | {
      readonly t: "welcome";
      readonly v: number;
      readonly epoch: string;
      readonly head: number;
      readonly session: string;
      readonly limits: Limits;
      readonly heartbeatMs: number;
    }
  /** A subscription stands. `live` and `replay` go on from the client's position; `diff` and `snapshot` send pages first. `sid` names the filter in later frames. */
  | {
      readonly t: "subbed";
      readonly ref: string;
      readonly sid: string;
      readonly position: number;
      readonly how: "live" | "replay" | "diff" | "snapshot";
    }
  /** A page of rows. A `diff` adds to what the client has, a `snapshot` replaces it once the last page is in; then the client stands at `at`. */
  | {
      readonly t: "snap";
      readonly sid: string;
      readonly part: number;
      readonly changes: readonly Change[];
      readonly last: boolean;
      readonly at: number;
    }
  /** Everything this filter lets through in `(from, to]`. */
  | { readonly t: "d"; readonly sid: string; readonly from: number; readonly to: number; readonly changes: readonly Change[] }
  /** A sign of life, to be answered with `pong`. A head beyond what a client has applied, for longer than a beat, means something was lost. */
  | { readonly t: "hb"; readonly head: number }
  /** The subscription ended; the client drops its rows of this filter and subscribes anew. */
  | { readonly t: "reset"; readonly sid: string; readonly reason: "epoch" | "permission" | "filter" }
  | {
      readonly t: "ack";
      readonly id: string;
      readonly seq: number;
      readonly replayed: boolean;
      readonly result: Readonly<Record<string, unknown>>;
    }
  /** Answers an `op` (by its id) or a `sub` (by its ref) that was refused. */
  | ({ readonly t: "nack"; readonly id: string } & Refused)
  | { readonly t: "authed" }
  /** The last word before the server closes. The client may come back after `afterMs`; without it, it need not try. */
  | ({ readonly t: "bye"; readonly afterMs?: number } & Refused);
