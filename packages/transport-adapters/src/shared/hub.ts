import { consoleLogger, type Stop, systemClock } from "@onhand/core";
import { demandHooks } from "./authorization";
import { createChannels } from "./channels";
import type { CloseReason } from "./close-codes";
import { type Connection, createConnection } from "./connection";
import { gateFeed } from "./gate";
import type { HubContext } from "./hub-context";
import { defaultHubLimits } from "./limits";
import type { Link, LinkEvents } from "./link";
import type { HubOptions, LinkRequest } from "./options";
import { farewell } from "./refusal";
import { createTally } from "./tally";
import { systemTimers } from "./timers";

/** How a server fares, for those who watch it. */
export interface HubStats {
  /** Links open now. */
  readonly connections: number;
  /** Filters they read now, all links together. */
  readonly subscriptions: number;
  /** How often a client did not take what was sent, so that its queue was dropped and the rest read from the ledger. */
  readonly fellBehind: number;
  /** Links this server has ended, by why. */
  readonly ended: Readonly<Partial<Record<CloseReason, number>>>;
}

/** Serves one inventory to any number of links, of any transport. */
export interface Hub {
  /** Takes on a link that has just opened. */
  accept(link: Link, known?: { readonly actor?: HubActor; readonly request?: LinkRequest }): LinkEvents;
  /** Links open now. */
  readonly connections: number;
  stats(): HubStats;
  /** Says goodbye to everybody and lets go of the feed. Clients come back after about `afterMs`, not all at once. */
  close(options?: { readonly afterMs?: number }): Promise<void>;
}

type HubActor = Connection["actor"];

/**
 * The server side of the protocol, without a socket in it.
 *
 * A transport hands it links and passes on what they receive; the hub authenticates, runs commands, and keeps every
 * subscriber exactly where the ledger is. It reads the feed once, however many links there are.
 *
 * @throws {@link TypeError} when `authenticate` or `authorize` is missing: nobody opens a shop by leaving something out.
 * @see docs/decisions/0003-hub.md
 */
export function createHub(options: HubOptions): Hub {
  demandHooks(options);
  const { inventory, clock = systemClock, timers = systemTimers, logger = consoleLogger, random = Math.random } = options;
  const limits = { ...defaultHubLimits, ...options.limits };
  const tickMs = Math.min(1_000, limits.heartbeatMs, limits.pongTimeoutMs);
  const connections = new Set<Connection>();
  const sessions = new Map<string, Connection>();
  const perAddress = createTally<Connection>();
  const perActor = createTally<Connection>();
  const channels = createChannels({ limits, timers });
  let epoch = inventory.feed.epoch;
  let started: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let stopTicking: Stop | undefined;
  let fellBehind = 0;
  const ended: Partial<Record<CloseReason, number>> = {};

  const stopFeed = inventory.feed.subscribe((batch) => {
    channels.dispatch(batch);
    for (const connection of connections) connection.settle();
  });

  const context: HubContext = {
    inventory,
    authenticate: options.authenticate,
    authorize: options.authorize,
    feed: gateFeed(inventory.feed, limits.maxReadsInFlight),
    channels,
    limits,
    clock,
    timers,
    logger,
    newId: options.newId ?? (() => globalThis.crypto.randomUUID()),
    ready() {
      started ??= inventory.feed.head().then(channels.start);
      return started.catch((error: unknown) => {
        started = undefined;
        throw error;
      });
    },
    onOpen(connection, { actor, former }) {
      const replaced = former === undefined ? undefined : sessions.get(former);
      if (replaced?.actor?.id === actor.id) replaced.end(farewell("replaced"));
      sessions.set(connection.session, connection);
      return context.onActor(connection, actor);
    },
    onActor: (connection, { id }) => perActor.enter(connection, id) <= limits.maxConnectionsPerActor,
    onEnd(connection) {
      connections.delete(connection);
      sessions.delete(connection.session);
      perAddress.leave(connection);
      perActor.leave(connection);
      if (connections.size === 0) stopTicking?.();
    },
    onFarewell(reason) {
      ended[reason] = (ended[reason] ?? 0) + 1;
    },
    onBehind() {
      fellBehind += 1;
    },
  };

  function tick(): void {
    stopTicking = timers.after(tickMs, tick);
    const renewed = inventory.feed.epoch !== epoch;
    epoch = inventory.feed.epoch;
    for (const connection of [...connections]) {
      if (renewed) connection.reset();
      connection.tick();
    }
  }

  async function close(afterMs: number): Promise<void> {
    await Promise.race([Promise.all([...connections].map((connection) => connection.idle())), pause(limits.closeTimeoutMs)]);
    stopFeed();
    for (const connection of [...connections]) {
      const spread = Math.round(afterMs * (1 + random()));
      connection.end({ ...farewell("unavailable", { reason: "the server is going away" }), afterMs: spread });
    }
    stopTicking?.();
  }

  const pause = (delayMs: number) => new Promise<void>((resolve) => timers.after(delayMs, resolve));

  return {
    accept(link, known = {}) {
      const connection = createConnection(context, link, known);
      if (connections.size === 0) stopTicking = timers.after(tickMs, tick);
      connections.add(connection);
      const near = perAddress.enter(connection, known.request?.remoteAddress);
      if (closing) connection.end(farewell("unavailable", { reason: "the server is going away" }));
      else if (connections.size > limits.maxConnections || near > limits.maxConnectionsPerAddress)
        connection.end(farewell("limited", { retryAfterMs: 5_000 }));
      return connection;
    },
    get connections() {
      return connections.size;
    },
    stats() {
      let subscriptions = 0;
      for (const connection of connections) subscriptions += connection.subscriptions;
      return { connections: connections.size, subscriptions, fellBehind, ended: { ...ended } };
    },
    close: ({ afterMs = 1_000 } = {}) => {
      closing ??= close(afterMs);
      return closing;
    },
  };
}
