import { errorCodes, InventoryError } from "../errors";
import type { ServerFrame } from "./server-frame";

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, Check>>;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const text: Check = (value) => typeof value === "string" && value.length > 0;
const flag: Check = (value) => typeof value === "boolean";
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string);
const object =
  (fields: Fields): Check =>
  (value) =>
    isObject(value) && holds(value, fields);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const holds = (value: Record<string, unknown>, fields: Fields): boolean =>
  Object.entries(fields).every(([name, check]) => check(Object.hasOwn(value, name) ? value[name] : undefined));

const change = object({ seq: count, entity: text, key: text, value: isObject });
const changes: Check = (value) => Array.isArray(value) && value.every(change);
const refused = { code: text, details: isObject, retryable: flag };
const limits = object({ maxFrameBytes: count, maxSubscriptions: count, maxOpsPerSecond: count, maxOpsInFlight: count });

// Written out instead of a zod schema: these run in browsers for every frame, and zod is larger than the rest of a client.
const frames = {
  welcome: { v: count, epoch: text, head: count, session: text, limits, heartbeatMs: count },
  subbed: { ref: text, sid: text, position: count, how: oneOf("live", "replay", "diff", "snapshot") },
  snap: { sid: text, part: count, changes, last: flag, at: count },
  d: { sid: text, from: count, to: count, changes },
  hb: { head: count },
  reset: { sid: text, reason: oneOf("epoch", "permission", "filter") },
  ack: { id: text, seq: count, replayed: flag, result: isObject },
  nack: { id: text, ...refused },
  authed: {},
  bye: { afterMs: optional(count), ...refused },
} as const satisfies { [T in ServerFrame["t"]]: Fields };

/**
 * Turns what a server sent into a frame. Nothing else in a client reads a server's bytes.
 *
 * Fields it does not know are kept, so that a newer server may say more. A refusal with a code it does not know
 * becomes `UNSUPPORTED`, with the code as the `feature`.
 *
 * @param data - the frame as JSON text.
 * @throws {@link InventoryError} `INVALID_INPUT` when it is not JSON or not a known frame.
 * @example
 * const frame = parseServerFrame('{"t":"hb","head":7}');
 * @see docs/contracts/protocol.md
 */
export function parseServerFrame(data: string): ServerFrame {
  const frame = parseJson(data);
  if (!isObject(frame)) throw malformed("a frame is a JSON object");
  const name = String(frame.t);
  if (!Object.hasOwn(frames, name)) throw malformed("a frame has a known type");
  if (!holds(frame, frames[name as ServerFrame["t"]])) throw malformed(`a field of this ${name} frame is missing or ill-formed`);
  return known(frame as ServerFrame);
}

function known(frame: ServerFrame): ServerFrame {
  if ((frame.t !== "nack" && frame.t !== "bye") || Object.hasOwn(errorCodes, frame.code)) return frame;
  return { ...frame, code: "UNSUPPORTED", details: { feature: frame.code } };
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    throw malformed("a frame is JSON", error);
  }
}

const malformed = (message: string, cause?: unknown) => new InventoryError("INVALID_INPUT", { issues: [{ path: "", message }] }, { cause });
