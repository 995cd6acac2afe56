import { createFollower, type SubscriptionLink } from "./follow";
import type { Coverage } from "./level-views";
import type { Position } from "./pending";
import type { Rows } from "./rows";
import type { Subscription } from "./subscription";
import type { Timers } from "./timers";
import { createWishes } from "./wishes";

/** Everything a client wants to hear of, and how far it has heard. */
export type Subscriptions = ReturnType<typeof createSubscriptions>;

/** Turns wishes into subscriptions and frames into rows. It knows no screens and no sockets. */
export function createSubscriptions(options: { readonly rows: Rows; readonly timers: Timers; readonly link: SubscriptionLink }) {
  const all = new Set<Subscription>();
  const wishes = createWishes({ ...options, all, follower: () => follower });
  const follower = createFollower({ ...options, all, onRefused: wishes.refused });

  const coverage: Coverage = ({ sku, storeId }) => {
    let furthest: Position | undefined;
    for (const { loading, position, covers } of all) {
      if (loading.status !== "ready" || !position) continue;
      if (furthest && furthest.seq >= position.seq) continue;
      if (covers({ entity: "level", skus: [sku], storeIds: [storeId] })) furthest = position;
    }
    return furthest;
  };

  return { ...follower, want: wishes.want, rest: wishes.rest, coverage };
}
