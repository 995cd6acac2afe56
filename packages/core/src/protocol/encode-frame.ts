import type { ClientFrame } from "./client-frame";
import type { ServerFrame } from "./server-frame";

/**
 * Writes a frame as JSON text, as `parseClientFrame` and `parseServerFrame` read it.
 *
 * @example
 * socket.send(encodeFrame({ t: "pong" }));
 * @see docs/contracts/protocol.md
 */
export const encodeFrame = (frame: ClientFrame | ServerFrame): string => JSON.stringify(frame);
