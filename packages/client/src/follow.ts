import type { InventoryErrorDetails } from "@onhand/core";
import type { ClientFrame, ServerFrame } from "@onhand/core/protocol/client";
import { InventoryError } from "@onhand/core/protocol/client";
import type { Welcome } from "./connection/connection";
import type { Rows } from "./rows";
import { countTry, judgeDelta, type Loading, mostTries, type Subscription, type SubscriptionFrame } from "./subscription";
import type { Timers } from "./timers";
import { feedFilter } from "./wanted";

/** What following needs of the link. */
export interface SubscriptionLink {
  send(frame: ClientFrame): void;
  /** Everything wanted stands where the head was when the link came up. */
  onSynced(): void;
  /** Something was lost and is fetched again. */
  onBehind(reason: string): void;
  /** The link doesn't get anywhere. */
  onStuck(reason: string): void;
}

/** The client's side of the sync protocol, for every subscription there is. */
export type Follower = ReturnType<typeof createFollower>;

const loading: Loading = { status: "loading" };
const refusedRetryMs = 1_000;
const mostIdleBeats = 2;
const mostMovements = 1_000;

/** Asks for subscriptions, turns their frames into rows, and asks again for what was lost. */
export function createFollower(options: {
  readonly all: Set<Subscription>;
  readonly rows: Rows;
  readonly timers: Timers;
  readonly link: SubscriptionLink;
  /** The server refused a subscription for good. */
  readonly onRefused: (subscription: Subscription) => void;
}) {
  const { all, rows, timers, link, onRefused } = options;
  let welcome: Welcome | undefined;
  let target = 0;
  let refs = 0;

  function forgetSid(subscription: Subscription): void {
    if (subscription.sid !== undefined) link.send({ t: "unsub", sid: subscription.sid });
    delete subscription.sid;
  }

  function ask(subscription: Subscription): void {
    timers.clearTimeout(subscription.retry);
    forgetSid(subscription);
    refs += 1;
    Object.assign(subscription, { phase: "asked", ref: `s${refs}`, pages: [], nextPart: 0, idleBeats: 0 });
    delete subscription.expected;
    const { wanted, position, ref } = subscription;
    const { entities, storeIds, skus, ids } = feedFilter(wanted);
    link.send({
      t: "sub",
      ref: ref as string,
      filter: {
        entities: [...entities],
        ...(storeIds && { storeIds: [...storeIds] }),
        ...(skus && { skus: [...skus] }),
        ...(ids && { ids: [...ids] }),
      },
      ...(position && position.epoch === welcome?.epoch && { position }),
      ...(wanted.history !== undefined && { history: wanted.history }),
    });
  }

  function askAgain(subscription: Subscription, reason: string): void {
    const { tries, position } = subscription;
    subscription.tries = countTry(tries, position?.seq ?? tries.at);
    if (subscription.tries.count > 2 * mostTries) {
      link.onStuck(reason);
      return;
    }
    if (subscription.tries.count > mostTries) delete subscription.position;
    link.onBehind(reason);
    ask(subscription);
  }

  function setLoading(subscription: Subscription, next: Loading): void {
    if (subscription.loading.status === next.status && next.status !== "refused") return;
    subscription.loading = next;
    for (const user of subscription.users) user.tell();
  }

  function onSubbed(frame: Extract<ServerFrame, { t: "subbed" }>): void {
    const subscription = find((one) => one.phase === "asked" && one.ref === frame.ref);
    if (!subscription) {
      dismiss(frame);
      return;
    }
    subscription.sid = frame.sid;
    subscription.idleBeats = 0;
    const pages = frame.how === "snapshot" || frame.how === "diff";
    subscription.phase = pages ? "paging" : "following";
    subscription.replaces = frame.how === "snapshot";
    if (pages) return;
    const before = subscription.position?.seq ?? frame.position;
    rows.batch(() => stand(subscription, frame.how === "live" ? Math.max(before, frame.position) : before));
  }

  // An answer to somebody who has left: nobody reads what follows.
  function dismiss({ ref, sid }: { readonly ref: string; readonly sid: string }): void {
    if (!find((one) => one.ref === ref)) link.send({ t: "unsub", sid, ref });
  }

  function stand(subscription: Subscription, seq: number): void {
    if (!welcome) return;
    subscription.position = { epoch: welcome.epoch, seq };
    subscription.idleBeats = 0;
    if (seq > subscription.tries.at) subscription.tries = { at: seq, count: 0 };
    if (subscription.phase === "following") setLoading(subscription, { status: "ready" });
  }

  function onSnap(subscription: Subscription, frame: Extract<ServerFrame, { t: "snap" }>): void {
    if (subscription.phase !== "paging" || frame.part < subscription.nextPart) return;
    if (frame.part > subscription.nextPart) {
      askAgain(subscription, "a page was lost");
      return;
    }
    subscription.nextPart += 1;
    subscription.idleBeats = 0;
    subscription.pages.push(...frame.changes);
    if (!frame.last || !welcome) return;
    const { epoch } = welcome;
    subscription.phase = "following";
    rows.batch(() => {
      rows.take(subscription.pages, epoch, subscription.members);
      if (subscription.replaces) letGo(subscription);
      subscription.pages = [];
      trim(subscription);
      stand(subscription, frame.at);
    });
  }

  // After a snapshot, what it does not hold is no longer this filter's.
  function letGo(subscription: Subscription): void {
    const told = new Set(subscription.pages.map(rows.idOf));
    const gone = [...subscription.members].filter((id) => !told.has(id));
    for (const id of gone) subscription.members.delete(id);
    rows.release(gone);
  }

  // Movements only ever come in; the oldest make room, those of one command together.
  function trim({ wanted, members }: Subscription): void {
    const most = wanted.history ?? mostMovements;
    if (wanted.entity !== "movement" || members.size <= most * 1.5) return;
    const newestFirst = [...members].map(rows.seqOf).sort((a, b) => b - a);
    const oldestKept = newestFirst[most - 1] ?? Number.POSITIVE_INFINITY;
    const gone = [...members].filter((id) => rows.seqOf(id) < oldestKept);
    for (const id of gone) members.delete(id);
    rows.release(gone);
  }

  function onDelta(subscription: Subscription, frame: Extract<ServerFrame, { t: "d" }>): void {
    if (subscription.phase !== "following" || !subscription.position) return;
    const { epoch, seq } = subscription.position;
    const verdict = judgeDelta(seq, frame);
    if (verdict === "gap") {
      askAgain(subscription, "a change was lost");
      return;
    }
    if (verdict === "drop") return;
    rows.batch(() => {
      rows.take(
        frame.changes.filter((change) => change.seq > seq),
        epoch,
        subscription.members,
      );
      trim(subscription);
      stand(subscription, frame.to);
    });
  }

  function onReset(subscription: Subscription, { reason }: Extract<ServerFrame, { t: "reset" }>): void {
    // Positions of the new epoch are told by the next welcome only.
    if (reason === "epoch") {
      link.onStuck("the ledger was replaced");
      return;
    }
    delete subscription.position;
    delete subscription.sid;
    // What a user may no longer see goes at once; what is only out of date stays until better is there.
    if (reason === "permission") {
      rows.batch(() => {
        rows.release(subscription.members);
        subscription.members.clear();
        setLoading(subscription, loading);
      });
    }
    askAgain(subscription, `the server started anew (${reason})`);
  }

  function onHeartbeat(head: number): void {
    target = Math.max(target, head);
    for (const subscription of [...all]) {
      if (subscription.phase === "following") checkHead(subscription, head);
      else if (subscription.phase === "asked" || subscription.phase === "paging") {
        subscription.idleBeats += 1;
        if (subscription.idleBeats > mostIdleBeats) askAgain(subscription, "an answer was lost");
      }
    }
  }

  function checkHead(subscription: Subscription, head: number): void {
    const stands = subscription.position?.seq ?? 0;
    if (subscription.expected !== undefined && stands < subscription.expected) {
      askAgain(subscription, "the last change was lost");
      return;
    }
    if (stands < head) subscription.expected = head;
    else delete subscription.expected;
  }

  function onNack(frame: Extract<ServerFrame, { t: "nack" }>): void {
    const subscription = find((one) => one.phase === "asked" && one.ref === frame.id);
    if (!subscription) return;
    subscription.phase = "refused";
    const error = new InventoryError(frame.code, frame.details as InventoryErrorDetails);
    rows.batch(() => {
      if (!frame.retryable) {
        rows.release(subscription.members);
        subscription.members.clear();
        delete subscription.position;
      }
      setLoading(subscription, { status: "refused", error });
    });
    if (!frame.retryable) {
      onRefused(subscription);
      return;
    }
    const afterMs = typeof frame.details.retryAfterMs === "number" ? frame.details.retryAfterMs : refusedRetryMs;
    subscription.retry = timers.setTimeout(() => welcome && ask(subscription), afterMs);
  }

  function find(test: (subscription: Subscription) => boolean): Subscription | undefined {
    for (const subscription of all) if (test(subscription)) return subscription;
    return undefined;
  }

  function checkSynced(): void {
    for (const { phase, position } of all) {
      if (phase === "refused") continue;
      if (phase !== "following" || !position || position.seq < target) return;
    }
    link.onSynced();
  }

  function hear(frame: ServerFrame): void {
    if (frame.t === "subbed") onSubbed(frame);
    else if (frame.t === "nack") onNack(frame);
    else if (frame.t === "hb") onHeartbeat(frame.head);
    else if (frame.t === "snap" || frame.t === "d" || frame.t === "reset") hearOf(frame);
    else return;
    if (welcome) checkSynced();
  }

  function hearOf(frame: SubscriptionFrame): void {
    const subscription = find((one) => one.sid === frame.sid);
    if (!subscription) return;
    if (frame.t === "snap") onSnap(subscription, frame);
    else if (frame.t === "d") onDelta(subscription, frame);
    else onReset(subscription, frame);
  }

  return {
    hear,
    /** Asks the server, once there is a link. */
    open: (subscription: Subscription): void => {
      if (welcome) ask(subscription);
    },
    /** Ends a subscription and lets go of its rows. */
    end: (subscription: Subscription): void => {
      all.delete(subscription);
      timers.clearTimeout(subscription.retry);
      forgetSid(subscription);
      rows.batch(() => rows.release(subscription.members));
    },
    welcomed: (frame: Welcome): void => {
      welcome = frame;
      target = frame.head;
      for (const subscription of all) {
        if (subscription.position?.epoch !== frame.epoch) delete subscription.position;
        ask(subscription);
      }
      checkSynced();
    },
    /** The link is gone: positions stay, names of the old link don't. */
    down: (): void => {
      welcome = undefined;
      for (const subscription of all) {
        timers.clearTimeout(subscription.retry);
        delete subscription.sid;
        Object.assign(subscription, { phase: "unasked", pages: [] });
      }
    },
    /** Somebody else may be asking now: what was refused is asked again. */
    authed: (): void => {
      for (const subscription of all) if (subscription.phase === "refused" && welcome) ask(subscription);
    },
  };
}
