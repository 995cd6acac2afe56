import type { IncomingMessage } from "node:http";
import { type Actor, isInventoryError, type Logger } from "@onhand/core";
import type { Socket } from "socket.io";
import type { Authenticate, LinkRequest } from "../shared/options";
import { identify, isAllowedOrigin } from "../shared/request";
import { wireEvents } from "./events";

/** What is known of a socket when it connects. */
export interface Admission {
  readonly actor?: Actor;
  readonly request: LinkRequest;
}

/** Whether a socket is of our client, which speaks the sync protocol. */
export const speaksFrames = (socket: Socket): boolean => socket.handshake.auth.onhand === wireEvents.asked.onhand;

const requestOf = ({ handshake }: Socket): LinkRequest => ({
  headers: handshake.headers,
  url: handshake.url,
  remoteAddress: handshake.address,
});

/** A refusal in Socket.IO's form: the client's `connect_error` has it, with the code in `data`. */
export const refusal = (code: "FORBIDDEN" | "RATE_LIMITED" | "UNAUTHENTICATED" | "STORAGE_UNAVAILABLE") =>
  Object.assign(new Error(code), { data: { code } });

/** Looks at a socket before it is served. */
export function createAdmission(options: {
  readonly authenticate: Authenticate;
  readonly logger: Logger;
  readonly allowedOrigins?: readonly string[] | undefined;
}): (socket: Socket) => Promise<Admission> {
  const { authenticate, logger, allowedOrigins } = options;
  return async (socket) => {
    const request = requestOf(socket);
    if (!isAllowedOrigin(request, allowedOrigins)) throw refusal("FORBIDDEN");
    const says = speaksFrames(socket) ? {} : { token: handedToken(socket), saysNoHello: true };
    const actor = await identify(request, { authenticate, logger, ...says }).catch((error: unknown) => {
      throw isInventoryError(error) ? refusal("RATE_LIMITED") : error;
    });
    if (!actor && !speaksFrames(socket)) throw refusal("UNAUTHENTICATED");
    return { request, ...(actor && { actor }) };
  };
}

/** Plain clients have no `hello`: Socket.IO's own `auth: { token }` stands for it. */
const handedToken = ({ handshake }: Socket): string | undefined =>
  typeof handshake.auth.token === "string" ? handshake.auth.token : undefined;

/**
 * The `allowRequest` of a Socket.IO server that only pages of these origins may reach: others get 403 before any
 * connection stands. CORS alone does not do that, since browsers don't ask for WebSockets.
 *
 * @param allowedOrigins - as `https://shop.example`; when not given, only pages of the very host that is connected to.
 * @example
 * const io = new Server(server, { allowRequest: allowOrigins(["https://shop.example"]) });
 * @see docs/guides/live.md
 */
export const allowOrigins =
  (allowedOrigins?: readonly string[]) =>
  (request: IncomingMessage, answer: (error: string | null | undefined, success: boolean) => void): void => {
    const isAllowed = isAllowedOrigin(request, allowedOrigins);
    answer(isAllowed ? null : "this origin may not connect", isAllowed);
  };
