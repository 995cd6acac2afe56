import { type HintCarrier, redisHints } from "@onhand/storage-adapters/hints";
import type { Logger } from "pino";
import { createClient } from "redis";

/** Hints over a Redis, and the connections that carry them. */
export interface RedisHints {
  readonly carrier: HintCarrier;
  close(): Promise<void>;
}

const longestPauseMs = 2_000;

/** A Redis that is away keeps nobody from starting: it is tried again for as long as the server runs. */
export function hintsOverRedis(url: string, logger: Logger): RedisHints {
  const publisher = createClient({
    url,
    // What can't be sent now is not worth sending later.
    disableOfflineQueue: true,
    socket: { reconnectStrategy: (tries) => Math.min(longestPauseMs, 50 * 2 ** Math.min(tries, 6)) },
  });
  const subscriber = publisher.duplicate();
  let away = false;
  const clients = [publisher, subscriber];
  for (const client of clients) {
    client.on("error", (error) => {
      if (!away) logger.warn({ error }, "Redis is away; others' commits are heard of later");
      away = true;
    });
    client.on("ready", () => {
      away = false;
    });
    // Settles when it is connected, or closed before it was.
    client.connect().catch(() => undefined);
  }
  return {
    carrier: redisHints({ publisher, subscriber, logger }),
    async close() {
      for (const client of clients) client.destroy();
    },
  };
}
