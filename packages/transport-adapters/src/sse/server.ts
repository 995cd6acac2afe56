import type { IncomingMessage, ServerResponse } from "node:http";
import { consoleLogger, isInventoryError } from "@onhand/core";
import { createHub, type HubStats } from "../shared/hub";
import { defaultHubLimits } from "../shared/limits";
import type { LinkEvents } from "../shared/link";
import type { HubOptions } from "../shared/options";
import { identify, isAllowedOrigin, pathOf, requestFacts } from "../shared/request";
import { systemTimers } from "../shared/timers";
import { allowPage, answerPreflight, beginStream, readBody, refuse } from "./http";
import { batchBytes, names } from "./names";
import { createPlainLink, filterOf, positionOf } from "./plain-stream";
import { eventText, linkOf } from "./stream";

export { allowEverythingForDemos } from "../shared/authorization";
export { type CloseReason, closeCodes } from "../shared/close-codes";
export type { HubStats } from "../shared/hub";
export { defaultHubLimits, type HubLimits } from "../shared/limits";
export type { Authenticate, Credentials, HubInventory, HubOptions, LinkRequest } from "../shared/options";
export { systemTimers, type Timers } from "../shared/timers";

/** What {@link createSseServer} takes. */
export interface SseServerOptions extends HubOptions {
  /** Where clients connect; `/live/events` when not given. */
  readonly path?: string;
  /**
   * The pages that may connect, as `https://shop.example`; they are also told so by CORS. When not given, only pages of the
   * very host that is connected to.
   */
  readonly allowedOrigins?: readonly string[];
}

/** Inventory served as server-sent events. */
export interface SseServer {
  /** Answers a request for its path and says true; leaves any other to the host and says false. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Links open now. */
  readonly connections: number;
  /** How it fares, for those who watch it. */
  stats(): HubStats;
  /** Answers the commands under way, says `bye` to everybody, and takes on nobody. */
  close(options?: { readonly afterMs?: number }): Promise<void>;
}

interface OpenLink {
  readonly events: LinkEvents;
  /** The last of its requests that was taken. */
  taken: number;
  /** Its requests whose bodies are on their way. */
  underWay: number;
}

/** One, and those that went out over connections that died. */
const maxRequestsUnderWay = 4;

/**
 * Serves an inventory live as server-sent events, for networks that let no WebSocket through.
 *
 * A client of `sseTransport` reads frames from one streaming answer and sends its own by requests beside it, so both must
 * reach the same process. A plain `EventSource` reads with `?entities=level&storeIds=berlin` and resumes by `Last-Event-ID`;
 * it authenticates by a cookie.
 *
 * @throws {@link TypeError} when `authenticate` or `authorize` is missing.
 * @example
 * const live = createSseServer({
 *   inventory,
 *   authenticate: async ({ token }) => (token === undefined ? undefined : await sessions.actorOf(token)),
 *   authorize: (actor, action) => actor?.role === "clerk" || action === "subscribe" || action === "read",
 * });
 * const server = createServer((request, response) => {
 *   if (!live.handle(request, response)) app(request, response);
 * });
 * @see docs/guides/live.md
 */
export function createSseServer(options: SseServerOptions): SseServer {
  const { path = "/live/events", allowedOrigins, authenticate, logger = consoleLogger, timers = systemTimers } = options;
  const limits = { ...defaultHubLimits, ...options.limits };
  const maxBodyBytes = 2 * limits.maxFrameBytes + batchBytes;
  const hub = createHub(options);
  const newName = options.newId ?? (() => globalThis.crypto.randomUUID());
  const links = new Map<string, OpenLink>();
  const open = new Set<ServerResponse>();
  let closing: Promise<void> | undefined;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isAllowedOrigin(request, allowedOrigins)) return refuse(response, 403, "FORBIDDEN");
    allowPage(request, response);
    if (request.method === "OPTIONS") return answerPreflight(response);
    if (request.method === "POST") return take(request, response);
    if (request.method === "GET") return stream(request, response);
    refuse(response, 405, "UNSUPPORTED", { allow: "GET, POST, OPTIONS" });
  }

  async function stream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (closing || hub.connections >= limits.maxConnections) {
      return refuse(response, 503, "STORAGE_UNAVAILABLE", { "retry-after": "5" });
    }
    const query = new URL(request.url ?? "/", "http://host").searchParams;
    const filter = query.has("entities") ? filterOf(query) : undefined;
    if (query.has("entities") && !filter) return refuse(response, 400, "INVALID_INPUT");
    const facts = requestFacts(request);
    const actor = await identify(facts, { authenticate, logger });
    if (filter && !actor) return refuse(response, 401, "UNAUTHENTICATED");
    if (response.destroyed) return;
    beginStream(response);
    open.add(response);
    response.once("close", () => open.delete(response));
    response.on("error", (error) => logger.warn({ reason: error.message }, "an event stream failed"));
    const known = { request: facts, ...(actor && { actor }) };
    if (filter) streamPlainly(response, { filter, position: positionOf(request.headers["last-event-id"]) }, known);
    else streamFrames(response, known);
  }

  function streamFrames(response: ServerResponse, known: Parameters<typeof hub.accept>[1]): void {
    const name = newName();
    response.write(eventText(names.opened, name));
    const events = hub.accept(linkOf(response), known);
    links.set(name, { events, taken: 0, underWay: 0 });
    response.once("close", () => {
      links.delete(name);
      events.closed();
    });
  }

  function streamPlainly(
    response: ServerResponse,
    wanted: Parameters<typeof createPlainLink>[1],
    known: Parameters<typeof hub.accept>[1],
  ): void {
    const plain = createPlainLink(response, wanted);
    const events = hub.accept(plain.link, known);
    response.once("close", () => events.closed());
    plain.begin(events);
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const link = links.get(String(request.headers[names.link]));
    if (!link) return refuse(response, 404, "UNKNOWN_LINK");
    if (link.underWay >= maxRequestsUnderWay) return refuse(response, 429, "RATE_LIMITED", { "retry-after": "1", connection: "close" });
    const batch = Number(request.headers[names.batch]);
    link.underWay += 1;
    const body = await readBody(request, maxBodyBytes).finally(() => {
      link.underWay -= 1;
    });
    if (!body) {
      link.events.refuse("malformed", { issues: [{ path: "", message: `a request has at most ${maxBodyBytes} bytes` }] });
      return refuse(response, 413, "INVALID_INPUT", { connection: "close" });
    }
    if (batch !== link.taken + 1 && batch !== link.taken) return refuse(response, 409, "INVALID_INPUT");
    // One that comes again was answered, but its sender did not hear it.
    if (batch === link.taken + 1) {
      link.taken = batch;
      for (const frame of linesOf(body)) link.events.receive(frame);
    }
    response.writeHead(204, { "cache-control": "no-store" }).end();
  }

  async function close(afterMs: number | undefined): Promise<void> {
    await hub.close(afterMs === undefined ? {} : { afterMs });
    const gone = [...open].map((response) => new Promise<void>((resolve) => response.once("close", () => resolve())));
    const stop = timers.after(limits.closeTimeoutMs, () => {
      for (const response of open) response.destroy();
    });
    await Promise.all(gone);
    stop();
  }

  return {
    handle(request, response) {
      if (pathOf(request) !== path) return false;
      answer(request, response).catch((error: unknown) => {
        if (isInventoryError(error, "RATE_LIMITED")) return refuse(response, 429, "RATE_LIMITED", retryAfter(error.details.retryAfterMs));
        // A client that goes in the middle of its request is none of the host's trouble.
        if (!request.destroyed || request.complete) logger.error({ error }, "a request for the event stream failed");
        refuse(response, 500, "STORAGE_UNAVAILABLE");
      });
      return true;
    },
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

const retryAfter = (milliseconds: number) => ({ "retry-after": String(Math.ceil(milliseconds / 1_000)) });

const lineEnd = 0x0a;

function* linesOf(body: Buffer): Generator<Uint8Array> {
  for (let start = 0; start < body.length; ) {
    const found = body.indexOf(lineEnd, start);
    const end = found < 0 ? body.length : found;
    if (end > start) yield body.subarray(start, end);
    start = end + 1;
  }
}
