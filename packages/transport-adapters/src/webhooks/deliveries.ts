import type { Failure } from "./attempt";
import { type Delivery, deliveryOf } from "./delivery";
import type { EndpointParts } from "./parts";
import { isAt, learn, type Place, positionOf, withReached } from "./progress";
import { reasonOf } from "./reason";
import type { DeadLetter, PauseReason, WebhookRecord } from "./store";

/** How far an endpoint that is told nothing may go on before that is kept. What a restart reads again is told nobody. */
const maximumUnkept = 1_000;

/** Makes the deliveries of one endpoint, one at a time and in order. It holds the one at hand, however far behind it is. */
export interface Deliveries {
  /** Goes on, with the lease just taken. */
  begin(): void;
  /** Gives up the attempt under way: the lease is another's now. */
  lose(): void;
  /** Forgets what was tried and goes on at once, with what is read anew where `anew`. */
  goOn(anew?: "anew"): void;
  /** Goes on after a time, unless it does so before. */
  wake(afterMs: number): void;
  /** Goes on no more by itself. */
  rest(): void;
  /** Whether the record is another than what deliveries go by: it was paused, resumed or sent back by another process. */
  isOvertaken(now: WebhookRecord): boolean;
}

export function createDeliveries(parts: EndpointParts): Deliveries {
  const { lease, limits, clock, timers, logger, random, progress, attempt, since, inTurn, ended } = parts;
  const { name } = parts.endpoint;
  let tenure = new AbortController();
  let pending: { readonly delivery: Delivery; readonly since: Place } | undefined;
  /** What the deliveries under way go by. */
  let heeded: WebhookRecord | undefined;
  let stopTimer = (): void => undefined;
  /** Whether the next delivery waits for its turn. */
  let hasTurn = false;

  const mayDeliver = (): boolean => !ended.aborted && lease.held;

  function wake(afterMs: number): void {
    const at = clock.now() + afterMs;
    if (!mayDeliver() || (progress.due !== undefined && progress.due <= at)) return;
    stopTimer();
    progress.due = at;
    stopTimer = timers.after(afterMs, () => {
      progress.due = undefined;
      deliverAll();
    });
  }

  function rest(): void {
    stopTimer();
    progress.due = undefined;
  }

  function goOn(anew?: "anew"): void {
    if (anew) pending = undefined;
    progress.failures = 0;
    rest();
    deliverAll();
  }

  /** Makes what deliveries there are, each in a turn of its own: what is asked of the endpoint comes between two of them. */
  function deliverAll(): void {
    if (hasTurn) return;
    hasTurn = true;
    void inTurn(async () => {
      hasTurn = false;
      progress.busy = true;
      progress.busy = await deliverOne();
      if (progress.busy) deliverAll();
    });
  }

  async function deliverOne(): Promise<boolean> {
    try {
      return mayDeliver() && (await deliverNext());
    } catch (error) {
      // The ledger or the store can't be reached. The delivery at hand may have arrived; it is made again under its name.
      return mayDeliver() && retry(error, undefined);
    }
  }

  /** Makes the next delivery, if there is any, and says whether to go on. */
  async function deliverNext(): Promise<boolean> {
    // Read each time: another process may have paused it, sent it back or taken it over.
    const now = withReached(progress, await lease.load());
    heeded = now;
    if (!lease.held || now.paused !== null) return false;
    if (pending && !isAt(pending.since, now)) forget();
    pending ??= await read(now);
    if (!pending) return positionOf(progress, now) < progress.known;
    const { delivery } = pending;
    const failure = await attempt(delivery, AbortSignal.any([ended, tenure.signal]));
    if (failure) return fail(now, delivery, failure);
    await keep(now, (later) => ({ ...later, position: delivery.to, failingSince: null }));
    forget();
    progress.delivered++;
    return true;
  }

  function forget(): void {
    pending = undefined;
    progress.failures = 0;
  }

  /** Writes what became of a delivery, unless the endpoint was sent elsewhere while it was made. */
  async function keep(before: WebhookRecord, change: (later: WebhookRecord) => WebhookRecord): Promise<void> {
    await lease.keep((later) => (isAt(before, withReached(progress, later)) ? change(later) : later));
  }

  async function read(now: WebhookRecord): Promise<typeof pending> {
    const page = await since(now.position);
    learn(progress, page.head);
    const { epoch, position, replays } = now;
    if (page.items.length === 0) {
      progress.reached = { epoch, replays, position: page.position };
      if (page.position - (lease.seen?.position ?? 0) >= maximumUnkept) await lease.keep((later) => withReached(progress, later));
      return undefined;
    }
    const made = { endpoint: name, epoch, from: position, to: page.position, changes: page.items, replays, now: clock.now() };
    return { delivery: deliveryOf(made), since: now };
  }

  async function fail(now: WebhookRecord, delivery: Delivery, { reason, gone, retryAfterMs }: Failure): Promise<boolean> {
    const failingSince = now.failingSince ?? clock.now();
    const attempts = progress.failures + 1;
    const paused = pauseFor(now, { gone, failingForMs: clock.now() - failingSince, attempts });
    const buried = paused === null && attempts >= limits.maxAttempts;
    const { id, from, to } = delivery;
    const letter: DeadLetter = { id, from, to, attempts, reason, diedAt: clock.now() };
    if (buried) {
      await keep(now, (later) => ({ ...later, failingSince, position: to, deadLetters: [...later.deadLetters, letter] }));
      logger.error({ error: new Error(reason), endpoint: name, delivery: id }, "a webhook was given up and is a dead letter");
    } else if (paused !== null || now.failingSince === null) {
      await keep(now, (later) => ({ ...later, failingSince, paused: paused ?? later.paused }));
    }
    if (!buried && paused === null) return retry(new Error(reason), retryAfterMs);
    progress.lastFailure = { at: clock.now(), reason };
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
    const failures = ++progress.failures;
    const reason = reasonOf(error);
    progress.lastFailure = { at: clock.now(), reason };
    logger.warn({ endpoint: name, failures, reason }, "a webhook could not be delivered; it is tried again");
    const backoffMs = Math.min(limits.longestRetryMs, limits.firstRetryMs * 2 ** Math.min(failures - 1, 30)) * (0.5 + random() / 2);
    wake(Math.max(backoffMs, Math.min(askedMs, limits.longestRetryMs)));
    return false;
  }

  return {
    begin() {
      tenure = new AbortController();
      goOn();
    },
    lose() {
      tenure.abort(new Error("the lease was lost"));
      progress.failures = 0;
      rest();
    },
    goOn,
    wake,
    rest,
    isOvertaken: ({ paused, replays }) => paused !== heeded?.paused || replays !== heeded.replays,
  };
}
