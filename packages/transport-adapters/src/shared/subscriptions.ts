import { type ClientFrame, canonicalFilter, type ServerFrame } from "@onhand/core/protocol";
import type { Permissions } from "./authorization";
import type { HubContext } from "./hub-context";
import { type Refused, refusedBy } from "./refusal";
import { createSubscription, type Subscription } from "./subscription";
import type { Writer } from "./writer";

/** Everything one client reads. */
export interface Subscriptions {
  /** How many there are. */
  readonly size: number;
  subscribe(request: Extract<ClientFrame, { t: "sub" }>): Promise<void>;
  /** Ends a subscription; with a `ref`, only if that request began it. */
  unsubscribe(sid: string, ref: string | undefined): void;
  /** Asks again for every filter, and resets those that the actor may no longer read. */
  recheck(): Promise<void>;
  /** Goes on after the client had fallen behind. */
  resume(): void;
  /** Moves the client to `head` wherever nothing is left to send. */
  advance(head: number): void;
  /** Up to where the client has been sent everything, in all its filters; the hub's head when that is so. */
  position(): number;
  /** Ends every subscription, telling the client why. */
  reset(reason: "epoch" | "permission"): void;
  end(): void;
}

/** The subscriptions of one connection, by `sid`. */
export function createSubscriptions(options: {
  readonly context: HubContext;
  readonly writer: Writer;
  readonly permissions: Permissions;
  readonly send: (frame: ServerFrame) => void;
  readonly onFailure: (error: unknown) => void;
}): Subscriptions {
  const { context, writer, permissions, send, onFailure } = options;
  const { channels, limits, timers, feed, onBehind } = context;
  const bySid = new Map<string, Subscription>();
  let ended = false;

  function drop(sid: string, reason?: "epoch" | "permission"): void {
    const subscription = bySid.get(sid);
    if (!subscription) return;
    bySid.delete(sid);
    subscription.end();
    if (reason) send({ t: "reset", sid, reason });
  }

  const nack = (id: string, refused: Refused) => send({ t: "nack", id, ...refused });

  return {
    get size() {
      return bySid.size;
    },
    async subscribe(request) {
      const filter = canonicalFilter(request.filter);
      if (!(await permissions.may("subscribe", { ...filter }))) return nack(request.ref, refusedBy("FORBIDDEN", { action: "subscribe" }));
      if (ended) return;
      const channel = channels.of(filter);
      const former = bySid.get(channel.sid);
      if (!former && bySid.size >= limits.maxSubscriptions) {
        return nack(request.ref, refusedBy("QUEUE_FULL", { limit: limits.maxSubscriptions }));
      }
      bySid.set(channel.sid, createSubscription({ request, channel, feed, writer, permissions, limits, timers, onFailure, onBehind }));
      former?.end();
    },
    unsubscribe(sid, ref) {
      if (ref === undefined || bySid.get(sid)?.ref === ref) drop(sid);
    },
    async recheck() {
      for (const { channel } of [...bySid.values()]) {
        if (!(await permissions.may("subscribe", { ...channel.filter }))) drop(channel.sid, "permission");
      }
    },
    resume() {
      for (const subscription of bySid.values()) subscription.resume();
    },
    advance(head) {
      for (const subscription of bySid.values()) subscription.advance(head);
    },
    position() {
      const behind = [...bySid.values()].filter(({ position }) => position < channels.head);
      return Math.min(channels.head, ...behind.map(({ position }) => position));
    },
    reset(reason) {
      for (const sid of [...bySid.keys()]) drop(sid, reason);
    },
    end() {
      ended = true;
      for (const subscription of bySid.values()) subscription.end();
      bySid.clear();
    },
  };
}
