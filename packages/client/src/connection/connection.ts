import type { Stop } from "@onhand/core";
import {
  type ClientFrame,
  type ClientTransport,
  isInventoryError,
  protocolVersion,
  type ServerFrame,
  type TransportConnection,
} from "@onhand/core/protocol/client";
import { createValue, type Observable } from "../observable";
import type { Signals } from "../signals";
import type { Timers } from "../timers";
import { type ConnectionEvent, type ConnectionState, idle, isLinked, transition } from "./state";

/** A welcome, as the server sent it. */
export type Welcome = Extract<ServerFrame, { t: "welcome" }>;

/** What a connection tells the rest of the client. */
export interface ConnectionEvents {
  onWelcome(welcome: Welcome): void;
  /** Every frame after the welcome that is not about the link itself. */
  onFrame(frame: ServerFrame): void;
  /** The link is gone; a sid means nothing any more. */
  onDown(): void;
  onState(state: ConnectionState): void;
}

/** A link to a server that comes back by itself. */
export interface Connection {
  readonly state: Observable<ConnectionState>;
  start(): void;
  stop(): void;
  /** Continues with the token the transport gives now. */
  authenticate(): void;
  send(frame: ClientFrame): void;
  dispatch(event: ConnectionEvent): void;
}

const welcomeWithinMs = 10_000;
const silentBeats = 2.5;
const doubtfulBeats = 1.5;

/** Runs the table of `state.ts` against a transport and the device's signals. */
export function createConnection(options: {
  readonly transport: ClientTransport;
  readonly timers: Timers;
  readonly random: () => number;
  readonly signals: Signals;
  readonly events: ConnectionEvents;
}): Connection {
  const { transport, timers, random, signals, events } = options;
  const state = createValue(idle);
  let link: Link | undefined;
  let retry: unknown;
  let session: string | undefined;
  let unlisten: Stop | undefined;

  interface Link {
    readonly connection: () => TransportConnection | undefined;
    readonly silence: Silence;
    welcomed: boolean;
  }

  function dispatch(event: ConnectionEvent): void {
    const before = state.get();
    const after = transition(before, event, { now: timers.now(), random: random() });
    if (after === before) return;
    state.set(after);
    timers.clearTimeout(retry);
    if (after.retryAt !== undefined) retry = timers.setTimeout(() => dispatch({ type: "due" }), Math.max(0, after.retryAt - timers.now()));
    if (!isLinked(after)) cut();
    events.onState(after);
    if (after.status === "connecting") open();
  }

  function cut(): void {
    const gone = link;
    link = undefined;
    if (!gone) return;
    gone.silence.stop();
    gone.connection()?.close();
    events.onDown();
  }

  function open(): void {
    let connection: TransportConnection | undefined;
    const silence = watchSilence(timers, welcomeWithinMs, () => dispatch({ type: "lost", reason: "the server is silent" }));
    const own: Link = { connection: () => connection, silence, welcomed: false };
    link = own;
    const current = () => link === own;
    connection = transport.connect({
      onOpen: () => void (current() && greet(own)),
      onFrame: (frame) => void (current() && hear(own, frame)),
      onClose: ({ reason }) => void (current() && dispatch({ type: "lost", reason })),
    });
    // A link that was lost while it was being made has nobody else to close it.
    if (!current()) connection.close();
  }

  async function greet(own: Link): Promise<void> {
    const token = await fetchToken();
    if (link !== own || token === undefined) return;
    own.connection()?.send({ t: "hello", v: protocolVersion, ...token, ...(session !== undefined && { session }) });
  }

  async function fetchToken(): Promise<{ token?: string } | undefined> {
    try {
      const token = await transport.token();
      return token === undefined ? {} : { token };
    } catch (error) {
      const reason = "no token could be had";
      dispatch(isInventoryError(error, "UNAUTHENTICATED") ? { type: "unauthenticated", reason } : { type: "lost", reason });
      return undefined;
    }
  }

  function hear(own: Link, frame: ServerFrame): void {
    own.silence.heard();
    if (frame.t === "bye") {
      part(frame);
      return;
    }
    if (frame.t === "welcome") {
      enter(own, frame);
      return;
    }
    if (!own.welcomed) return;
    if (frame.t === "hb") own.connection()?.send({ t: "pong" });
    events.onFrame(frame);
  }

  function enter(own: Link, welcome: Welcome): void {
    if (own.welcomed) return;
    own.welcomed = true;
    session = welcome.session;
    own.silence.expectWithin(welcome.heartbeatMs * silentBeats);
    dispatch({ type: "welcomed" });
    events.onWelcome(welcome);
  }

  function part({ code, afterMs, details }: Extract<ServerFrame, { t: "bye" }>): void {
    const reason = typeof details.reason === "string" ? details.reason : `the server said ${code}`;
    if (afterMs !== undefined) {
      dispatch({ type: "postponed", reason, code, afterMs });
      return;
    }
    dispatch(code === "UNAUTHENTICATED" ? { type: "unauthenticated", reason } : { type: "refused", reason, code });
  }

  function woke(): void {
    if (link?.silence.isDoubtful(doubtfulBeats / silentBeats)) dispatch({ type: "lost", reason: "the device slept" });
    dispatch({ type: "woke" });
  }

  async function renew(own: Link): Promise<void> {
    const token = await fetchToken();
    if (link === own && token?.token !== undefined) own.connection()?.send({ t: "auth", token: token.token });
  }

  return {
    state,
    dispatch,
    start: () => {
      unlisten ??= signals((signal) => (signal === "woke" ? woke() : dispatch({ type: "offline" })));
      dispatch({ type: "start" });
    },
    stop: () => {
      unlisten?.();
      unlisten = undefined;
      dispatch({ type: "stop" });
    },
    authenticate: () => {
      if (link?.welcomed) void renew(link);
      dispatch({ type: "authenticate" });
    },
    send: (frame) => void (link?.welcomed && link.connection()?.send(frame)),
  };
}

type Silence = ReturnType<typeof watchSilence>;

/** Calls back when nothing was heard for too long. One timer, however much is heard. */
function watchSilence(timers: Timers, firstMs: number, onSilence: () => void) {
  let limitMs = firstMs;
  let last = timers.now();
  let handle = timers.setTimeout(check, firstMs);
  function check(): void {
    const left = last + limitMs - timers.now();
    if (left <= 0) {
      onSilence();
      return;
    }
    handle = timers.setTimeout(check, left);
  }
  const stop = () => timers.clearTimeout(handle);
  return {
    stop,
    heard: () => {
      last = timers.now();
    },
    expectWithin: (ms: number) => {
      limitMs = ms;
      stop();
      handle = timers.setTimeout(check, ms);
    },
    /** Whether more of the limit than this share has passed in silence. */
    isDoubtful: (share: number) => timers.now() - last > limitMs * share,
  };
}
