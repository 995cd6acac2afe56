import { consoleLogger } from "@onhand/core";
import type { Namespace, Server, Socket } from "socket.io";
import { createHub, type HubStats } from "../shared/hub";
import { defaultHubLimits } from "../shared/limits";
import type { HubOptions } from "../shared/options";
import { systemTimers } from "../shared/timers";
import { type Admission, createAdmission, refusal, speaksFrames } from "./admission";
import { wireEvents } from "./events";
import { createEventWriter, linkOf } from "./link";
import { createPlainServer, type PlainEvents } from "./plain-events";

export { allowEverythingForDemos } from "../shared/authorization";
export { type CloseReason, closeCodes } from "../shared/close-codes";
export type { HubStats } from "../shared/hub";
export { defaultHubLimits, type HubLimits } from "../shared/limits";
export type { Authenticate, Credentials, HubInventory, HubOptions, LinkRequest } from "../shared/options";
export { systemTimers, type Timers } from "../shared/timers";
export { allowOrigins } from "./admission";
export type { PlainEvents } from "./plain-events";

/** What {@link createSocketIoServer} takes. */
export interface SocketIoServerOptions extends HubOptions {
  /** The host's own Socket.IO server, whose main namespace is used, or one of its namespaces: `io.of("/live")`. */
  readonly io: Server | Namespace;
  /**
   * The pages that may connect to the namespace, as `https://shop.example`. When not given, only pages of the very host that
   * is connected to. To refuse others before a connection stands, give {@link allowOrigins} to the Socket.IO server as well.
   */
  readonly allowedOrigins?: readonly string[];
  /** Also serves `socket.io-client` without our SDK, by these events. When not given, such sockets are left to the host. */
  readonly plainEvents?: PlainEvents;
}

/** Inventory served on a host's Socket.IO server. */
export interface SocketIoServer {
  /** Links open now; sockets that are the host's own don't count. */
  readonly connections: number;
  /** How it fares, for those who watch it. */
  stats(): HubStats;
  /** Answers the commands under way, says `bye` to everybody, and takes on nobody. The host's server and its own sockets stay. */
  close(options?: { readonly afterMs?: number }): Promise<void>;
}

/**
 * Serves an inventory live on the host's own Socket.IO server, beside whatever else it does.
 *
 * Clients of `socketIoTransport` speak the sync protocol over one event; they resume from the ledger, so
 * `connectionStateRecovery` is not needed. Whatever parser the server has is used. With `plainEvents`, plain clients are
 * told of changes by events of the host's choice; then every other socket of the namespace must authenticate, through
 * `auth: { token }`, a cookie or an `Authorization` header.
 *
 * @throws {@link TypeError} when `authenticate` or `authorize` is missing.
 * @example
 * const io = new Server(server, { allowRequest: allowOrigins(["https://shop.example"]) });
 * const live = createSocketIoServer({
 *   inventory,
 *   io: io.of("/live"),
 *   authenticate: async ({ token }) => (token === undefined ? undefined : await sessions.actorOf(token)),
 *   authorize: (actor, action) => actor?.role === "clerk" || action === "subscribe" || action === "read",
 *   allowedOrigins: ["https://shop.example"],
 * });
 * @see docs/guides/live.md
 */
export function createSocketIoServer(options: SocketIoServerOptions): SocketIoServer {
  const { io, logger = consoleLogger, timers = systemTimers, plainEvents } = options;
  const limits = { ...defaultHubLimits, ...options.limits };
  const namespace = "sockets" in io && "server" in io ? (io as Namespace) : (io as Server).of("/");
  const hub = createHub(options);
  const admit = createAdmission({ authenticate: options.authenticate, logger, allowedOrigins: options.allowedOrigins });
  const writer = createEventWriter(namespace.name);
  const servePlain = plainEvents && createPlainServer({ hub, writer, events: plainEvents });
  const admissions = new WeakMap<Socket, Admission>();
  const open = new Set<Socket>();
  let closing: Promise<void> | undefined;

  const isOurs = (socket: Socket): boolean => speaksFrames(socket) || servePlain !== undefined;

  function onConnecting(socket: Socket, next: (error?: Error) => void): void {
    if (!isOurs(socket)) next();
    else if (closing || hub.connections >= limits.maxConnections) next(refusal("STORAGE_UNAVAILABLE"));
    else {
      const take = (admission: Admission) => {
        admissions.set(socket, admission);
        next();
      };
      admit(socket).then(take, next);
    }
  }

  function onConnection(socket: Socket): void {
    if (!isOurs(socket)) return;
    const admission = admissions.get(socket);
    // Where the host has Socket.IO recover connections, those pass by every middleware, ours included.
    if (admission) serve(socket, admission);
    else
      admit(socket).then(
        (late) => serve(socket, late),
        () => socket.disconnect(),
      );
  }

  function serve(socket: Socket, admission: Admission): void {
    if (socket.disconnected) return;
    open.add(socket);
    socket.conn.once("close", () => open.delete(socket));
    if (speaksFrames(socket)) serveFrames(socket, admission);
    else servePlain?.(socket, admission);
  }

  function serveFrames(socket: Socket, admission: Admission): void {
    const link = hub.accept(linkOf(socket, writer), admission);
    socket.on(wireEvents.frame, (data: unknown) => {
      if (typeof data === "string") link.receive(data);
      else link.refuse("malformed", { issues: [{ path: "", message: "frames are text" }] });
    });
    socket.on("error", (error) => logger.warn({ reason: error.message }, "a Socket.IO socket failed"));
    socket.on("disconnect", () => link.closed());
  }

  async function close(afterMs: number | undefined): Promise<void> {
    await hub.close(afterMs === undefined ? {} : { afterMs });
    namespace.off("connection", onConnection);
    const framed = [...open].filter(speaksFrames);
    const gone = framed.map((socket) => new Promise<void>((resolve) => socket.conn.once("close", () => resolve())));
    const stop = timers.after(limits.closeTimeoutMs, () => {
      for (const socket of framed) socket.conn.close(true);
    });
    await Promise.all(gone);
    stop();
  }

  namespace.use(onConnecting);
  namespace.on("connection", onConnection);

  return {
    get connections() {
      return hub.connections;
    },
    stats: hub.stats,
    close: ({ afterMs } = {}) => {
      closing ??= close(afterMs);
      return closing;
    },
  };
}
