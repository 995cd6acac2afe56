import { type Clock, type Feed, InventoryError, type Logger } from "@onhand/core";
import type { Timers } from "../shared/timers";
import { type Delivery, deliveryOf, requestOf } from "./delivery";
import type { WebhookEndpoint, WebhookLimits } from "./options";
import type { WebhookPost } from "./post";
import { seqAt } from "./seq-at";
import type { DeadLetter, PauseReason, WebhookRecord, WebhookStore } from "./store";

/** How an endpoint fares. */
export interface WebhookStatus {
  readonly name: string;
  /** `idle`: nothing is left to tell; `waiting`: for the next attempt after one that failed. */
  readonly state: "starting" | "delivering" | "idle" | "waiting" | "paused";
  readonly paused: PauseReason | null;
  /** Everything up to this number of the ledger is delivered or a dead letter. */
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
}

/** How far an endpoint that is told nothing may go on before that is kept. What a restart reads again is told nobody. */
const maximumUnkept = 1_000;
const maximumReason = 300;

/** Follows the ledger for one endpoint, one delivery at a time. It holds that delivery and its record, however far behind it is. */
export function createEndpoint(endpoint: WebhookEndpoint, tools: EndpointTools) {
  const { name } = endpoint;
  const { feed, store, post, limits, clock, timers, logger, random } = tools;
  const narrowed = { limit: limits.maxChanges, ...(endpoint.filter && { filter: endpoint.filter }) };
  const ended = new AbortController();
  let record: WebhookRecord | undefined;
  /** The position in the record that the store has. */
  let kept = 0;
  let pending: Delivery | undefined;
  let failures = 0;
  let delivered = 0;
  let lastFailure: WebhookStatus["lastFailure"] = null;
  let known = 0;
  let due: number | undefined;
  let stopTimer = (): void => undefined;
  let busy = false;
  // Deliveries and what is asked of the endpoint take turns.
  let turns: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turns.then(work);
    turns = done.catch(() => undefined);
    return done;
  }

  function wake(afterMs: number): void {
    const at = clock.now() + afterMs;
    if (ended.signal.aborted || (due !== undefined && due <= at)) return;
    stopTimer();
    due = at;
    stopTimer = timers.after(afterMs, () => {
      due = undefined;
      void inTurn(deliverAll);
    });
  }

  function wait(): void {
    stopTimer();
    due = undefined;
  }

  async function deliverAll(): Promise<void> {
    if (ended.signal.aborted) return;
    busy = true;
    try {
      record ??= await begin();
      while (!ended.signal.aborted && record.paused === null && (await deliverNext(record)));
    } catch (error) {
      // The ledger or the store can't be reached. The delivery at hand may have arrived; it is made again under its name.
      if (!ended.signal.aborted) retry(error, undefined);
    } finally {
      busy = false;
    }
  }

  async function begin(): Promise<WebhookRecord> {
    known = Math.max(known, await feed.head());
    const before = await store.load(name);
    if (before && before.epoch === feed.epoch) {
      kept = before.position;
      return before;
    }
    if (before) logger.warn({ endpoint: name, position: before.position }, "the ledger was replaced; the webhook begins at its start");
    const position = before ? 0 : (endpoint.from ?? known);
    return keep({ epoch: feed.epoch, position, replays: 0, paused: null, failingSince: null, deadLetters: [] });
  }

  async function keep(next: WebhookRecord): Promise<WebhookRecord> {
    await store.save(name, next);
    kept = next.position;
    record = next;
    return next;
  }

  /** Makes the next delivery, if there is any, and says whether to go on. */
  async function deliverNext(now: WebhookRecord): Promise<boolean> {
    pending ??= await read(now);
    if (!pending) return (record?.position ?? 0) < known;
    const failure = await attempt(pending);
    if (failure) return fail(now, pending, failure);
    await keep({ ...now, position: pending.to, failingSince: null });
    pending = undefined;
    failures = 0;
    delivered++;
    return true;
  }

  async function read(now: WebhookRecord): Promise<Delivery | undefined> {
    const page = await feed.since(now.position, narrowed);
    known = Math.max(known, page.head);
    if (page.items.length === 0) {
      record = { ...now, position: page.position };
      if (page.position - kept >= maximumUnkept) await keep(record);
      return undefined;
    }
    const { epoch, position, replays } = now;
    return deliveryOf({ endpoint: name, epoch, from: position, to: page.position, changes: page.items, replays, now: clock.now() });
  }

  async function attempt(delivery: Delivery): Promise<Failure | undefined> {
    const outOfTime = new AbortController();
    const stop = timers.after(limits.timeoutMs, () => outOfTime.abort(new Error(`no answer within ${limits.timeoutMs} ms`)));
    try {
      const request = requestOf(endpoint, delivery, clock.now());
      const { status, retryAfterMs } = await post(request, AbortSignal.any([ended.signal, outOfTime.signal]));
      if (status >= 200 && status < 300) return undefined;
      return { reason: `answered ${status}`, gone: status === 410, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    } catch (error) {
      if (ended.signal.aborted) throw error;
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
      await keep({ ...now, failingSince, position: delivery.to, deadLetters: [...now.deadLetters, letter] });
      logger.error({ error: new Error(reason), endpoint: name, delivery: delivery.id }, "a webhook was given up and is a dead letter");
    } else if (paused !== null || now.failingSince === null) await keep({ ...now, failingSince, paused });
    if (!buried && paused === null) return retry(new Error(reason), retryAfterMs);
    noteFailure(reason);
    if (paused !== null) logger.error({ error: new Error(reason), endpoint: name, paused }, "a webhook is paused");
    pending = undefined;
    failures = 0;
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

  /** Changes the record in turn, and goes on from there. */
  function change(to: (now: WebhookRecord) => WebhookRecord | Promise<WebhookRecord>): Promise<void> {
    return inTurn(async () => {
      await keep(await to(record ?? (await begin())));
      pending = undefined;
      failures = 0;
      wait();
      wake(0);
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
      const failure = changes.length > 0 ? await attempt({ ...deliveryOf(parts), id: `${letter.id}_again_${from}` }) : undefined;
      if (failure) {
        noteFailure(failure.reason);
        return { delivered: false, reason: failure.reason };
      }
      from = to;
    }
    await keep(without(now, letter));
    return { delivered: true };
  }

  function stateOf(): WebhookStatus["state"] {
    if (!record) return "starting";
    if (record.paused !== null) return "paused";
    if (busy) return "delivering";
    return failures > 0 ? "waiting" : "idle";
  }

  return {
    name,
    /** The ledger stands here now. An attempt that waits goes on waiting. */
    hint(head: number): void {
      known = Math.max(known, head);
      if (failures === 0) wake(limits.gatherMs);
    },
    start: (): void => wake(0),
    status: (): WebhookStatus => ({
      name,
      state: stateOf(),
      paused: record?.paused ?? null,
      position: record?.position ?? 0,
      behind: record ? Math.max(0, known - record.position) : 0,
      delivered,
      failures,
      retryAt: failures > 0 ? (due ?? null) : null,
      lastFailure,
      deadLetters: record?.deadLetters.length ?? 0,
    }),
    pause: () => change((now) => ({ ...now, paused: "asked" })),
    resume: () => change((now) => ({ ...now, paused: null, failingSince: null })),
    replay: (from: ReplayFrom) =>
      change(async (now) => {
        const position = "seq" in from ? from.seq : await seqAt(feed, from.time);
        if (Number.isSafeInteger(position) && position >= 0 && position <= now.position)
          return { ...now, position, replays: now.replays + 1 };
        throw new InventoryError("INVALID_INPUT", { issues: [{ path: "seq", message: `must be a whole number, 0 to ${now.position}` }] });
      }),
    deadLetters: () => inTurn(async () => (record ?? (await begin())).deadLetters),
    redeliver: (id: string) =>
      inTurn(async () => {
        const now = record ?? (await begin());
        return redeliver(now, letterOf(now, id));
      }),
    discard: (id: string) => change((now) => without(now, letterOf(now, id))),
    async stop(): Promise<void> {
      ended.abort();
      wait();
      await turns;
      if (record && record.position > kept) await store.save(name, record);
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
