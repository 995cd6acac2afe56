import type { Logger, Stop } from "@onhand/core";

/** Where hints of a moved head come from and go to. */
export interface Watch {
  watch(onHead: (seq: number) => void): Stop;
  /** Tells everybody who watches. */
  tell(seq: number): void;
  /** Resolves when nothing is asked any more: no connection of the pool is on its way then. */
  close(): Promise<void>;
}

export interface WatchOptions {
  readonly pollMs: number;
  readonly readSeq: () => Promise<number>;
  /** Hears of commits at once where the database can tell; gives what ends it. */
  readonly listen?: (heard: (seq: number) => void, ended: (error: unknown) => void) => Promise<Stop>;
  readonly logger: Logger;
}

const longestPause = 10_000;

/** Tells of own commits at once and of others' by listening or by asking now and then; only while somebody watches. */
export function createWatch({ pollMs, readSeq, listen, logger }: WatchOptions): Watch {
  const watchers = new Set<(seq: number) => void>();
  const asking = new Set<Promise<void>>();
  let latest = 0;
  let round: { stopped: boolean } | undefined;

  function tell(seq: number): void {
    if (seq > latest) latest = seq;
    for (const notify of [...watchers]) notify(seq);
  }

  function start(): void {
    if (round) return;
    const mine = { stopped: false };
    round = mine;
    poll(mine);
    if (listen) void keepListening(mine, listen);
  }

  /** Asks where the head stands; with a listener it is the backstop only. */
  function poll(mine: { stopped: boolean }): void {
    let failures = 0;
    const ask = () => {
      const asked = askOnce().finally(() => asking.delete(asked));
      asking.add(asked);
      return asked;
    };
    const askOnce = async () => {
      if (mine.stopped) return;
      try {
        const seq = await readSeq();
        failures = 0;
        if (!mine.stopped && seq > latest) tell(seq);
      } catch (error) {
        if (!mine.stopped && failures++ === 0) logger.warn({ error }, "the database does not say where the ledger stands; asking again");
      }
      if (!mine.stopped) later(ask, Math.min(longestPause, pollMs * 2 ** Math.min(failures, 10)));
    };
    later(ask, pollMs);
  }

  async function keepListening(mine: { stopped: boolean }, begin: NonNullable<typeof listen>): Promise<void> {
    let failures = 0;
    const again = (error: unknown) => {
      if (mine.stopped) return;
      if (failures++ === 0) logger.warn({ error }, "listening for commits was interrupted; polling until it is back");
      later(connect, Math.min(longestPause, pollMs * 2 ** Math.min(failures, 10)));
    };
    const connect = async () => {
      if (mine.stopped) return;
      try {
        const stop = await begin((seq) => {
          if (!mine.stopped && seq > latest) tell(seq);
        }, again);
        failures = 0;
        stops.add(stop);
        if (mine.stopped) end();
      } catch (error) {
        again(error);
      }
    };
    await connect();
  }

  const stops = new Set<Stop>();

  function end(): void {
    if (round) round.stopped = true;
    round = undefined;
    for (const stop of stops) stop();
    stops.clear();
  }

  return {
    watch(onHead) {
      const notify = (seq: number) => onHead(seq);
      watchers.add(notify);
      start();
      return () => {
        watchers.delete(notify);
        if (watchers.size === 0) end();
      };
    },
    tell,
    async close() {
      watchers.clear();
      end();
      await Promise.all(asking);
    },
  };
}

/** Does not keep the process alive by itself. */
function later(work: () => Promise<void>, ms: number): void {
  const timer = setTimeout(() => void work(), ms) as unknown as { unref?(): void };
  timer.unref?.();
}
