import type { IncomingMessage, Server } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { Duplex } from "node:stream";
import { type Actor, consoleLogger, isInventoryError } from "@onhand/core";
import { subprotocol } from "@onhand/core/protocol";
import { type WebSocket, WebSocketServer } from "ws";
import { createHub, type HubStats } from "../shared/hub";
import { defaultHubLimits } from "../shared/limits";
import type { HubOptions, LinkRequest } from "../shared/options";
import { identify, isAllowedOrigin, pathOf, requestFacts } from "../shared/request";
import { systemTimers } from "../shared/timers";
import { linkOf } from "./link";
import { offersProtocol, refuseUpgrade } from "./upgrade";

export { allowEverythingForDemos } from "../shared/authorization";
export { type CloseReason, closeCodes } from "../shared/close-codes";
export type { HubStats } from "../shared/hub";
export { defaultHubLimits, type HubLimits } from "../shared/limits";
export type { Authenticate, Credentials, HubInventory, HubOptions, LinkRequest } from "../shared/options";
export { systemTimers, type Timers } from "../shared/timers";

/** What {@link createWsServer} takes. */
export interface WsServerOptions extends HubOptions {
  /** The host's own HTTP server. Only its `upgrade` event is listened to, and only for `path`. */
  readonly server: Server | SecureServer;
  /** Where clients connect; `/live` when not given. */
  readonly path?: string;
  /**
   * The pages that may connect, as `https://shop.example`. When not given, only pages of the very host that is
   * connected to. Programs that send no `Origin` are not pages; like everybody, they must authenticate.
   */
  readonly allowedOrigins?: readonly string[];
}

/** A running WebSocket server. */
export interface WsServer {
  /** Links open now. */
  readonly connections: number;
  /** How it fares, for those who watch it. */
  stats(): HubStats;
  /** Answers the commands under way, says `bye` to everybody, and stops listening. Clients come back after about `afterMs` milliseconds. */
  close(options?: { readonly afterMs?: number }): Promise<void>;
}

/**
 * Serves an inventory live over WebSocket on the host's own HTTP server.
 *
 * Every client is who `authenticate` says and may do what `authorize` says; a page of a foreign origin is refused with
 * 403 at the upgrade. Other upgrade paths are left to the host's own listeners, and answered with 404 where it has none.
 *
 * @throws {@link TypeError} when `authenticate` or `authorize` is missing.
 * @example
 * const live = createWsServer({
 *   inventory,
 *   server,
 *   authenticate: async ({ token }) => (token === undefined ? undefined : await sessions.actorOf(token)),
 *   authorize: (actor, action, resource) => actor?.role === "clerk" && (action !== "read" || resource.storeId !== "vault"),
 *   allowedOrigins: ["https://shop.example"],
 * });
 * @see docs/contracts/protocol.md
 */
export function createWsServer(options: WsServerOptions): WsServer {
  const { server, path = "/live", allowedOrigins, logger = consoleLogger, timers = systemTimers } = options;
  const limits = { ...defaultHubLimits, ...options.limits };
  const hub = createHub(options);
  const open = new Set<WebSocket>();
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // Somewhat more than a frame may have: whoever is a little over is told so, whoever is far over is cut.
    maxPayload: 2 * limits.maxFrameBytes,
    maxFragments: 64,
    handleProtocols: (offered) => offered.has(subprotocol) && subprotocol,
  });

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (pathOf(request) !== path) {
      leaveToHost(socket);
      return;
    }
    const ignore = () => socket.destroy();
    socket.on("error", ignore);
    upgrade(request, socket, head).then(
      () => socket.off("error", ignore),
      (error: unknown) => {
        if (isInventoryError(error, "RATE_LIMITED")) return refuseUpgrade(socket, 429, error.details.retryAfterMs);
        logger.error({ error }, "a WebSocket upgrade failed");
        refuseUpgrade(socket, 500);
      },
    );
  }

  /** With nobody else to answer it would stay open, and its first error would end the process. */
  function leaveToHost(socket: Duplex): void {
    if (server.listenerCount("upgrade") === 1) refuseUpgrade(socket, 404);
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (!isAllowedOrigin(request, allowedOrigins)) return refuseUpgrade(socket, 403);
    if (!offersProtocol(request)) return refuseUpgrade(socket, 400);
    if (hub.connections >= limits.maxConnections) return refuseUpgrade(socket, 503);
    const facts = requestFacts(request);
    const actor = await identify(facts, { authenticate: options.authenticate, logger });
    if (socket.destroyed) return;
    sockets.handleUpgrade(request, socket, head, (ws) => serve(ws, socket, { request: facts, ...(actor && { actor }) }));
  }

  function serve(ws: WebSocket, socket: Duplex, known: { readonly actor?: Actor; readonly request: LinkRequest }): void {
    const link = hub.accept(linkOf(ws, socket), known);
    open.add(ws);
    ws.on("message", (data: Buffer, isBinary) => {
      if (isBinary) link.refuse("malformed", { issues: [{ path: "", message: "frames are text" }] });
      else link.receive(data);
    });
    ws.on("error", (error) => logger.warn({ reason: error.message }, "a WebSocket failed"));
    ws.on("close", () => {
      open.delete(ws);
      link.closed();
    });
  }

  async function close(afterMs: number | undefined): Promise<void> {
    server.off("upgrade", onUpgrade);
    await hub.close(afterMs === undefined ? {} : { afterMs });
    const gone = [...open].map((ws) => new Promise<void>((resolve) => ws.once("close", () => resolve())));
    const stop = timers.after(limits.closeTimeoutMs, () => {
      for (const ws of open) ws.terminate();
    });
    await Promise.all(gone);
    stop();
    sockets.close();
  }

  server.on("upgrade", onUpgrade);
  let closing: Promise<void> | undefined;
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
