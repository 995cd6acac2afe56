import { consoleLogger, type Logger } from "../ports/logger";
import { systemTimers, type Timers } from "../ports/timers";
import type { Inventory } from "./create-inventory";
import type { FeedBatch, FeedFilter } from "./feed-types";

/** Everything after `from` up to and including `to` that was asked for. */
export interface FollowedBatch extends FeedBatch {
  /** Names the ledger that the positions are about. */
  readonly epoch: string;
}

/** What {@link followFeed} takes. */
export interface FollowOptions {
  readonly inventory: Pick<Inventory, "feed">;
  /**
   * The number of the ledger up to which the host has taken everything over; 0 for nothing. A function is asked at the beginning and after every failure:
   * only the host's own tables know whether a transaction that failed was committed after all.
   */
  readonly from: number | (() => Promise<number>);
  /**
   * Takes a batch over. What it writes and `batch.to` belong in one transaction of the host: then each batch is taken over exactly once. The next one comes
   * when it resolves; when it rejects the batch comes again, later.
   */
  readonly onBatch: (batch: FollowedBatch, signal: AbortSignal) => Promise<void>;
  /** Everything unless given. Batches of which nothing is left are not handed over. */
  readonly filter?: FeedFilter;
  /** Changes of a batch, unless a single command has more; 500 unless given. */
  readonly limit?: number;
  readonly timers?: Timers;
  /** Hears of batches that were not taken over; the console unless given. */
  readonly logger?: Logger;
  /** A number in [0, 1) that spreads retries. `Math.random` unless given. */
  readonly random?: () => number;
}

/** A consumer of the ledger that is under way. */
export interface Following {
  /** How it fares. `position` is undefined until the host has said where it stands. */
  status(): { readonly position: number | undefined; readonly failures: number };
  /** Ends; a batch under way is waited for. */
  stop(): Promise<void>;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/**
 * Hands every change of the ledger to the host, in order and without a gap, one batch at a time: to keep a table of their own, an index or a
 * warehouse up to date. However far behind it is, it holds one batch.
 *
 * @example
 * const following = followFeed({
 *   inventory,
 *   from: async () => (await knex("stock_copy_position").first("seq")).seq,
 *   onBatch: ({ from, to, changes }) =>
 *     knex.transaction(async (trx) => {
 *       const moved = await trx("stock_copy_position").where({ seq: from }).update({ seq: to });
 *       if (moved !== 1) throw new Error("somebody else follows, too");
 *       await copy(trx, changes);
 *     }),
 * });
 * @see docs/guides/webhooks.md
 */
export function followFeed(options: FollowOptions): Following {
  const { inventory, from, onBatch, filter, limit = 500, timers = systemTimers, logger = consoleLogger, random = Math.random } = options;
  const { feed } = inventory;
  const ended = new AbortController();
  let position: number | undefined;
  let failures = 0;
  let timer: unknown;
  let working: Promise<void> | undefined;
  let again = false;

  function wake(): void {
    again = true;
    if (ended.signal.aborted) return;
    working ??= work().finally(() => {
      working = undefined;
      // What came in the last moment was not seen.
      if (again && failures === 0) wake();
    });
  }

  async function work(): Promise<void> {
    try {
      while (again && !ended.signal.aborted) {
        again = false;
        await catchUp();
      }
    } catch (error) {
      if (ended.signal.aborted) return;
      failures++;
      if (typeof from === "function") position = undefined;
      logger.error({ error, failures }, "a batch of the ledger was not taken over; it is tried again");
      timer = timers.setTimeout(wake, Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 20)) * (0.5 + random() / 2));
    }
  }

  async function catchUp(): Promise<void> {
    position ??= typeof from === "function" ? await from() : from;
    for (let more = true; more && !ended.signal.aborted; ) {
      const page = await feed.since(position, { limit, ...(filter && { filter }) });
      if (page.items.length > 0) {
        await onBatch({ epoch: feed.epoch, from: position, to: page.position, changes: page.items }, ended.signal);
      }
      position = page.position;
      failures = 0;
      more = page.more;
    }
  }

  const stopListening = feed.subscribe(() => {
    if (failures === 0) wake();
  });
  wake();

  return {
    status: () => ({ position, failures }),
    async stop() {
      ended.abort();
      stopListening();
      timers.clearTimeout(timer);
      await working;
    },
  };
}
