/** Something that can be measured: made anew for every round, so that no round pays for what another left behind. */
export interface Contender {
  readonly name: string;
  start(): Promise<Running>;
}

export interface Running {
  /** Makes one movement; `n` is different for each call. */
  move(n: number): Promise<unknown>;
  stop(): Promise<void>;
}

export interface Effort {
  readonly rounds: number;
  readonly roundMs: number;
}

/** Movements per second with so many callers, each making its next movement when its last one is done. Numbers are given from `first` on. */
export async function closedLoop({ move }: Running, callers: number, forMs: number, first = 0): Promise<number> {
  let given = first;
  let done = 0;
  const started = performance.now();
  const end = started + forMs;
  async function caller(): Promise<void> {
    while (performance.now() < end) {
      await move(given++);
      done++;
    }
  }
  await Promise.all(Array.from({ length: callers }, caller));
  return (done / (performance.now() - started)) * 1_000;
}

/** Beyond the numbers that warming up uses. */
const measuredFrom = 100_000_000;

/**
 * The median rate of each contender. They take turns within every round, so that whatever else the machine does meets
 * all of them alike. The first round and the start of each are for warming up and don't count.
 */
export async function takeTurns(contenders: readonly Contender[], callers: number, effort: Effort): Promise<ReadonlyMap<string, number>> {
  const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= effort.rounds; round++) {
    for (const { name, start } of contenders) {
      const running = await start();
      await closedLoop(running, callers, effort.roundMs / 2);
      const rate = await closedLoop(running, callers, effort.roundMs, measuredFrom);
      await running.stop();
      if (round > 0) rates.get(name)?.push(rate);
    }
  }
  return new Map([...rates].map(([name, measured]) => [name, median(measured)]));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle) - 1] as number)) / 2;
}
