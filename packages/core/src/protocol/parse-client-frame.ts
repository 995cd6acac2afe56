import { parser } from "../domain/shared/parse";
import { InventoryError } from "../errors";
import { type ClientFrame, clientFrameSchema } from "./client-frame";
import { defaultLimits } from "./limits";

const parseFrame = parser(clientFrameSchema);
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Turns what a client sent into a frame. Nothing else in a server reads a client's bytes.
 *
 * @param data - the frame as JSON, as text or as UTF-8.
 * @param options.maxBytes - how long it may be; `defaultLimits.maxFrameBytes` when not given.
 * @throws {@link InventoryError} `INVALID_INPUT` when it is too long, not JSON, not a known frame, or names `__proto__`.
 * @example
 * const frame = parseClientFrame('{"t":"pong"}');
 * @see docs/contracts/protocol.md
 */
export function parseClientFrame(data: string | Uint8Array, options: { readonly maxBytes?: number } = {}): ClientFrame {
  const { maxBytes = defaultLimits.maxFrameBytes } = options;
  if (byteLength(data, maxBytes) > maxBytes) throw malformed(`a frame has at most ${maxBytes} bytes`);
  return parseFrame(parseJson(data));
}

/** Exact only where it matters: UTF-8 has between one and three bytes for each UTF-16 unit. */
function byteLength(data: string | Uint8Array, limit: number): number {
  if (typeof data !== "string") return data.byteLength;
  if (data.length > limit || data.length * 3 <= limit) return data.length;
  return new TextEncoder().encode(data).byteLength;
}

function parseJson(data: string | Uint8Array): unknown {
  try {
    const text = typeof data === "string" ? data : utf8.decode(data);
    return mayNamePrototype.test(text) ? JSON.parse(text, refusePrototype) : JSON.parse(text);
  } catch (error) {
    throw malformed("a frame is JSON", error);
  }
}

// Escapes can spell the name as well, so text with any escaped letter takes the careful way.
const mayNamePrototype = /__proto__|\\u00/;

function refusePrototype(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new SyntaxError("__proto__ is no field");
  return value;
}

const malformed = (message: string, cause?: unknown) => new InventoryError("INVALID_INPUT", { issues: [{ path: "", message }] }, { cause });
