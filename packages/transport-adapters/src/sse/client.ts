import {
  type ClientTransport,
  encodeFrame,
  parseServerFrame,
  type ServerFrame,
  type TransportConnection,
  type TransportEvents,
} from "@onhand/core/protocol/client";
import { systemTimers, type Timers } from "../shared/timers";
import { createEventReader, type StreamEvent } from "./event-stream";
import { batchBytes, names } from "./names";

export { systemTimers, type Timers } from "../shared/timers";

/** What {@link sseTransport} takes. */
export interface SseTransportOptions {
  /** Where the server listens: `https://shop.example/live/events`. Never put a token into it. */
  readonly url: string | URL;
  /** The user's token, fresh at each call. Leave it out where a cookie authenticates. */
  readonly getToken?: () => string | undefined | Promise<string | undefined>;
  /** Whether cookies go to a server of another origin; `same-origin` when not given. */
  readonly credentials?: RequestCredentials;
  /** How long an answer may take to begin before the request is sent again, on another connection; 5,000 milliseconds when not given. */
  readonly answerWithinMs?: number;
  /** The machine's unless given. */
  readonly timers?: Timers;
  /** The platform's own unless given. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The close code this client uses for a frame that it can't read. */
const malformed = 4502;

type Why = { readonly reason: string; readonly code?: number };

/**
 * Reaches a server of `createSseServer`, from a browser or from Node, over plain HTTP requests.
 *
 * It carries frames and nothing else: when to connect, retry or give up is the client's decision.
 *
 * @example
 * const client = createInventoryClient({ transport: sseTransport({ url: "https://shop.example/live/events", getToken: () => session.token }) });
 * @see docs/guides/live.md
 */
export function sseTransport(options: SseTransportOptions): ClientTransport {
  return {
    connect: (events) => openLink(options, events),
    token: async () => options.getToken?.(),
  };
}

function openLink(options: SseTransportOptions, events: TransportEvents): TransportConnection {
  const { url, credentials = "same-origin", answerWithinMs = 5_000, timers = systemTimers, fetch = globalThis.fetch } = options;
  const abort = new AbortController();
  let name: string | undefined;
  let ended = false;
  let waiting: string[] = [];
  let batch = 0;
  let posting = false;

  function end(why: Why): void {
    if (ended) return;
    ended = true;
    waiting = [];
    abort.abort();
    events.onClose(why);
  }

  const request = (init: RequestInit) => fetch(String(url), { ...init, credentials, cache: "no-store" });

  /** An answer that begins in time; a stream may then go on for ever. */
  async function inTime(send: (signal: AbortSignal) => Promise<Response>): Promise<Response> {
    const attempt = new AbortController();
    const stop = timers.after(answerWithinMs, () => attempt.abort(new Error("no answer came in time")));
    try {
      return await send(AbortSignal.any([abort.signal, attempt.signal]));
    } finally {
      stop();
    }
  }

  /**
   * A kept connection may be dead, or close in the very moment it is used. What is sent again on another one does no harm: the
   * server takes a batch once, and a stream that nobody reads is ended.
   */
  const again =
    (send: () => Promise<Response>) =>
    (error: unknown): Promise<Response> =>
      ended ? Promise.reject(error) : send();

  async function read(): Promise<void> {
    const open = () => inTime((signal) => request({ headers: { accept: "text/event-stream" }, signal }));
    const response = await open().catch(again(open));
    if (!response.ok || !response.body) return end({ reason: `no connection could be opened: the server answered ${response.status}` });
    const reader = response.body.getReader();
    const utf8 = new TextDecoder();
    const take = createEventReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      for (const event of take(utf8.decode(piece.value, { stream: true }))) hear(event);
    }
    end({ reason: "the connection was lost" });
  }

  function hear({ event, data }: StreamEvent): void {
    if (ended) return;
    if (event === names.closed) {
      end(readClose(data));
      return;
    }
    if (event === names.opened) {
      name = data;
      events.onOpen();
      return;
    }
    const frame = readFrame(data);
    if (frame) events.onFrame(frame);
    else end({ code: malformed, reason: "the server sent a malformed frame" });
  }

  /** One request at a time, so that frames stay in order. */
  async function post(): Promise<void> {
    posting = true;
    while (waiting.length > 0) {
      batch += 1;
      await deliver(takeBatch());
    }
    posting = false;
  }

  function takeBatch(): string {
    let count = 1;
    let length = waiting[0]?.length ?? 0;
    for (; count < waiting.length; count += 1) {
      length += waiting[count]?.length ?? 0;
      if (length > batchBytes / 3) break;
    }
    return waiting.splice(0, count).join("\n");
  }

  async function deliver(body: string): Promise<void> {
    const headers = { "content-type": "text/plain", [names.link]: name ?? "", [names.batch]: String(batch) };
    const send = () => inTime((signal) => request({ method: "POST", headers, body, signal }));
    const response = await send().catch(again(send)).catch(again(send));
    if (!response.ok) end({ reason: `the server answered ${response.status}` });
  }

  const fail = (opening: string) => (error: unknown) =>
    end({ reason: `${opening}: ${error instanceof Error ? error.message : "unknown"}` });

  read().catch((error: unknown) => fail(name === undefined ? "no connection could be opened" : "the connection was lost")(error));

  return {
    send(frame) {
      if (ended || name === undefined) return;
      waiting.push(encodeFrame(frame));
      if (!posting) post().catch(fail("the connection was lost"));
    },
    close: () => end({ code: 1_000, reason: "closed by the client" }),
  };
}

function readFrame(data: string): ServerFrame | undefined {
  try {
    return parseServerFrame(data);
  } catch {
    return undefined;
  }
}

function readClose(data: string): Why {
  const [, code, reason] = /"code":(\d+),"reason":"([^"]*)"/.exec(data) ?? [];
  return { reason: reason ?? "the server closed", ...(code !== undefined && { code: Number(code) }) };
}
