import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { subprotocol } from "@onhand/core/protocol";
import type { LinkRequest } from "../shared/options";

/** The path of a request, without its query. */
export const pathOf = (request: IncomingMessage): string => (request.url ?? "/").split("?", 1)[0] ?? "/";

/** Whether the page behind a request may connect; a request without an `Origin` is not from a page. */
export function isAllowedOrigin({ headers }: IncomingMessage, allowed: readonly string[] | undefined): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (allowed) return allowed.includes(origin);
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Whether a client speaks our protocol. One that names none is believed; its `hello` will tell. */
export function offersProtocol({ headers }: IncomingMessage): boolean {
  const offered = headers["sec-websocket-protocol"];
  return offered === undefined || offered.split(",").some((name) => name.trim() === subprotocol);
}

/** The token of an `Authorization: Bearer` header. */
export function tokenOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1];
}

/** What the host's `authenticate` may look at. */
export const requestFacts = ({ headers, url, socket }: IncomingMessage): LinkRequest => ({
  headers,
  ...(url !== undefined && { url }),
  ...(socket.remoteAddress !== undefined && { remoteAddress: socket.remoteAddress }),
});

/** Answers an upgrade with an HTTP status instead. Nobody reads the socket any more, so it is gone once the answer is out. */
export function refuseUpgrade(socket: Duplex, status: 400 | 403 | 404 | 500 | 503): void {
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
