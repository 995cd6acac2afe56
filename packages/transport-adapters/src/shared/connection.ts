import { type Actor, isInventoryError } from "@onhand/core";
import { type ClientFrame, protocolVersion, type ServerFrame } from "@onhand/core/protocol";
import { createPermissions } from "./authorization";
import { closeCodes } from "./close-codes";
import { bytesOf } from "./encode";
import type { HubContext } from "./hub-context";
import { createIntake } from "./intake";
import { isSameActor } from "./is-same-actor";
import type { Link, LinkEvents } from "./link";
import { createOperations } from "./operations";
import type { LinkRequest } from "./options";
import { createPulse } from "./pulse";
import { type Farewell, farewell, outOfTurn, refusedFor } from "./refusal";
import { createSubscriptions } from "./subscriptions";
import { createWriter } from "./writer";

type Turn = Exclude<ClientFrame, { t: "pong" }>;
type FrameOf<T extends ClientFrame["t"]> = Extract<ClientFrame, { t: T }>;

/** One client, from the moment its link opens. */
export interface Connection extends LinkEvents {
  /** Names this connection to itself, so that its successor can end it. */
  readonly session: string;
  readonly actor: Actor | undefined;
  /** Filters it reads now. */
  readonly subscriptions: number;
  /** Looks at the time: the heartbeat, and everything that can be overdue. */
  tick(): void;
  /** The feed has moved: tells the client if it waits to hear of its own command. */
  settle(): void;
  /** Ends every subscription, since the ledger is another one now. */
  reset(): void;
  /** Ends the link with a last word. */
  end(farewell: Farewell): void;
  /** Resolves when no command of this client is under way any more. */
  idle(): Promise<void>;
}

/** Speaks the protocol with one client. */
export function createConnection(
  context: HubContext,
  link: Link,
  known: { readonly actor?: Actor | undefined; readonly request?: LinkRequest | undefined },
): Connection {
  const { clock, limits, logger, channels } = context;
  const session = context.newId();
  const openedAt = clock.now();
  let actor = known.actor;
  let state: "new" | "open" | "closed" = "new";
  let acknowledged = 0;

  const pulse = createPulse(clock, limits);
  const intake = createIntake({
    limits,
    clock,
    // Nobody is trusted with much before they have said who they are.
    maxWaitingBytes: () => (state === "new" ? 2 * limits.maxFrameBytes : limits.hardQueueBytes),
    begin,
    onFailure: fail,
    onExcess: () => end(farewell("limited", { retryAfterMs: 5_000 })),
  });
  const writer = createWriter(link, limits, clock, () => subscriptions.resume());
  const permissions = createPermissions(context.authorize, () => actor, logger);
  const subscriptions = createSubscriptions({ context, writer, permissions, send, onFailure: fail });
  const operations = createOperations({ context, permissions, actor: () => actor, send, onAck });

  function send(frame: ServerFrame, onWritten?: () => void): void {
    // One answer may be as long as it is: only who is owed too much already is too slow for another.
    if (writer.overflowed) end(farewell("slow", { limit: limits.hardQueueBytes }));
    writer.send(bytesOf(frame), onWritten);
  }

  function end({ reason, ...refused }: Farewell): void {
    if (state === "closed") return;
    context.onFarewell(reason);
    if (reason !== "slow") writer.send(bytesOf({ t: "bye", ...refused }));
    forget();
    if (reason === "slow" || reason === "silent") link.terminate();
    else link.close(closeCodes[reason], reason);
  }

  function forget(): void {
    if (state === "closed") return;
    state = "closed";
    subscriptions.end();
    writer.end();
    context.onEnd(connection);
  }

  function fail(error: unknown): void {
    if (isInventoryError(error, "INVALID_INPUT")) end(farewell("malformed", { ...error.details }));
    else if (isInventoryError(error, "UNAUTHENTICATED")) end(farewell("unauthenticated"));
    else if (isInventoryError(error, "RATE_LIMITED"))
      end({ ...farewell("limited", { ...error.details }), afterMs: error.details.retryAfterMs });
    else {
      refusedFor(error, logger);
      end(farewell("unavailable", { reason: "the request could not be served" }));
    }
  }

  function onAck(seq: number): void {
    acknowledged = Math.max(acknowledged, seq);
    settle();
  }

  function settle(): void {
    if (acknowledged === 0 || acknowledged > channels.head) return;
    acknowledged = 0;
    subscriptions.advance(channels.head);
  }

  const handlers = {
    hello,
    sub: (frame: FrameOf<"sub">) => subscriptions.subscribe(frame),
    unsub: async (frame: FrameOf<"unsub">) => subscriptions.unsubscribe(frame.sid, frame.ref),
    auth: reauthenticate,
    op: (frame: FrameOf<"op">) => operations.begin(frame),
  } as const satisfies { [T in Turn["t"]]: (frame: FrameOf<T>) => Promise<void> };

  async function begin(frame: Turn): Promise<void> {
    if (state === "closed") return;
    if ((state === "new") !== (frame.t === "hello")) throw outOfTurn("hello comes first, and only once");
    await (handlers[frame.t] as (frame: Turn) => Promise<void>)(frame);
  }

  async function hello({ v, token, session: former }: FrameOf<"hello">): Promise<void> {
    if (v !== protocolVersion) return end(farewell("mismatch", { expected: String(protocolVersion), received: String(v) }));
    if (token !== undefined || !actor) actor = await identify(token);
    if (!actor) return end(farewell("unauthenticated"));
    await context.ready();
    if (isClosed()) return;
    state = "open";
    if (context.onOpen(connection, { actor, ...(former !== undefined && { former }) })) send(welcome());
    else end(farewell("limited", { retryAfterMs: 5_000 }));
  }

  function welcome(): ServerFrame {
    const { maxFrameBytes, maxSubscriptions, maxOpsPerSecond, maxOpsInFlight, heartbeatMs } = limits;
    return {
      t: "welcome",
      v: protocolVersion,
      epoch: context.feed.epoch,
      head: channels.head,
      session,
      limits: { maxFrameBytes, maxSubscriptions, maxOpsPerSecond, maxOpsInFlight },
      heartbeatMs,
    };
  }

  const identify = async (token: string | undefined) =>
    context.authenticate({ ...(token !== undefined && { token }), ...(known.request && { request: known.request }) });

  async function reauthenticate({ token }: FrameOf<"auth">): Promise<void> {
    const [former, renewed] = [actor, await identify(token)];
    if (isClosed()) return;
    if (!renewed) return end(farewell("unauthenticated"));
    actor = renewed;
    if (!context.onActor(connection, renewed)) return end(farewell("limited", { retryAfterMs: 5_000 }));
    // Nobody keeps a list of what a client has: what another may see of it is told anew.
    if (!isSameActor(former, renewed)) subscriptions.reset("permission");
    send({ t: "authed" });
    await subscriptions.recheck();
  }

  const isClosed = () => state === "closed";

  function overdue(): Farewell | undefined {
    const now = clock.now();
    if (state === "new" && now - openedAt >= limits.authTimeoutMs) return farewell("unauthenticated", { reason: "no hello in time" });
    if (writer.stuckMs() >= limits.drainTimeoutMs) return farewell("slow", { limit: limits.softQueueBytes });
    if (pulse.silent) return farewell("silent");
    if (typeof actor?.expiresAt === "number" && now >= actor.expiresAt + limits.tokenGraceMs) return farewell("expired");
    return undefined;
  }

  function beat(): void {
    subscriptions.advance(channels.head);
    send({ t: "hb", head: subscriptions.position() }, pulse.sent);
  }

  const connection: Connection = {
    session,
    get actor() {
      return actor;
    },
    get subscriptions() {
      return subscriptions.size;
    },
    receive(data) {
      if (state === "closed") return;
      pulse.heard();
      intake.take(data);
    },
    refuse: (reason, details) => end(farewell(reason, details)),
    closed: forget,
    tick() {
      const reason = overdue();
      if (reason) end(reason);
      else if (state === "open" && pulse.due()) beat();
    },
    settle,
    reset: () => subscriptions.reset("epoch"),
    end,
    idle: () => operations.idle(),
  };
  return connection;
}
