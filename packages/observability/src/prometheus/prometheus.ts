import type { Feed, Observer } from "@onhand/core";
import type { Registry } from "prom-client";
import { observeCommands } from "./commands";
import { createHeadMetrics } from "./head";
import { createServerMetrics, type WatchedServer } from "./servers";
import { createWebhookMetrics, type WatchedWebhooks } from "./webhooks";

export type { WatchedServer } from "./servers";
export type { WatchedWebhooks } from "./webhooks";

/** What {@link createMetrics} takes. */
export interface MetricsOptions {
  /** Where the metrics go: prom-client's own `register`, or another. */
  readonly registry: Registry;
  /** Before every name; `onhand_` unless given. */
  readonly prefix?: string;
  /** Milliseconds that only grow, to measure with; `performance.now` unless given. */
  readonly now?: () => number;
}

/** An inventory's metrics for Prometheus. */
export interface Metrics {
  /** For `createInventory({ observers })`. */
  readonly observer: Observer;
  /** Adds where the ledger stands, and whether its storage can be read; asked at every scrape. */
  watchInventory(inventory: { readonly feed: Pick<Feed, "head"> }): void;
  /** Adds a live server, by a name of its own. */
  watchServer(name: string, server: WatchedServer): void;
  /** Adds how webhooks fare. */
  watchWebhooks(webhooks: WatchedWebhooks): void;
}

/**
 * Makes an inventory's metrics in a registry of prom-client. Labels are names of commands, codes, servers and endpoints, never values.
 *
 * @throws Error when the registry has metrics of these names.
 * @example
 * const metrics = createMetrics({ registry: register });
 * const inventory = await createInventory({ storage, observers: [metrics.observer] });
 * metrics.watchInventory(inventory);
 * metrics.watchServer("ws", live);
 * @see docs/guides/observability.md
 */
export function createMetrics({ registry, prefix = "onhand_", now = () => performance.now() }: MetricsOptions): Metrics {
  const place = { registers: [registry], prefix };
  return {
    observer: observeCommands(place, now),
    watchInventory: createHeadMetrics(place),
    watchServer: createServerMetrics(place),
    watchWebhooks: createWebhookMetrics(place),
  };
}
