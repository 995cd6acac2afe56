import type { Inventory } from "../api/create-inventory";
import { type Clock, systemClock } from "../ports/clock";
import { consoleLogger, type Logger } from "../ports/logger";
import { systemTimers, type Timers } from "../ports/timers";
import { createRoute, type NotificationRoute, type RouteStatus } from "./route";

/** What {@link createNotifier} takes. */
export interface NotifierOptions {
  readonly inventory: Pick<Inventory, "feed">;
  readonly routes: readonly NotificationRoute[];
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** Hears of deliveries that failed; the console unless given. */
  readonly logger?: Logger;
  /** A number in [0, 1) that spreads retries. `Math.random` unless given. */
  readonly random?: () => number;
}

/** Tells people of alerts. */
export interface Notifier {
  /** How each route fares. */
  status(): readonly RouteStatus[];
  /** Ends; a delivery under way is given up, and made again by the next notifier that begins at the same position. */
  stop(): Promise<void>;
}

/**
 * Tells people of alerts by webhook, mail or whatever the host has, each route in its own time: at once or gathered, not in quiet
 * hours, and again until it arrives. Every delivery arrives at least once where the host keeps the route's position.
 *
 * Run one for each route among all processes, or people are told as often as there are.
 *
 * @throws TypeError when two routes have one name, or quiet hours are none.
 * @example
 * const notifier = createNotifier({
 *   inventory,
 *   routes: [
 *     { name: "buying", sink: mailSink({ transport, from, to }), digestMs: 15 * 60_000, quietHours: { from: "20:00", to: "07:00", timeZone: "Europe/Berlin" } },
 *     { name: "erp", sink: webhookSink({ url: "https://erp.example/alerts" }), closed: true },
 *   ],
 * });
 * @see docs/guides/alerts.md
 */
export function createNotifier(options: NotifierOptions): Notifier {
  const { inventory, routes, clock = systemClock, timers = systemTimers, logger = consoleLogger, random = Math.random } = options;
  const names = new Set(routes.map(({ name }) => name));
  if (names.size < routes.length) throw new TypeError("each route needs a name of its own");
  const open = routes.map((route) => createRoute(route, { feed: inventory.feed, clock, timers, logger, random }));
  const stopListening = inventory.feed.subscribe(({ changes }) => {
    if (changes.some(({ entity }) => entity === "alert")) for (const route of open) route.hint();
  });
  for (const route of open) route.start();
  return {
    status: () => open.map((route) => route.status()),
    async stop() {
      stopListening();
      await Promise.all(open.map((route) => route.stop()));
    },
  };
}
