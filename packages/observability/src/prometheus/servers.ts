import { Counter, Gauge } from "prom-client";
import type { Place } from "./place";

/** A live server: those of `@onhand/transport-adapters` are. */
export interface WatchedServer {
  /** How it fares now. */
  stats(): {
    readonly connections: number;
    readonly subscriptions: number;
    readonly fellBehind: number;
    readonly ended: Readonly<Record<string, number>>;
  };
}

/** How live servers fare, asked when they are scraped. */
export function createServerMetrics({ registers, prefix }: Place): (name: string, server: WatchedServer) => void {
  const servers = new Map<string, WatchedServer>();
  const each = (tell: (server: string, stats: ReturnType<WatchedServer["stats"]>) => void) => {
    for (const [name, server] of servers) tell(name, server.stats());
  };
  const connections = new Gauge({
    name: `${prefix}connections`,
    help: "Clients connected.",
    labelNames: ["server"],
    registers,
    collect: () => each((server, stats) => connections.set({ server }, stats.connections)),
  });
  const subscriptions = new Gauge({
    name: `${prefix}subscriptions`,
    help: "Filters that connected clients read.",
    labelNames: ["server"],
    registers,
    collect: () => each((server, stats) => subscriptions.set({ server }, stats.subscriptions)),
  });
  const fellBehind = new Counter({
    name: `${prefix}slow_reader_drops_total`,
    help: "How often a client's queue was dropped because it took nothing; it read on from the ledger.",
    labelNames: ["server"],
    registers,
    collect() {
      fellBehind.reset();
      each((server, stats) => fellBehind.inc({ server }, stats.fellBehind));
    },
  });
  const ended = new Counter({
    name: `${prefix}connections_ended_total`,
    help: "Connections that the server ended, by why.",
    labelNames: ["server", "reason"],
    registers,
    collect() {
      ended.reset();
      each((server, stats) => {
        for (const [reason, count] of Object.entries(stats.ended)) ended.inc({ server, reason }, count);
      });
    },
  });
  return (name, server) => void servers.set(name, server);
}
