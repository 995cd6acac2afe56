import type { Write } from "../domain/shared/rows";
import type { Logger } from "../ports/logger";
import type { Stop, StorageAdapter } from "../ports/storage";

/** Rows committed after `from` up to and including `to`, in seq order. */
export interface CommitBatch {
  readonly from: number;
  readonly to: number;
  readonly writes: readonly Write[];
}

/** Tells listeners of every commit, in seq order, without a gap and once each, whoever made it. */
export interface Publisher {
  /** Hints wait while this engine commits: what it commits itself it tells itself, at once and in full. */
  hold(): void;
  /** Tells of the commit, if there was one, and takes up the hints that waited. */
  release(batch: CommitBatch | undefined): void;
  /** Tells of a commit made beside this engine's own, if it follows directly on what was told last. */
  announce(batch: CommitBatch): void;
  /** Reads what others committed. */
  refresh(): void;
  subscribe(listener: (batch: CommitBatch) => void): Stop;
  /** Tells of what is committed by now, then nothing more. */
  finish(): Promise<void>;
}

const pageSize = 1_000;

/**
 * A commit that follows directly on what was told last is told at once. Anything else means others write to the same
 * storage: then what happened since is read back, in order, and the commit is among it.
 */
export function createPublisher(storage: StorageAdapter, tables: readonly string[], from: number, logger: Logger): Publisher {
  const listeners = new Set<(batch: CommitBatch) => unknown>();
  let published = from;
  let reading: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let held = 0;
  let hinted = from;

  function publish(batch: CommitBatch): void {
    published = batch.to;
    const failed = (error: unknown) => logger.error({ error, from: batch.from, to: batch.to }, "a listener of the ledger failed");
    for (const listener of [...listeners]) {
      // One that was told before it may have stopped it.
      if (!listeners.has(listener)) continue;
      try {
        const answer = listener(batch);
        if (answer instanceof Promise) answer.catch(failed);
      } catch (error) {
        failed(error);
      }
    }
  }

  async function readOn(): Promise<void> {
    const page = await storage.changes(published, { limit: pageSize, tables });
    const last = page.items.at(-1)?.row.seq ?? published;
    const to = page.more ? last : page.head;
    if (stopped || to <= published) return;
    publish({ from: published, to, writes: page.items });
    again ||= page.more;
  }

  function catchUp(): void {
    // With nobody to tell there is nothing to read: several processes that only write don't read each other's commits.
    if (listeners.size === 0) return;
    again = true;
    if (!stopped) reading ??= readAll();
  }

  async function readAll(): Promise<void> {
    try {
      while (again && !stopped) {
        again = false;
        await readOn();
      }
    } catch (error) {
      // What was missed is still there: the next commit or hint reads it.
      if (!stopped) logger.error({ error, published }, "the ledger's changes could not be read");
    } finally {
      reading = undefined;
    }
  }

  const stopWatching = storage.watch((seq) => {
    hinted = Math.max(hinted, seq);
    if (held === 0 && hinted > published) catchUp();
  });

  function announce(batch: CommitBatch): void {
    if (!reading && batch.from === published && batch.to > batch.from) publish(batch);
  }

  return {
    announce,
    hold() {
      held++;
    },
    release(batch) {
      held--;
      if (batch) hinted = Math.max(hinted, batch.to);
      if (batch) announce(batch);
      if (hinted > published) catchUp();
    },
    refresh: catchUp,
    subscribe(listener) {
      // A function of its own, so that one listener given twice is called twice and stopped separately.
      const own = (batch: CommitBatch) => listener(batch);
      if (listeners.size === 0) published = Math.max(published, hinted);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    async finish() {
      stopWatching();
      await reading;
      stopped = true;
      listeners.clear();
    },
  };
}
