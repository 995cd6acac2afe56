import {
  type ClientTransport,
  encodeFrame,
  parseServerFrame,
  subprotocol,
  type TransportConnection,
  type TransportEvents,
} from "@onhand/core/protocol/client";

/** What is used of a WebSocket: the browser's own, or that of the package `ws`. */
export interface WebSocketLike {
  readonly readyState: number;
  /** Called when the connection stands. */
  onopen: ((event: never) => void) | null;
  /** Called with each message. */
  onmessage: ((event: never) => void) | null;
  /** Called once, when the connection is gone or never came about. */
  onclose: ((event: never) => void) | null;
  /** Called when something went wrong; a close follows. */
  onerror: ((event: never) => void) | null;
  /** Sends a message. */
  send(data: string): void;
  /** Begins to close. */
  close(code?: number, reason?: string): void;
}

/** Makes a WebSocket. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** What {@link wsTransport} takes. */
export interface WsTransportOptions {
  /** Where the server listens: `wss://shop.example/live`; `https:` is understood as well. Never put a token into it. */
  readonly url: string | URL;
  /** The user's token, fresh at each call. Leave it out where a cookie authenticates. */
  readonly getToken?: () => string | undefined | Promise<string | undefined>;
  /** The WebSocket to use; otherwise the platform's own, or that of the package `ws` where there is none. */
  readonly WebSocket?: WebSocketConstructor;
}

/** The close code this client uses for a frame that it can't read. */
const malformed = 4502;
const isOpen = 1;

/**
 * Reaches a server of `createWsServer`, from a browser or from Node.
 *
 * It carries frames and nothing else: when to connect, retry or give up is the client's decision.
 *
 * @example
 * const client = createInventoryClient({ transport: wsTransport({ url: "wss://shop.example/live", getToken: () => session.token }) });
 * @see docs/contracts/protocol.md
 */
export function wsTransport(options: WsTransportOptions): ClientTransport {
  return {
    connect: (events) => openLink(options, events),
    token: async () => options.getToken?.(),
  };
}

function openLink(options: WsTransportOptions, events: TransportEvents): TransportConnection {
  let socket: WebSocketLike | undefined;
  let ended = false;

  function end(why: { readonly reason: string; readonly code?: number }): void {
    if (ended) return;
    ended = true;
    events.onClose(why);
  }

  function abandon(code: number, reason: string): void {
    socket?.close(code, reason);
    end({ code, reason });
  }

  function onMessage({ data }: { readonly data: unknown }): void {
    if (ended) return;
    const frame = readFrame(data);
    if (frame) events.onFrame(frame);
    else abandon(malformed, "the server sent a malformed frame");
  }

  function attach(made: WebSocketLike): void {
    socket = made;
    let opened = false;
    made.onopen = () => {
      opened = true;
      if (!ended) events.onOpen();
    };
    made.onmessage = onMessage;
    made.onclose = ({ code, reason }: { readonly code: number; readonly reason: string }) =>
      end({ code, reason: reason || (opened ? "the connection was lost" : "no connection could be opened") });
    // What went wrong is told to nobody but the console of a browser; the close that follows is what counts.
    made.onerror = () => undefined;
  }

  constructorOf(options)
    .then((WebSocket) => {
      if (!ended) attach(new WebSocket(webSocketUrl(options.url), [subprotocol]));
    })
    .catch((error: unknown) => end({ reason: error instanceof Error ? error.message : "no connection could be opened" }));

  return {
    send(frame) {
      if (!ended && socket?.readyState === isOpen) socket.send(encodeFrame(frame));
    },
    close: () => abandon(1_000, "closed by the client"),
  };
}

function readFrame(data: unknown) {
  try {
    return typeof data === "string" ? parseServerFrame(data) : undefined;
  } catch {
    return undefined;
  }
}

const webSocketUrl = (url: string | URL): string => String(url).replace(/^http/, "ws");

// Named in a variable, so that bundlers of pages leave it alone: browsers have a WebSocket of their own.
const nodePackage = "ws";

async function constructorOf(options: WsTransportOptions): Promise<WebSocketConstructor> {
  const own = options.WebSocket ?? (globalThis as { readonly WebSocket?: WebSocketConstructor }).WebSocket;
  if (own) return own;
  const { WebSocket } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ nodePackage)) as typeof import("ws");
  return WebSocket as unknown as WebSocketConstructor;
}
