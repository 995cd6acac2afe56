import type { InventoryErrorCode } from "@onhand/core";

/** The words for how a client stands with its server. docs/guides/react.md says what each asks of a user. */
export const connectionStatuses = [
  "idle",
  "connecting",
  "syncing",
  "live",
  "backoff",
  "suspended",
  "needs-auth",
  "failed",
  "closed",
] as const;

/** How a client stands with its server. */
export type ConnectionStatus = (typeof connectionStatuses)[number];

/** How a client stands with its server, why, and when it tries again. */
export interface ConnectionState {
  readonly status: ConnectionStatus;
  /** Why, in a few words for people. */
  readonly reason: string;
  /** The server's word for it, where it gave one. */
  readonly code?: InventoryErrorCode;
  /** Epoch milliseconds of the next attempt, while one is planned. */
  readonly retryAt?: number;
  /** Attempts since the client was last live. */
  readonly attempt: number;
  /** Epoch milliseconds since when what is shown may be out of date; absent while live. */
  readonly downSince?: number;
}

/** What can happen to a connection. */
export type ConnectionEvent =
  | { readonly type: "start" | "stop" | "welcomed" | "synced" | "due" | "woke" | "offline" | "authenticate" }
  | { readonly type: "behind" | "lost"; readonly reason: string }
  /** The server said goodbye and when to come back. */
  | { readonly type: "postponed"; readonly reason: string; readonly code: InventoryErrorCode; readonly afterMs: number }
  /** The server, or the token's source, does not know the caller. */
  | { readonly type: "unauthenticated"; readonly reason: string }
  /** The server said goodbye for good. */
  | { readonly type: "refused"; readonly reason: string; readonly code: InventoryErrorCode };

/** The time of an event, and a random number in [0, 1) to spread retries with. */
export interface Moment {
  readonly now: number;
  readonly random: number;
}

const firstDelayMs = 500;
const longestDelayMs = 30_000;
const suspendedAfterMs = 120_000;

/** How long to wait before an attempt: anything up to 0.5 s doubled with each, at most 30 s ("full jitter"), so that a crowd of clients comes back spread out. */
export const retryDelayMs = (attempt: number, random: number): number =>
  Math.floor(random * Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt, 16)));

type EventOf<T extends ConnectionEvent["type"]> = Extract<ConnectionEvent, { readonly type: T }> & { readonly type: T };
type Step<T extends ConnectionEvent["type"]> = (state: ConnectionState, event: EventOf<T>, moment: Moment) => ConnectionState;

const stay = (state: ConnectionState): ConnectionState => state;

const connect =
  (reason: string) =>
  (state: ConnectionState, _event: unknown, { now }: Moment): ConnectionState => ({
    status: "connecting",
    reason,
    attempt: state.attempt,
    downSince: state.downSince ?? now,
  });

const begin = (_state: ConnectionState, _event: unknown, { now }: Moment): ConnectionState => ({
  status: "connecting",
  reason: "starting",
  attempt: 0,
  downSince: now,
});

const wait = (
  state: ConnectionState,
  { now, random }: Moment,
  facts: { readonly reason: string; readonly afterMs?: number; readonly code?: InventoryErrorCode },
): ConnectionState => {
  const downSince = state.downSince ?? now;
  return {
    status: now - downSince >= suspendedAfterMs ? "suspended" : "backoff",
    reason: facts.reason,
    attempt: state.attempt + 1,
    downSince,
    retryAt: now + (facts.afterMs ?? retryDelayMs(state.attempt, random)),
    ...(facts.code && { code: facts.code }),
  };
};

const lose: Step<"lost"> = (state, { reason }, moment) => wait(state, moment, { reason });
const postpone: Step<"postponed"> = (state, { reason, code, afterMs }, moment) => wait(state, moment, { reason, code, afterMs });

const sync = (state: ConnectionState): ConnectionState => ({ ...state, status: "syncing", reason: "catching up" });
const fallBehind: Step<"behind"> = (state, { reason }, { now }) => ({
  ...state,
  status: "syncing",
  reason,
  downSince: state.downSince ?? now,
});
const goLive = (): ConnectionState => ({ status: "live", reason: "up to date", attempt: 0 });

const askForToken: Step<"unauthenticated"> = (state, { reason }, { now }) => ({
  status: "needs-auth",
  reason,
  code: "UNAUTHENTICATED",
  attempt: 0,
  downSince: state.downSince ?? now,
});
const fail: Step<"refused"> = (state, { reason, code }, { now }) => ({
  status: "failed",
  reason,
  code,
  attempt: 0,
  downSince: state.downSince ?? now,
});
const close = (state: ConnectionState, _event: unknown, { now }: Moment): ConnectionState => ({
  status: "closed",
  reason: "stopped",
  attempt: 0,
  downSince: state.downSince ?? now,
});
const suspend = (state: ConnectionState): ConnectionState => ({ ...state, status: "suspended", reason: "the device is offline" });

type Steps = { readonly [T in ConnectionEvent["type"]]: Step<T> };

// Late news of a link that was given up changes nothing; so does good news nobody waits for.
const unlinked = {
  welcomed: stay,
  synced: stay,
  behind: stay,
  lost: stay,
  postponed: stay,
  unauthenticated: stay,
  refused: stay,
} as const;

const atRest = { ...unlinked, due: stay, woke: stay, offline: stay, authenticate: stay } as const;

const waiting = {
  ...unlinked,
  start: stay,
  stop: close,
  due: connect("trying again"),
  woke: connect("the device is back"),
  authenticate: connect("a new token"),
} as const;

// `offline` does not cut a link: a server on the same machine or network may still be there.
const linked = {
  start: stay,
  stop: close,
  lost: lose,
  postponed: postpone,
  unauthenticated: askForToken,
  refused: fail,
  due: stay,
  woke: stay,
  offline: stay,
  authenticate: stay,
} as const;

/** What every event does in every state. */
const transitions: { readonly [S in ConnectionStatus]: Steps } = {
  idle: { ...atRest, start: begin, stop: close },
  connecting: { ...linked, welcomed: sync, synced: stay, behind: stay },
  syncing: { ...linked, welcomed: stay, synced: goLive, behind: stay },
  live: { ...linked, welcomed: stay, synced: stay, behind: fallBehind },
  backoff: { ...waiting, offline: suspend },
  suspended: { ...waiting, offline: stay },
  "needs-auth": { ...atRest, start: begin, stop: close, authenticate: connect("a new token") },
  failed: { ...atRest, start: begin, stop: close },
  closed: { ...atRest, start: begin, stop: stay },
};

/** What a connection is after an event. The same object when nothing changed. */
export const transition = (state: ConnectionState, event: ConnectionEvent, moment: Moment): ConnectionState =>
  (transitions[state.status][event.type] as Step<ConnectionEvent["type"]>)(state, event as never, moment);

/** Before `start`. */
export const idle: ConnectionState = { status: "idle", reason: "not started", attempt: 0 };

/** Whether a state has a link to a server, or is opening one. */
export const isLinked = ({ status }: ConnectionState): boolean => status === "connecting" || status === "syncing" || status === "live";
