import { createAttempt } from "./attempt";
import { createCommands, type EndpointCommands } from "./commands";
import { createDeliveries } from "./deliveries";
import { createLease } from "./lease";
import type { WebhookEndpoint } from "./options";
import type { EndpointParts, EndpointTools } from "./parts";
import { createProgress, learn, withReached } from "./progress";
import { reasonOf } from "./reason";
import { statusOf, type WebhookStatus } from "./status";
import type { WebhookRecord } from "./store";

/** One endpoint as this process runs it. */
export interface Endpoint extends EndpointCommands {
  start(): void;
  /** The ledger stands here now. An attempt that waits goes on waiting. */
  hint(head: number): void;
  status(): WebhookStatus;
  stop(): Promise<void>;
}

/** Follows the ledger for one endpoint while this process has its lease, and tries to have it. */
export function createEndpoint(endpoint: WebhookEndpoint, tools: EndpointTools): Endpoint {
  const { name } = endpoint;
  const { feed, store, limits, clock, timers, logger, holder } = tools;
  const narrowed = { limit: limits.maxChanges, ...(endpoint.filter && { filter: endpoint.filter }) };
  const ended = new AbortController();
  const progress = createProgress();
  const lease = createLease({ name, holder, store, leaseMs: limits.leaseMs, timers, adopt, onLost });
  let stopLease = (): void => undefined;
  let turns: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turns.then(work);
    turns = done.catch(() => undefined);
    return done;
  }

  const parts: EndpointParts = {
    ...tools,
    endpoint,
    lease,
    progress,
    attempt: createAttempt(endpoint, tools),
    since: (seq) => feed.since(seq, narrowed),
    inTurn,
    ended: ended.signal,
  };
  const deliveries = createDeliveries(parts);
  const reached = (now: WebhookRecord): WebhookRecord => withReached(progress, now);

  function adopt(found: WebhookRecord | undefined): WebhookRecord {
    if (found?.epoch === feed.epoch) return found;
    const { holder = null, version = 0 } = found ?? {};
    const position = found ? 0 : (endpoint.from ?? progress.known);
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
      learn(progress, await feed.head());
      if (await lease.look()) {
        leaseAfter(lease.everyMs, renew);
        deliveries.begin();
        return;
      }
    } catch (error) {
      if (!ended.signal.aborted) leaseTrouble(error);
    }
    leaseAfter(lease.everyMs, look);
  }

  async function renew(): Promise<void> {
    try {
      const now = await lease.keep(reached);
      if (deliveries.isOvertaken(now)) deliveries.goOn();
    } catch (error) {
      if (!ended.signal.aborted && lease.held) leaseTrouble(error);
    }
    if (lease.held) leaseAfter(lease.everyMs, renew);
  }

  function onLost(): void {
    deliveries.lose();
    leaseAfter(lease.everyMs, look);
  }

  function leaseTrouble(error: unknown): void {
    const reason = reasonOf(error);
    progress.lastFailure = { at: clock.now(), reason };
    logger.warn({ endpoint: name, reason }, "the record of a webhook can't be read or written; it is tried again");
  }

  return {
    ...createCommands(parts, deliveries),
    start: () => leaseAfter(0, look),
    hint(head) {
      learn(progress, head);
      if (progress.failures === 0 && lease.seen?.paused === null) deliveries.wake(limits.gatherMs);
    },
    status: () => statusOf(name, lease, progress),
    async stop() {
      ended.abort();
      deliveries.rest();
      stopLease();
      await turns;
      try {
        await lease.release(reached);
      } catch (error) {
        logger.warn(
          { endpoint: name, reason: reasonOf(error) },
          "a webhook was not released; another process takes it over when its lease ends",
        );
      }
    },
  };
}
