import {
  type ClientTransport,
  encodeFrame,
  parseServerFrame,
  type ServerFrame,
  type TransportConnection,
  type TransportEvents,
} from "@onhand/core/protocol/client";
import { io, type ManagerOptions, type SocketOptions } from "socket.io-client";
import { wireEvents } from "./events";

/** What {@link socketIoTransport} takes. */
export interface SocketIoTransportOptions {
  /** Where the server is, with the namespace as its path: `https://shop.example/live`. Never put a token into it. */
  readonly url: string | URL;
  /** The user's token, fresh at each call. Leave it out where a cookie authenticates. */
  readonly getToken?: () => string | undefined | Promise<string | undefined>;
  /** Options of `socket.io-client`, such as `path`, `parser`, `transports` or `withCredentials`. When to reconnect is the client's decision and can't be set. */
  readonly options?: Partial<Omit<ManagerOptions & SocketOptions, "auth" | "reconnection" | "forceNew" | "multiplex" | "autoConnect">>;
}

/** The close code this client uses for a frame that it can't read. */
const malformed = 4502;

/**
 * Reaches a server of `createSocketIoServer`, from a browser or from Node.
 *
 * It carries frames and nothing else: when to connect, retry or give up is the client's decision.
 *
 * @example
 * const client = createInventoryClient({ transport: socketIoTransport({ url: "https://shop.example/live", getToken: () => session.token }) });
 * @see docs/guides/live.md
 */
export function socketIoTransport(options: SocketIoTransportOptions): ClientTransport {
  return {
    connect: (events) => openLink(options, events),
    token: async () => options.getToken?.(),
  };
}

function openLink({ url, options }: SocketIoTransportOptions, events: TransportEvents): TransportConnection {
  const socket = io(String(url), { ...options, auth: wireEvents.asked, reconnection: false, forceNew: true, autoConnect: false });
  let ended = false;

  function end(why: { readonly reason: string; readonly code?: number }): void {
    if (ended) return;
    ended = true;
    socket.off();
    socket.disconnect();
    events.onClose(why);
  }

  socket.on("connect", () => events.onOpen());
  socket.on(wireEvents.frame, (data: unknown) => {
    const frame = readFrame(data);
    if (frame) events.onFrame(frame);
    else end({ code: malformed, reason: "the server sent a malformed frame" });
  });
  socket.on(wireEvents.close, (why: unknown) => end(readClose(why)));
  socket.on("disconnect", () => end({ reason: "the connection was lost" }));
  socket.on("connect_error", ({ message }) => end({ reason: `no connection could be opened: ${message}` }));
  socket.connect();

  return {
    send(frame) {
      if (!ended && socket.connected) socket.emit(wireEvents.frame, encodeFrame(frame));
    },
    close: () => end({ code: 1_000, reason: "closed by the client" }),
  };
}

function readFrame(data: unknown): ServerFrame | undefined {
  try {
    return typeof data === "string" ? parseServerFrame(data) : undefined;
  } catch {
    return undefined;
  }
}

function readClose(why: unknown): { readonly reason: string; readonly code?: number } {
  const { code, reason } = (typeof why === "object" && why !== null ? why : {}) as { readonly code?: unknown; readonly reason?: unknown };
  return { reason: typeof reason === "string" ? reason : "the server closed", ...(typeof code === "number" && { code }) };
}
