import { Mutex } from "async-mutex";
import { operations } from "../domain/shared/operations";
import { rowKeyText, type TableDefinition, type TableSet } from "../domain/shared/rows";
import type { Reaction } from "../domain/shared/slice";
import { InventoryError } from "../errors";
import type { Clock } from "../ports/clock";
import type { Logger } from "../ports/logger";
import type { GroupObservation, Observer } from "../ports/observer";
import type { Stop, StorageAdapter, StorageTransaction } from "../ports/storage";
import { type Ahead, type Attempt, batchOf, decideAhead, decideGroup, isMarked, takeUp } from "./group";
import { type Command, isUnknown, type Outcome, outcomeCodeOf, type Receipt } from "./job";
import { later } from "./later";
import { type CommitBatch, createPublisher } from "./publisher";
import { atHand, createRowCache, type Overlay, overlay, type RowSource } from "./row-cache";
import { createWorkingSet } from "./working-set";

/** How much may wait and how much goes to the storage at once. */
export interface QueueLimits {
  /** Commands waiting, by weight; beyond it `QUEUE_FULL`. Default 10,000. */
  readonly maximumWaiting?: number;
  /** Commands of one group, by weight. Default 500: larger groups outlive the garbage collector's nursery and cost more than they save. */
  readonly maximumGroup?: number;
  /** How long a command may wait for its group before it is refused with `QUEUE_FULL`. Default 30,000. */
  readonly maximumWaitMs?: number;
}

/** How full the queue is. */
export interface QueueLoad {
  /** The weight of the commands that wait: one for each, and of a batch one for each line. */
  readonly waiting: number;
  /** From here on commands are `QUEUE_FULL`. */
  readonly maximumWaiting: number;
}

export interface EngineOptions {
  readonly storage: StorageAdapter;
  readonly tables: TableSet;
  /** What follows from rows of a table, whichever command writes them. */
  readonly reactions?: readonly Reaction[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: Observer | undefined;
  readonly newId: () => string;
  readonly queue: QueueLimits;
}

/** Where commands go in and come out committed or refused. */
export interface Submitter {
  submit<Input, Result>(command: Command<Input, Result>): Promise<Result & Receipt>;
}

/** One writer. Commands are decided in order, in groups. */
export interface Engine extends Submitter {
  readonly epoch: string;
  readonly load: QueueLoad;
  /** Takes part in a transaction of the host: what is submitted there is committed with it, or not at all. */
  join(host: object): Submitter;
  /** Runs work in a transaction of its own, between groups. */
  exclusive<T>(work: (tx: StorageTransaction) => Promise<T>): Promise<T>;
  subscribe(listener: (batch: CommitBatch) => void): Stop;
  close(): Promise<void>;
}

interface Job {
  readonly command: Command;
  readonly weight: number;
  readonly since: number;
  readonly resolve: (result: object & Receipt) => void;
  readonly reject: (error: unknown) => void;
}

/** What is committed together. */
interface Group {
  readonly jobs: readonly Job[];
  readonly commands: readonly Command[];
  /** What it comes to, where it was decided while the one before it was written. */
  readonly ahead?: Ahead | undefined;
}

/** Rows of a storage that has none at hand: a shop's levels with what is known of each, in some tens of megabytes. */
const cachedRows = 200_000;
const settlingTries = 5;
/** How far another writer may be ahead for its rows to be read after it. Beyond, what is needed is read again when it is needed. */
const maximumCatchUp = 5_000;
/** So many groups are not decided ahead after one that could not be: it needed rows that nobody had read yet. */
const groupsWithoutAhead = 8;

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { storage, tables, reactions = [], clock, logger, observer, newId, queue } = options;
  const { maximumWaiting = 10_000, maximumGroup = 500, maximumWaitMs = 30_000 } = queue;
  const definitions = new Map<string, TableDefinition>(tables.tables.map((table) => [table.name, table]));
  const told = tables.tables.filter((table) => table !== operations).map((table) => table.name);
  const cachedTables = tables.tables.filter((table) => table.kind === "state").map((table) => table.name);
  const opened = await storage.open(tables);
  const publisher = createPublisher(storage, told, opened.seq, logger);
  const cache = createRowCache(cachedRows);
  cache.reset(opened.seq);
  const writer = new Mutex();
  // Commands inside one transaction of a host come one after the other, however they are called.
  const hosts = new WeakMap<object, Mutex>();
  const waiting: Job[] = [];
  let waitingWeight = 0;
  let draining: Promise<void> | undefined;
  // The group the storage is at, the one committed last, and the one that comes next, if it is formed already.
  let underway: Attempt | undefined;
  let last: Attempt | undefined;
  let next: Group | undefined;
  let withoutAhead = 0;
  let untold: (() => void)[] = [];
  let closing: Promise<void> | undefined;

  function submit<Input, Result>(command: Command<Input, Result>): Promise<Result & Receipt> {
    const weight = command.definition.weight?.(command.input) ?? 1;
    if (closing) return Promise.reject(new InventoryError("STORAGE_CLOSED", {}));
    if (waiting.length > 0 && waitingWeight + weight > maximumWaiting)
      return Promise.reject(new InventoryError("QUEUE_FULL", { limit: maximumWaiting }));
    return new Promise<Result & Receipt>((resolve, reject) => {
      waiting.push({ command: command as Command, weight, since: clock.now(), resolve: resolve as Job["resolve"], reject });
      waitingWeight += weight;
      if (waitingWeight >= maximumGroup && waitingWeight - weight < maximumGroup) later(lookAhead);
      draining ??= drain();
    });
  }

  async function drain(): Promise<void> {
    // Commands made in one go belong in one group, so the first waits until the caller's turn is over.
    await undefined;
    while (next || waiting.length > 0) await writer.runExclusive(() => runGroup(nextGroup()));
    draining = undefined;
  }

  function nextGroup(): Group {
    const group = next ?? takeGroup();
    next = undefined;
    return group;
  }

  /**
   * Decides the next group while the storage is at the one before, so that neither waits for the other. Only a full group: it gains
   * nothing by waiting. Rows that the storage has at hand are looked at in a transaction, so those groups wait.
   */
  function lookAhead(): void {
    if (!underway || next || withoutAhead > 0 || waitingWeight < maximumGroup) return;
    const group = takeGroup();
    if (group.jobs.length === 0) return;
    const ahead = decideAhead(underway, definitions, cache, group.commands, { now: clock.now(), reactions });
    if (!ahead) withoutAhead = groupsWithoutAhead;
    next = { ...group, ahead };
  }

  function takeGroup(): Group {
    let weight = 0;
    let end = 0;
    while (end < waiting.length) {
      weight += (waiting[end] as Job).weight;
      if (end > 0 && weight > maximumGroup) break;
      end++;
    }
    const taken = waiting.splice(0, end);
    for (const job of taken) waitingWeight -= job.weight;
    const late = clock.now() - maximumWaitMs;
    const jobs = taken.filter((job) => {
      if (job.since >= late) return true;
      job.reject(new InventoryError("QUEUE_FULL", { limit: maximumWaiting }));
      return false;
    });
    return { jobs, commands: jobs.map((job) => job.command) };
  }

  async function runGroup(group: Group): Promise<void> {
    const { jobs, commands } = group;
    if (jobs.length === 0) return;
    withoutAhead = Math.max(0, withoutAhead - 1);
    publisher.hold();
    try {
      const attempt = await observed(commands, false, (watch) => commit(group, watch));
      tell(() => {
        publisher.release(batchOf(attempt));
        for (const [index, job] of jobs.entries()) settle(job, attempt.outcomes[index] as Outcome);
      });
    } catch (error) {
      tell(() => {
        publisher.release(undefined);
        for (const job of jobs) job.reject(error);
      });
    }
  }

  /** Tells of a group, listeners before callers: at once, or where the next one is decided already, when that is on its way. */
  function tell(news: () => void): void {
    untold.push(news);
    if (next?.ahead) later(tellAll);
    else tellAll();
  }

  function tellAll(): void {
    const news = untold;
    untold = [];
    for (const each of news) each();
  }

  /** Runs what commits a group, and tells the observer of it, if there is one. */
  async function observed(
    commands: readonly Command[],
    hosted: boolean,
    work: (watch: GroupObservation | undefined) => Promise<Attempt>,
  ): Promise<Attempt> {
    if (!observer) return work(undefined);
    const watch = observer.group(
      commands.flatMap(({ observation }) => observation ?? []),
      hosted,
    );
    try {
      const attempt = await work(watch);
      watch.ended({ code: "OK", from: attempt.from, to: attempt.set.seq });
      return attempt;
    } catch (error) {
      watch.ended({ code: outcomeCodeOf(error) });
      throw error;
    }
  }

  /** Commits a group, and where the storage can't say whether it did, asks until it can. */
  async function commit({ commands, ahead }: Group, watch: GroupObservation | undefined): Promise<Attempt> {
    const { settlesUnknownOutcomes } = storage.capabilities;
    const marker = settlesUnknownOutcomes ? newId() : undefined;
    let attempt: Attempt | undefined;
    let untried = ahead;
    for (let tries = 1; ; tries++) {
      const ended = watch?.transaction();
      try {
        attempt = await storage.transaction(async (tx) => {
          const { seq } = await tx.head();
          if (attempt && marker && (await isMarked(tx, marker))) return attempt;
          const decided = untried?.after === last && untried?.attempt.from === seq ? untried : undefined;
          untried = undefined;
          attempt = decided && (await takeUp(tx, decided, marker));
          attempt ??= await decideGroup(tx, createWorkingSet(definitions, await rowsAt(tx, seq), seq), commands, {
            now: clock.now(),
            reactions,
            marker,
          });
          if (!tx.peek) beginWaiting(attempt);
          return attempt;
        });
        ended?.("OK");
        break;
      } catch (error) {
        ended?.(outcomeCodeOf(error));
        forget();
        if (!isUnknown(error) || !marker || tries === settlingTries) throw error;
      }
    }
    cache.advance(attempt.set.seq);
    underway = undefined;
    last = attempt;
    return attempt;
  }

  /** From here on the storage is at work, and this engine may look ahead. */
  function beginWaiting(attempt: Attempt): void {
    underway = attempt;
    if (waitingWeight >= maximumGroup) later(lookAhead);
  }

  /** Nothing is known of the committed rows any more, so nothing that was decided on them stands. */
  function forget(): void {
    cache.reset(-1);
    underway = undefined;
    last = undefined;
  }

  /** The committed rows a group begins with: the storage's own where it has them at hand, otherwise those cached here. */
  async function rowsAt(tx: StorageTransaction, seq: number): Promise<RowSource> {
    if (tx.peek) return atHand(tx.peek);
    if (cache.seq !== seq) await catchUp(tx, seq);
    return cache;
  }

  /** Makes the cached rows those of the head: somebody else has moved it, or a group of ours came to nothing. */
  async function catchUp(tx: StorageTransaction, seq: number): Promise<void> {
    const known = cache.restore();
    if (known < 0 || known > seq || seq - known > maximumCatchUp) return cache.reset(seq);
    const { items, more } = await tx.changes(known, { limit: maximumCatchUp, tables: cachedTables });
    if (more) return cache.reset(seq);
    for (const { table, row } of items) cache.table(table).refresh(rowKeyText(definitions.get(table) as TableDefinition, row), row);
    cache.advance(seq);
  }

  /**
   * Decides one command inside a host's transaction. It does not queue: the storage makes it wait for other writers, and
   * them for the host's commit. Listeners hear of it when the storage says that the head has moved.
   */
  async function commitInside<Input, Result>(host: object, command: Command<Input, Result>): Promise<Result & Receipt> {
    if (closing) throw new InventoryError("STORAGE_CLOSED", {});
    const commands = [command as Command];
    const { outcomes } = await observed(commands, true, (watch) => decideInside(host, commands, watch));
    const outcome = outcomes[0] as Outcome;
    if ("error" in outcome) throw outcome.error;
    return outcome.result as Result & Receipt;
  }

  async function decideInside(host: object, commands: readonly Command[], watch: GroupObservation | undefined): Promise<Attempt> {
    let rows: Overlay | undefined;
    let attempt: Attempt | undefined;
    const ended = watch?.transaction();
    try {
      const decided = await storage.transaction(
        async (tx) => {
          const { seq } = await tx.head();
          rows = tx.peek ? undefined : overlay(cache, () => cache.seq === seq);
          const source = rows ?? (await rowsAt(tx, seq));
          attempt = await decideGroup(tx, createWorkingSet(definitions, source, seq), commands, { now: clock.now(), reactions });
          return attempt;
        },
        { host, committed: () => attempt && takeOver(attempt, rows) },
      );
      ended?.("OK");
      return decided;
    } catch (error) {
      ended?.(outcomeCodeOf(error));
      throw error;
    }
  }

  /** A host has committed: what was decided there is known here, and need not be read back. */
  function takeOver(attempt: Attempt, rows: Overlay | undefined): void {
    if (rows && !writer.isLocked()) {
      // Where others went on since, what is cached is worth less than what this transaction has just read.
      if (cache.seq !== undefined && cache.seq < attempt.from) cache.reset(attempt.from);
      if (cache.seq === attempt.from) {
        rows.keep();
        cache.advance(attempt.set.seq);
      }
    }
    publisher.announce(batchOf(attempt));
  }

  return {
    epoch: opened.epoch,
    get load() {
      return { waiting: waitingWeight, maximumWaiting };
    },
    submit,
    join(host) {
      const inOrder = hosts.get(host) ?? new Mutex();
      hosts.set(host, inOrder);
      return { submit: (command) => inOrder.runExclusive(() => commitInside(host, command)) };
    },
    exclusive: (work) =>
      closing
        ? Promise.reject(new InventoryError("STORAGE_CLOSED", {}))
        : writer.runExclusive(async () => {
            try {
              return await storage.transaction(work);
            } finally {
              // Whatever it wrote is read anew, by the cache and by the listeners.
              forget();
              publisher.refresh();
            }
          }),
    subscribe: publisher.subscribe,
    close() {
      closing ??= (async () => {
        await draining;
        await writer.runExclusive(async () => {
          await publisher.finish();
          await storage.close();
        });
      })();
      return closing;
    },
  };
}

function settle(job: Job, outcome: Outcome): void {
  if ("result" in outcome) job.resolve(outcome.result);
  else job.reject(outcome.error);
}
