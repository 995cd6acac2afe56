import type { Feed } from "../api/feed-types";
import type { Alert, AlertType } from "../domain/alerts/tables";
import type { Clock } from "../ports/clock";
import type { Logger } from "../ports/logger";
import type { Notification, NotificationSink } from "../ports/notification-sink";
import type { Timers } from "../ports/timers";
import { type QuietHours, quietTime } from "./quiet-hours";

/** Keeps a number of the ledger for a route, in the host's own database. */
export interface RoutePosition {
  /** The number saved last; undefined before the first. */
  load(): Promise<number | undefined>;
  /** Keeps a number in place of the one before. A rejection is a failed delivery. */
  save(seq: number): Promise<void>;
}

/** Who is told of what, how, and when. */
export interface NotificationRoute {
  /** Names the route in its status and its deliveries. */
  readonly name: string;
  readonly sink: NotificationSink;
  /** All unless given. */
  readonly storeIds?: readonly string[];
  /** All unless given. */
  readonly types?: readonly AlertType[];
  /** Tells of alerts that are over as well. */
  readonly closed?: boolean;
  /** Gathers what comes within this time into one delivery; what is over by then is not told. Default 0: at once. */
  readonly digestMs?: number;
  /** Nothing is delivered then. What is still open afterwards is told in one delivery. */
  readonly quietHours?: QuietHours;
  /** Where the route has come to, kept by the host, so that a restart neither loses nor repeats. Without it a route begins at the present. */
  readonly position?: RoutePosition;
}

/** How a route fares. */
export interface RouteStatus {
  readonly name: string;
  /** Everything up to this number of the ledger is told. */
  readonly position: number;
  /** Failed tries of the present delivery. */
  readonly failures: number;
  readonly delivered: number;
}

export interface RouteTools {
  readonly feed: Feed;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly random: () => number;
}

const pageSize = 100;
const timeoutMs = 30_000;
const firstRetryMs = 1_000;
const longestRetryMs = 300_000;

/**
 * Follows the ledger for one route. It keeps nothing but its position: what is to be told is read when it is told, so a
 * sink that is down for a night costs no memory, and afterwards is told what is still so.
 */
export function createRoute(route: NotificationRoute, { feed, clock, timers, logger, random }: RouteTools) {
  const { name, sink, storeIds, types, closed = false, digestMs = 0 } = route;
  const quietFor = route.quietHours ? quietTime(route.quietHours) : () => 0;
  const filter = { entities: ["alert" as const], ...(storeIds && { storeIds }) };
  const ended = new AbortController();
  let position: number | undefined;
  let failures = 0;
  let delivered = 0;
  let timer: unknown;
  let due: number | undefined;
  let working: Promise<void> | undefined;
  let again = false;

  function wake(afterMs: number): void {
    if (ended.signal.aborted) return;
    const at = clock.now() + afterMs;
    if (due !== undefined && due <= at) return;
    timers.clearTimeout(timer);
    due = at;
    timer = timers.setTimeout(work, afterMs);
  }

  function work(): void {
    due = undefined;
    if (ended.signal.aborted) return;
    if (working) again = true;
    else {
      working = deliverAll().finally(() => {
        working = undefined;
        // A failed delivery has its time already.
        if (again && failures === 0) wake(0);
        again = false;
      });
    }
  }

  async function deliverAll(): Promise<void> {
    try {
      position ??= await begin();
      const quietMs = quietFor(clock.now());
      if (quietMs > 0) return wake(quietMs);
      for (let more = true; more && !ended.signal.aborted; ) more = await deliverPage(position);
    } catch (error) {
      if (ended.signal.aborted) return;
      failures++;
      logger.error({ error, route: name, failures }, "a notification could not be delivered; it is tried again");
      wake(Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 20)) * (0.5 + random() / 2));
    }
  }

  async function begin(): Promise<number> {
    return (await route.position?.load()) ?? (await feed.head());
  }

  async function deliverPage(from: number): Promise<boolean> {
    const page = await feed.since(from, { limit: pageSize, filter });
    const alerts = page.items
      .flatMap((change) => (change.entity === "alert" ? [change.value] : []))
      .filter(({ type }) => types?.includes(type) ?? true);
    const notification = tell(alerts, from, page.position);
    if (notification.raised.length + notification.closed.length > 0) {
      await sink.send(notification, AbortSignal.any([ended.signal, AbortSignal.timeout(timeoutMs)]));
      delivered++;
    }
    if (page.position > from) await route.position?.save(page.position);
    position = page.position;
    failures = 0;
    return page.more;
  }

  function tell(alerts: readonly Alert[], from: number, to: number): Notification {
    return {
      id: `${feed.epoch}.${name}.${from}-${to}`,
      raised: alerts.filter((alert) => isOpen(alert) && raisedBy(alert) > from),
      // Of what came and went unsaid there is nothing to say.
      closed: closed ? alerts.filter((alert) => !isOpen(alert) && raisedBy(alert) <= from) : [],
    };
  }

  return {
    /** Something may have happened. A retry that waits goes on waiting. */
    hint: (): void => {
      if (failures === 0) wake(digestMs);
    },
    start: (): void => wake(0),
    status: (): RouteStatus => ({ name, position: position ?? 0, failures, delivered }),
    async stop(): Promise<void> {
      ended.abort();
      timers.clearTimeout(timer);
      await working;
    },
  };
}

const isOpen = ({ status }: Alert): boolean => status === "active" || status === "acknowledged";

/** The command that raised an alert: its id says so. */
const raisedBy = ({ id }: Alert): number => Number(/^a(\d+)-/.exec(id)?.[1]);
