import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { subprotocol } from "@onhand/core/protocol";

/** Whether a client speaks our protocol. One that names none is believed; its `hello` will tell. */
export function offersProtocol({ headers }: IncomingMessage): boolean {
  const offered = headers["sec-websocket-protocol"];
  return offered === undefined || offered.split(",").some((name) => name.trim() === subprotocol);
}

/** Answers an upgrade with an HTTP status instead. Nobody reads the socket any more, so it is gone once the answer is out. */
export function refuseUpgrade(socket: Duplex, status: 400 | 403 | 404 | 429 | 500 | 503, retryAfterMs?: number): void {
  const later = retryAfterMs === undefined ? "" : `Retry-After: ${Math.ceil(retryAfterMs / 1_000)}\r\n`;
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${later}Content-Length: 0\r\n\r\n`);
}
