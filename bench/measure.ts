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

/** Movements per second with so many callers, each making its next movement when its last one is done. */
export async function closedLoop({ move }: Running, callers: number, forMs: number): Promise<number> {
  let given = 0;
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

/**
 * The median rate of each contender. They take turns within every round, so that whatever else the machine does meets
 * all of them alike. The first round is for warming up and doesn't count.
 */
export async function takeTurns(contenders: readonly Contender[], callers: number, effort: Effort): Promise<ReadonlyMap<string, number>> {
  const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= effort.rounds; round++) {
    for (const { name, start } of contenders) {
      const running = await start();
      const rate = await closedLoop(running, callers, effort.roundMs);
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
