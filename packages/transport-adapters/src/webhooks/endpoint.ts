import { type Clock, type Feed, InventoryError, type Logger } from "@onhand/core";
import type { Timers } from "../shared/timers";
import { type Delivery, deliveryOf, requestOf } from "./delivery";
import { createLease } from "./lease";
import type { WebhookEndpoint, WebhookLimits } from "./options";
import type { WebhookPost } from "./post";
import { seqAt } from "./seq-at";
import type { DeadLetter, PauseReason, WebhookRecord, WebhookStore } from "./store";

/** How an endpoint fares. */
export interface WebhookStatus {
  readonly name: string;
  /** `idle`: nothing is left to tell; `waiting`: for the next attempt after one that failed; `standby`: another process delivers. */
  readonly state: "starting" | "delivering" | "idle" | "waiting" | "paused" | "standby";
  readonly paused: PauseReason | null;
  /** Everything up to this number of the ledger is delivered or a dead letter; on standby, as of the last look at the other's record. */
  readonly position: number;
  /** How many commands the ledger has beyond that. */
  readonly behind: number;
  /** Deliveries that arrived since the process began. */
  readonly delivered: number;
  /** Failed attempts at the present delivery. */
  readonly failures: number;
  /** When the next attempt is due; epoch milliseconds. */
  readonly retryAt: number | null;
  readonly lastFailure: { readonly at: number; readonly reason: string } | null;
  readonly deadLetters: number;
}

/** Where a replay begins: after a number of the ledger, or with what was recorded at a time (epoch milliseconds) or later. */
export type ReplayFrom = { readonly seq: number } | { readonly time: number };

/** What became of an attempt to deliver a dead letter. */
export interface Redelivery {
  readonly delivered: boolean;
  /** What went wrong, if it was not. */
  readonly reason?: string;
}

/** What every endpoint works with. */
export interface EndpointTools {
  readonly feed: Feed;
  readonly store: WebhookStore;
  readonly post: WebhookPost;
  readonly limits: WebhookLimits;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly random: () => number;
  /** Names this process among those that run the endpoint. */
  readonly holder: string;
}

/** How far an endpoint that is told nothing may go on before that is kept. What a restart reads again is told nobody. */
const maximumUnkept = 1_000;
const maximumReason = 300;

/** A place in the ledger, in one of the endpoint's ways through it: a replay begins another. */
type Place = Pick<WebhookRecord, "epoch" | "replays" | "position">;

/**
 * Follows the ledger for one endpoint, one delivery at a time, while this process has its lease. It holds that delivery and its record,
 * however far behind it is.
 */
export function createEndpoint(endpoint: WebhookEndpoint, tools: EndpointTools) {
  const { name } = endpoint;
  const { feed, store, post, limits, clock, timers, logger, random, holder } = tools;
  const narrowed = { limit: limits.maxChanges, ...(endpoint.filter && { filter: endpoint.filter }) };
  const ended = new AbortController();
  const lease = createLease({ name, holder, store, leaseMs: limits.leaseMs, timers, adopt, onLost });
  let tenure = new AbortController();
  /** How far there was nothing to tell. It is kept now and then. */
  let reached: Place | undefined;
  let pending: { readonly delivery: Delivery; readonly since: Place } | undefined;
  /** What the deliveries under way go by. */
  let heeded: WebhookRecord | undefined;
  let failures = 0;
  let delivered = 0;
  let lastFailure: WebhookStatus["lastFailure"] = null;
  let known = 0;
  let due: number | undefined;
  let stopTimer = (): void => undefined;
  let stopLease = (): void => undefined;
  let busy = false;
  /** Whether the next delivery waits for its turn. */
  let hasTurn = false;
  // Deliveries and what is asked of the endpoint take turns.
  let turns: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turns.then(work);
    turns = done.catch(() => undefined);
    return done;
  }

  function wake(afterMs: number): void {
    const at = clock.now() + afterMs;
    if (ended.signal.aborted || !lease.held || (due !== undefined && due <= at)) return;
    stopTimer();
    due = at;
    stopTimer = timers.after(afterMs, () => {
      due = undefined;
      deliverAll();
    });
  }

  function wait(): void {
    stopTimer();
    due = undefined;
  }

  /** Forgets what was tried and goes on at once. */
  function goOn(): void {
    failures = 0;
    wait();
    deliverAll();
  }

  function adopt(found: WebhookRecord | undefined): WebhookRecord {
    if (found?.epoch === feed.epoch) return found;
    const { holder = null, version = 0 } = found ?? {};
    const position = found ? 0 : (endpoint.from ?? known);
    return { epoch: feed.epoch, position, replays: 0, paused: null, failingSince: null, deadLetters: [], holder, version };
  }

  function leaseAfter(delayMs: number, work: () => Promise<void>): void {
    if (ended.signal.aborted) return;
    stopLease();
    stopLease = timers.after(delayMs, () => void work());
  }

  /** Tries to become the one who delivers, and goes on trying. */
  async function look(): Promise<void> {
    try {
      known = Math.max(known, await feed.head());
      if (await lease.look()) return begin();
    } catch (error) {
      if (!ended.signal.aborted) leaseTrouble(error);
    }
    leaseAfter(lease.everyMs, look);
  }

  function begin(): void {
    tenure = new AbortController();
    leaseAfter(lease.everyMs, renew);
    goOn();
  }

  async function renew(): Promise<void> {
    try {
      const now = await lease.keep(withReached);
      // Another process paused it, resumed it or sent it back.
      if (now.paused !== heeded?.paused || now.replays !== heeded.replays) goOn();
    } catch (error) {
      if (!ended.signal.aborted && lease.held) leaseTrouble(error);
    }
    if (lease.held) leaseAfter(lease.everyMs, renew);
  }

  function onLost(): void {
    tenure.abort(new Error("the lease was lost"));
    failures = 0;
    wait();
    leaseAfter(lease.everyMs, look);
  }

  function leaseTrouble(error: unknown): void {
    const reason = reasonOf(error);
    noteFailure(reason);
    logger.warn({ endpoint: name, reason }, "the record of a webhook can't be read or written; it is tried again");
  }

  /** Makes what deliveries there are, each in a turn of its own: what is asked of the endpoint comes between two of them. */
  function deliverAll(): void {
    if (hasTurn) return;
    hasTurn = true;
    void inTurn(async () => {
      hasTurn = false;
      busy = true;
      busy = await deliverOne();
      if (busy) deliverAll();
    });
  }

  async function deliverOne(): Promise<boolean> {
    try {
      return !ended.signal.aborted && lease.held && (await deliverNext());
    } catch (error) {
      // The ledger or the store can't be reached. The delivery at hand may have arrived; it is made again under its name.
      return !ended.signal.aborted && lease.held && retry(error, undefined);
    }
  }

  /** Makes the next delivery, if there is any, and says whether to go on. */
  async function deliverNext(): Promise<boolean> {
    // Read each time: another process may have paused it, sent it back or taken it over.
    const now = withReached(await lease.load());
    heeded = now;
    if (!lease.held || now.paused !== null) return false;
    if (pending && !isAt(pending.since, now)) forget();
    pending ??= await read(now);
    if (!pending) return positionOf(now) < known;
    const { delivery } = pending;
    const failure = await attempt(delivery, AbortSignal.any([ended.signal, tenure.signal]));
    if (failure) return fail(now, delivery, failure);
    await keep(now, (later) => ({ ...later, position: delivery.to, failingSince: null }));
    forget();
    delivered++;
    return true;
  }

  function forget(): void {
    pending = undefined;
    failures = 0;
  }

  /** Writes what became of a delivery, unless the endpoint was sent elsewhere while it was made. */
  async function keep(before: WebhookRecord, change: (later: WebhookRecord) => WebhookRecord): Promise<void> {
    await lease.keep((later) => (isAt(before, withReached(later)) ? change(later) : later));
  }

  const isSameWay = (a: Place, b: Place): boolean => a.epoch === b.epoch && a.replays === b.replays;
  const isAt = (a: Place, b: Place): boolean => isSameWay(a, b) && a.position === b.position;
  const positionOf = (now: WebhookRecord): number =>
    reached && isSameWay(reached, now) ? Math.max(now.position, reached.position) : now.position;

  function withReached(now: WebhookRecord): WebhookRecord {
    return { ...now, position: positionOf(now) };
  }

  async function read(now: WebhookRecord): Promise<typeof pending> {
    const page = await feed.since(now.position, narrowed);
    known = Math.max(known, page.head);
    const { epoch, position, replays } = now;
    if (page.items.length === 0) {
      reached = { epoch, replays, position: page.position };
      if (page.position - (lease.seen?.position ?? 0) >= maximumUnkept) await lease.keep(withReached);
      return undefined;
    }
    const parts = { endpoint: name, epoch, from: position, to: page.position, changes: page.items, replays, now: clock.now() };
    return { delivery: deliveryOf(parts), since: now };
  }

  async function attempt(delivery: Delivery, givenUp: AbortSignal): Promise<Failure | undefined> {
    const outOfTime = new AbortController();
    const stop = timers.after(limits.timeoutMs, () => outOfTime.abort(new Error(`no answer within ${limits.timeoutMs} ms`)));
    try {
      const request = requestOf(endpoint, delivery, clock.now());
      const { status, retryAfterMs } = await post(request, AbortSignal.any([givenUp, outOfTime.signal]));
      if (status >= 200 && status < 300) return undefined;
      return { reason: `answered ${status}`, gone: status === 410, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    } catch (error) {
      if (givenUp.aborted) throw error;
      return { reason: reasonOf(outOfTime.signal.aborted ? outOfTime.signal.reason : error), gone: false };
    } finally {
      stop();
    }
  }

  async function fail(now: WebhookRecord, delivery: Delivery, { reason, gone, retryAfterMs }: Failure): Promise<boolean> {
    const failingSince = now.failingSince ?? clock.now();
    const paused = pauseFor(now, { gone, failingForMs: clock.now() - failingSince, attempts: failures + 1 });
    const buried = paused === null && failures + 1 >= limits.maxAttempts;
    const letter: DeadLetter = {
      id: delivery.id,
      from: delivery.from,
      to: delivery.to,
      attempts: failures + 1,
      reason,
      diedAt: clock.now(),
    };
    if (buried) {
      await keep(now, (later) => ({ ...later, failingSince, position: delivery.to, deadLetters: [...later.deadLetters, letter] }));
      logger.error({ error: new Error(reason), endpoint: name, delivery: delivery.id }, "a webhook was given up and is a dead letter");
    } else if (paused !== null || now.failingSince === null) {
      await keep(now, (later) => ({ ...later, failingSince, paused: paused ?? later.paused }));
    }
    if (!buried && paused === null) return retry(new Error(reason), retryAfterMs);
    noteFailure(reason);
    if (paused !== null) logger.error({ error: new Error(reason), endpoint: name, paused }, "a webhook is paused");
    forget();
    return buried;
  }

  function pauseFor(
    { deadLetters }: WebhookRecord,
    { gone, failingForMs, attempts }: { gone: boolean; failingForMs: number; attempts: number },
  ): PauseReason | null {
    if (gone) return "gone";
    if (failingForMs >= limits.pauseAfterMs) return "failing";
    return attempts >= limits.maxAttempts && deadLetters.length >= limits.maxDeadLetters ? "dead_letters" : null;
  }

  function retry(error: unknown, askedMs = 0): false {
    failures++;
    const reason = reasonOf(error);
    noteFailure(reason);
    logger.warn({ endpoint: name, failures, reason }, "a webhook could not be delivered; it is tried again");
    const backoffMs = Math.min(limits.longestRetryMs, limits.firstRetryMs * 2 ** Math.min(failures - 1, 30)) * (0.5 + random() / 2);
    wake(Math.max(backoffMs, Math.min(askedMs, limits.longestRetryMs)));
    return false;
  }

  function noteFailure(reason: string): void {
    lastFailure = { at: clock.now(), reason };
  }

  /** Changes the record in turn, wherever it is held, and goes on from there. */
  function change(to: (now: WebhookRecord) => WebhookRecord): Promise<void> {
    return inTurn(async () => {
      known = Math.max(known, await feed.head());
      await lease.change((now) => to(withReached(now)));
      pending = undefined;
      goOn();
    });
  }

  function letterOf({ deadLetters }: WebhookRecord, id: string): DeadLetter {
    const letter = deadLetters.find((one) => one.id === id);
    if (letter) return letter;
    throw new InventoryError("INVALID_INPUT", { issues: [{ path: "id", message: "there is no such dead letter" }] });
  }

  const without = (now: WebhookRecord, { id }: DeadLetter): WebhookRecord => ({
    ...now,
    deadLetters: now.deadLetters.filter((one) => one.id !== id),
  });

  async function redeliver(now: WebhookRecord, letter: DeadLetter): Promise<Redelivery> {
    for (let from = letter.from; from < letter.to; ) {
      const page = await feed.since(from, narrowed);
      // What was written again since is told with what wrote it.
      const changes = page.items.filter(({ seq }) => seq <= letter.to);
      const to = Math.min(page.position, letter.to);
      const parts = { endpoint: name, epoch: now.epoch, from, to, changes, replays: now.replays, now: clock.now() };
      const failure =
        changes.length > 0 ? await attempt({ ...deliveryOf(parts), id: `${letter.id}_again_${from}` }, ended.signal) : undefined;
      if (failure) {
        noteFailure(failure.reason);
        return { delivered: false, reason: failure.reason };
      }
      from = to;
    }
    await lease.change((later) => without(later, letter));
    return { delivered: true };
  }

  function stateOf(): WebhookStatus["state"] {
    if (!lease.seen) return "starting";
    if (!lease.held) return "standby";
    if (lease.seen.paused !== null) return "paused";
    if (busy) return "delivering";
    return failures > 0 ? "waiting" : "idle";
  }

  function status(): WebhookStatus {
    const { seen } = lease;
    const position = seen ? positionOf(seen) : 0;
    return {
      name,
      state: stateOf(),
      paused: seen?.paused ?? null,
      position,
      behind: seen ? Math.max(0, known - position) : 0,
      delivered,
      failures,
      retryAt: failures > 0 ? (due ?? null) : null,
      lastFailure,
      deadLetters: seen?.deadLetters.length ?? 0,
    };
  }

  return {
    name,
    /** The ledger stands here now. An attempt that waits goes on waiting. */
    hint(head: number): void {
      known = Math.max(known, head);
      if (failures === 0 && lease.seen?.paused === null) wake(limits.gatherMs);
    },
    start: (): void => leaseAfter(0, look),
    status,
    pause: () => change((now) => ({ ...now, paused: "asked" })),
    resume: () => change((now) => ({ ...now, paused: null, failingSince: null })),
    async replay(from: ReplayFrom): Promise<void> {
      const position = "seq" in from ? from.seq : await seqAt(feed, from.time);
      await change((now) => {
        if (Number.isSafeInteger(position) && position >= 0 && position <= now.position)
          return { ...now, position, replays: now.replays + 1 };
        throw new InventoryError("INVALID_INPUT", { issues: [{ path: "seq", message: `must be a whole number, 0 to ${now.position}` }] });
      });
    },
    deadLetters: () => inTurn(async () => (await lease.load()).deadLetters),
    redeliver: (id: string) =>
      inTurn(async () => {
        const now = await lease.load();
        return redeliver(now, letterOf(now, id));
      }),
    discard: (id: string) => change((now) => without(now, letterOf(now, id))),
    async stop(): Promise<void> {
      ended.abort();
      wait();
      stopLease();
      await turns;
      try {
        await lease.release(withReached);
      } catch (error) {
        logger.warn(
          { endpoint: name, reason: reasonOf(error) },
          "a webhook was not released; another process takes it over when its lease ends",
        );
      }
    },
  };
}

interface Failure {
  readonly reason: string;
  /** The receiver wants nothing more, ever. */
  readonly gone: boolean;
  readonly retryAfterMs?: number;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, maximumReason);
