import type { Stop } from "@onhand/core";
import type { Follower } from "./follow";
import type { Rows } from "./rows";
import { createSubscription, type Loading, planSubscriptions, type Subscription, type SubscriptionUser } from "./subscription";
import type { Timers } from "./timers";
import { askable, canonicalWanted, coverer, filterKey, isEmptyWanted, type Wanted } from "./wanted";

/** Somebody's wish for rows, for as long as they are looked at. */
export interface Wish {
  readonly loading: () => Loading;
  readonly stop: Stop;
}

interface Wisher extends SubscriptionUser {
  served: Subscription | undefined;
  /** Whether it was refused together with others, and asks by itself now. */
  alone: boolean;
}

const loading: Loading = { status: "loading" };
const ready: Loading = { status: "ready" };
const nothingToWaitFor: Wish = { loading: () => ready, stop: () => undefined };
const lingerMs = 5_000;

/** Serves wishes with as few subscriptions as will do. */
export function createWishes(options: {
  readonly all: Set<Subscription>;
  readonly rows: Rows;
  readonly timers: Timers;
  readonly follower: () => Pick<Follower, "open" | "end">;
}) {
  const { all, rows, timers, follower } = options;
  const unplanned = new Set<Wisher>();
  let planning = false;
  let resting = false;

  function want(wish: Wanted, tell: () => void): Wish {
    const wanted = canonicalWanted(wish);
    if (isEmptyWanted(wanted)) return nothingToWaitFor;
    const wisher: Wisher = { wanted: askable(wanted), tell, served: undefined, alone: false };
    planSoon(wisher);
    return {
      loading: () => wisher.served?.loading ?? loading,
      stop: () => {
        unplanned.delete(wisher);
        leave(wisher);
      },
    };
  }

  // Wishes of one moment are planned together: a row asks before its list does, and the list has the row.
  function planSoon(wisher: Wisher): void {
    unplanned.add(wisher);
    if (planning) return;
    planning = true;
    void Promise.resolve().then(plan);
  }

  function plan(): void {
    planning = false;
    const open = [...unplanned];
    unplanned.clear();
    const uncovered = open.filter(({ wanted }) => !covering(wanted));
    const together = uncovered.filter(({ alone }) => !alone).map(({ wanted }) => wanted);
    const alone = uncovered.filter((wisher) => wisher.alone).map(({ wanted }) => wanted);
    const added = new Set([...planSubscriptions(together), ...alone].map(widened));
    rows.batch(() => {
      for (const wisher of open) serve(wisher);
    });
    for (const subscription of added) follower().open(subscription);
  }

  // More of the past is asked of the subscription that is there: a server keeps one per filter.
  function widened(wanted: Wanted): Subscription {
    const same = [...all].find((one) => filterKey(one.wanted) === filterKey(wanted));
    if (!same) {
      const subscription = createSubscription(wanted);
      all.add(subscription);
      return subscription;
    }
    delete same.position;
    return Object.assign(same, { wanted, covers: coverer(wanted) });
  }

  // A part of what was refused may be allowed by itself.
  function covering(wanted: Wanted): Subscription | undefined {
    for (const subscription of all) {
      if (!subscription.covers(wanted)) continue;
      if (subscription.phase !== "refused" || isSame(subscription.wanted, wanted)) return subscription;
    }
    return undefined;
  }

  function serve(wisher: Wisher): void {
    const subscription = covering(wisher.wanted);
    if (!subscription) return;
    wisher.served = subscription;
    timers.clearTimeout(subscription.linger);
    subscription.users.add(wisher);
    if (subscription.loading.status !== "loading") wisher.tell();
  }

  // A screen that is left is often come back to, so its rows stay for a moment.
  function leave(wisher: Wisher): void {
    const subscription = wisher.served;
    wisher.served = undefined;
    if (!subscription?.users.delete(wisher) || subscription.users.size > 0) return;
    if (resting) letGo(subscription);
    else subscription.linger = timers.setTimeout(() => letGo(subscription), lingerMs);
  }

  function letGo(subscription: Subscription): void {
    timers.clearTimeout(subscription.linger);
    if (subscription.users.size === 0) follower().end(subscription);
  }

  return {
    want,
    /** Whether the client is stopped: then nothing lingers, so that a program can end. */
    rest(stopped: boolean): void {
      resting = stopped;
      if (stopped) for (const subscription of [...all]) letGo(subscription);
    },
    /** Whoever wanted less than what was refused asks for that by itself. */
    refused: (subscription: Subscription): void => {
      for (const user of [...subscription.users] as Wisher[]) {
        if (isSame(user.wanted, subscription.wanted)) continue;
        leave(user);
        user.alone = true;
        planSoon(user);
      }
    },
  };
}

const isSame = (a: Wanted, b: Wanted): boolean => filterKey(a) === filterKey(b);
