import { consoleLogger, type Logger, type Stop } from "@onhand/core";
import type { HintCarrier } from "./hint-carrier";

/** What is used of a node-redis client that sends commands. */
export interface RedisPublisher {
  /** Sends a message to whoever listens on the channel now. */
  publish(channel: string, message: string): Promise<unknown>;
}

/** What is used of a node-redis client that listens, which can do nothing else beside: `client.duplicate()`. */
export interface RedisSubscriber {
  /** Listens on a channel, and after a lost connection again. */
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  /** Takes one listener off a channel. */
  unsubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
}

/** What {@link redisHints} takes. */
export interface RedisHintsOptions {
  /** Connected by the host, and closed by it. */
  readonly publisher: RedisPublisher;
  /** A connection of its own, connected and closed by the host. */
  readonly subscriber: RedisSubscriber;
  /** What the channels' names begin with; the ledger's epoch follows. Default `onhand:head:`. */
  readonly prefix?: string;
  /** Hears when Redis can't be reached, and not again until it could. Default: the console. */
  readonly logger?: Logger;
}

const retryMs = 1_000;

/**
 * Carries hints over Redis pub/sub, on the host's own clients of the `redis` package.
 *
 * Each ledger has a channel of its own, so any number of them share a Redis. One message is on its way at a time: what is told
 * meanwhile is told as its latest, so a Redis that hangs holds up nobody and nothing piles up. A Redis that is gone is tried
 * again for as long as somebody listens.
 *
 * @example
 * const publisher = createClient({ url: "redis://127.0.0.1:6379" });
 * const subscriber = publisher.duplicate();
 * for (const client of [publisher, subscriber]) client.on("error", (error) => logger.warn({ error }, "Redis is away"));
 * await Promise.all([publisher.connect(), subscriber.connect()]);
 * const storage = withHints(sqlStorage({ knex }), redisHints({ publisher, subscriber }));
 * @see docs/guides/several-nodes.md
 */
export function redisHints(options: RedisHintsOptions): HintCarrier {
  const { publisher, subscriber, prefix = "onhand:head:", logger = consoleLogger } = options;
  const outgoing = new Map<string, number>();
  let publishing = false;
  let reachable = true;

  function lost(error: unknown): void {
    if (reachable) logger.warn({ error }, "hints can't be sent over Redis; others learn of commits from the storage");
    reachable = false;
  }

  async function publish(): Promise<void> {
    publishing = true;
    for (const [channel, seq] of outgoing) {
      outgoing.delete(channel);
      try {
        await publisher.publish(channel, String(seq));
        reachable = true;
      } catch (error) {
        lost(error);
      }
    }
    publishing = false;
  }

  return {
    tell(epoch, seq) {
      const channel = prefix + epoch;
      outgoing.set(channel, Math.max(seq, outgoing.get(channel) ?? 0));
      if (!publishing) void publish();
    },

    listen(epoch, heard) {
      const channel = prefix + epoch;
      let stopped = false;
      const listener = (message: string) => {
        const seq = Number(message);
        if (!stopped && Number.isSafeInteger(seq) && seq >= 0) heard(seq);
      };
      let failed = false;
      async function subscribe(): Promise<void> {
        if (stopped) return;
        try {
          await subscriber.subscribe(channel, listener);
          if (stopped) leave();
        } catch (error) {
          if (stopped) return;
          if (!failed) logger.warn({ error }, "hints can't be heard over Redis; trying again");
          failed = true;
          later(subscribe, retryMs);
        }
      }
      // A connection that is gone listens to nothing any more: there is nothing to undo.
      const leave = () => void subscriber.unsubscribe(channel, listener).catch(() => undefined);
      void subscribe();
      return once(() => {
        stopped = true;
        leave();
      });
    },
  };
}

/** Does not keep the process alive by itself. */
function later(work: () => Promise<void>, ms: number): void {
  const timer = setTimeout(() => void work(), ms) as unknown as { unref?(): void };
  timer.unref?.();
}

function once(stop: () => void): Stop {
  let done = false;
  return () => {
    if (!done) stop();
    done = true;
  };
}
