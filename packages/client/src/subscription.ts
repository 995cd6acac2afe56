import type { Change, InventoryError } from "@onhand/core";
import type { ServerFrame } from "@onhand/core/protocol/client";
import type { Position } from "./pending";
import type { RowId } from "./rows";
import { coverer, type Wanted, wantedKey } from "./wanted";

/** How far somebody's rows are: being fetched, there, or refused by the server. */
export type Loading =
  | { readonly status: "loading" | "ready" }
  /** The server does not let this user see it, or not now. */
  | { readonly status: "refused"; readonly error: InventoryError };

/** Somebody a subscription serves. */
export interface SubscriptionUser {
  readonly wanted: Wanted;
  /** Called when the rows are there, or refused. */
  readonly tell: () => void;
}

/** One filter as the server knows it, for everybody here who wants what it covers. */
export interface Subscription {
  wanted: Wanted;
  covers: (narrow: Wanted) => boolean;
  readonly users: Set<SubscriptionUser>;
  readonly members: Set<RowId>;
  /** `unasked` before a link is there; `asked` until the server answers; `paging` until the last page; `following` after it. */
  phase: "unasked" | "asked" | "paging" | "following" | "refused";
  loading: Loading;
  ref?: string;
  sid?: string;
  /** Up to where it was applied. */
  position?: Position;
  pages: Change[];
  replaces: boolean;
  nextPart: number;
  /** Heartbeats without progress while something is awaited. */
  idleBeats: number;
  /** The head of the heartbeat before, if this was not there yet. */
  expected?: number;
  /** How often it was asked for anew from the same place. */
  tries: { readonly at: number; readonly count: number };
  retry?: unknown;
  linger?: unknown;
}

export const createSubscription = (wanted: Wanted): Subscription => ({
  wanted,
  covers: coverer(wanted),
  users: new Set(),
  members: new Set(),
  phase: "unasked",
  loading: { status: "loading" },
  pages: [],
  replaces: false,
  nextPart: 0,
  idleBeats: 0,
  tries: { at: -1, count: 0 },
});

/**
 * What to do with a delta when everything up to `applied` is in: its changes carry absolute images, so overlaps are
 * harmless, while a gap means that something was lost.
 */
export function judgeDelta(applied: number, { from, to }: { readonly from: number; readonly to: number }): "apply" | "drop" | "gap" {
  if (to <= applied) return "drop";
  return from <= applied ? "apply" : "gap";
}

/** The most resubscriptions from one position before a snapshot is taken instead, and as many again before the link is given up. */
export const mostTries = 3;

/** Counts an attempt from a place; progress starts the count anew. */
export const countTry = (tries: Subscription["tries"], at: number): Subscription["tries"] =>
  tries.at === at ? { at, count: tries.count + 1 } : { at, count: 1 };

/** The frames that carry what a subscription is about. */
export type SubscriptionFrame = Extract<ServerFrame, { t: "snap" | "d" | "reset" }>;

const mostTogether = 200;

/**
 * The fewest subscriptions that answer these wishes. Wide ones come first and take in what they cover; single
 * products of the same entity and stores go together, and so do single reservations and alerts.
 */
export function planSubscriptions(wishes: readonly Wanted[]): readonly Wanted[] {
  const plan: { readonly wanted: Wanted; readonly covers: (narrow: Wanted) => boolean }[] = [];
  const add = (wanted: Wanted) => plan.push({ wanted, covers: coverer(wanted) });
  const points = new Map<string, Wanted[]>();
  for (const wanted of [...wishes].sort((a, b) => width(b) - width(a) || (b.history ?? 0) - (a.history ?? 0))) {
    if (plan.some(({ covers }) => covers(wanted))) continue;
    const list = pointOf(wanted);
    if (!list) {
      add(wanted);
      continue;
    }
    const { [list]: _, ...rest } = wanted;
    const group = `${list}${wantedKey(rest)}`;
    points.set(group, [...(points.get(group) ?? []), wanted]);
  }
  for (const group of points.values()) {
    const [first] = group as [Wanted, ...Wanted[]];
    const list = pointOf(first) as "ids" | "skus";
    const together = group.flatMap((wanted) => wanted[list] ?? []);
    for (let at = 0; at < together.length; at += mostTogether) add({ ...first, [list]: together.slice(at, at + mostTogether) });
  }
  return plan.map(({ wanted }) => wanted);
}

/** The list in which a wish names a single thing, if it does. */
function pointOf({ entity, skus, ids }: Wanted): "ids" | "skus" | undefined {
  if (ids) return ids.length === 1 ? "ids" : undefined;
  return skus?.length === 1 && entity !== "movement" ? "skus" : undefined;
}

const width = ({ storeIds, skus, ids }: Wanted): number =>
  (ids?.length ?? Number.MAX_SAFE_INTEGER / 4) +
  (skus?.length ?? Number.MAX_SAFE_INTEGER / 4) +
  (storeIds?.length ?? Number.MAX_SAFE_INTEGER / 4);
