import { InventoryError, type StorageTransaction } from "@onhand/core";
import { Mutex } from "async-mutex";
import type { Belief } from "./belief";
import type { Connections } from "./connections";
import type { Session, WritePlan } from "./dialects/dialect";
import { undo } from "./dialects/undo";
import { isSqlFailure, sqlFailure, toInventoryError } from "./failures";
import { type Group, headAfter } from "./group";
import { decodeHead, type HeadState } from "./head";
import type { TableLayout } from "./layout";
import { headSelect } from "./query";
import { transactionReads, type WithSession } from "./reads";
import { type Chance, createPatience } from "./retry";
import { readHead, type Schema } from "./schema";
import { createPending } from "./transaction";
import type { Turns } from "./turns";

type Work<T> = (tx: StorageTransaction) => Promise<T>;

/** What an attempt came to: an answer that stands, or somebody else moved the head. */
type Attempt<T> = { readonly answer: T } | typeof missed;

const missed = Symbol("missed");

/** Runs transactions of this process one after the other. */
export interface Writer {
  transaction<T>(work: Work<T>): Promise<T>;
}

export interface WriterOptions {
  readonly schema: Schema;
  readonly plan: WritePlan;
  readonly connections: Connections;
  readonly tableOf: (name: string) => TableLayout;
  readonly belief: Belief;
  /** Called with where the head stands after each commit. */
  readonly committed: (head: HeadState) => void;
  readonly chance: Chance;
  readonly turns: Turns;
}

// After a miss others are looked for until the head has stood still so many times.
const wary = 8;
// After a key that was known keys are looked for first for so many groups, and for twice as many each time it happens again.
const readingGroups = 16;
const mostReadingGroups = 1_024;
const lostTries = 3;

/**
 * Who knows where the head stands needs no lock: work runs on plain reads, and one compare-and-set at the end writes all of
 * it if the head has not moved since, else nothing. After a miss, while others are about, processes take turns; who has none locks the head row first.
 */
export function createWriter({ schema, plan, connections, tableOf, belief, committed, chance, turns }: WriterOptions): Writer {
  const { dialect } = schema;
  const oneAtATime = new Mutex();
  let groupsWithOthers = 0;
  // Set while a commit of ours may still be on its way: the next one makes sure that it finds the head moved.
  let fence = false;
  let groupsToRead = 0;
  let readNext = readingGroups;

  async function runWork<T>(head: HeadState, withSession: WithSession, work: Work<T>, presume = false) {
    const pending = createPending(head, tableOf, transactionReads(schema, tableOf, head, withSession), presume);
    try {
      const answer = await work(pending.transaction);
      if (pending.failure) throw pending.failure;
      if (pending.unproven) throw sqlFailure("duplicate", new Error("a key was taken for absent that was not appended"));
      return { answer, group: pending.end() };
    } catch (error) {
      if (pending.unproven) throw sqlFailure("duplicate", error);
      throw pending.failure ?? error;
    } finally {
      pending.end();
    }
  }

  /** Few callers hand in keys that are known already, so a group is first tried without looking. */
  async function optimistic<T>(work: Work<T>, head: HeadState): Promise<Attempt<T>> {
    if (groupsToRead > 0) {
      groupsToRead--;
      return believing(work, head, false);
    }
    try {
      const outcome = await believing(work, head, true);
      readNext = readingGroups;
      return outcome;
    } catch (error) {
      if (!isSqlFailure(error) || error.kind !== "duplicate") throw error;
      groupsToRead = readNext;
      readNext = Math.min(readNext * 2, mostReadingGroups);
      return believing(work, head, false);
    }
  }

  async function believing<T>(work: Work<T>, head: HeadState, presume: boolean): Promise<Attempt<T>> {
    let done: Awaited<ReturnType<typeof runWork<T>>> | undefined;
    let rejection: { readonly error: unknown } | undefined;
    try {
      done = await runWork(head, connections.use, work, presume);
    } catch (error) {
      if (isSqlFailure(error)) throw error;
      rejection = { error };
    }
    if (!done?.group) {
      // Nothing to compare-and-set, but an answer or a refusal built on old rows would be as wrong as a write.
      const now = await connections.use((session) => readHead(schema, session));
      belief.learn(now);
      if (now.commits !== head.commits) return missed;
      if (rejection) throw rejection.error;
      return done as { readonly answer: T };
    }
    const { group } = done;
    if (!(await connections.use((session) => dialect.writeAlone(session, plan, group)))) return missed;
    committed(headAfter(group));
    return done;
  }

  async function locked<T>(work: Work<T>): Promise<Attempt<T>> {
    return connections.use(async (session) => {
      try {
        await dialect.begin(session, plan);
        const head = decodeHead(await dialect.lockHead(session, plan, headSelect(dialect, "h")));
        lookForOthers(head);
        const { answer, group } = await runWork(head, (use) => use(session), work);
        await save(session, group ?? (fence ? { from: head, seq: head.seq, wide: null, writes: [], presumed: false } : undefined));
        return { answer };
      } catch (error) {
        await undo(session);
        throw error;
      }
    });
  }

  async function save(session: Session, group: Group | undefined): Promise<void> {
    if (!group) return dialect.rollback(session);
    if (!(await dialect.write(session, plan, group))) throw sqlFailure("corrupt", new Error("the head row moved while it was locked"));
    await dialect.commit(session);
    fence = false;
    committed(headAfter(group));
  }

  /** Takes in a head that was read before anything is decided: who finds it where it was left has been alone. */
  function lookForOthers(head: HeadState): void {
    requireVersion(head, schema.version);
    groupsWithOthers = head.commits === belief.head?.commits ? Math.max(0, groupsWithOthers - 1) : wary;
    belief.learn(head);
  }

  /** While others are about. In a turn the belief is right, but for those who take none. */
  async function inTurn<T>(work: Work<T>): Promise<Attempt<T>> {
    const turn = await turns.take();
    if (!turn) return locked(work);
    try {
      if (turn === "begun") lookForOthers(await connections.use((session) => readHead(schema, session)));
      const outcome = await proven(work, belief.head as HeadState);
      return outcome === missed ? await locked(work) : outcome;
    } finally {
      turns.rest();
    }
  }

  async function proven<T>(work: Work<T>, head: HeadState): Promise<Attempt<T>> {
    try {
      return await optimistic(work, head);
    } catch (error) {
      // Who appended a key that is there may have looked before it was: with the head locked it will be known.
      if (isSqlFailure(error) && error.kind === "duplicate") return missed;
      throw error;
    }
  }

  function attempt<T>(work: Work<T>): Promise<Attempt<T>> {
    const { head } = belief;
    if (!head || fence) return locked(work);
    return groupsWithOthers > 0 ? inTurn(work) : proven(work, head);
  }

  async function run<T>(work: Work<T>): Promise<T> {
    const patience = createPatience(chance);
    for (;;) {
      try {
        const outcome = await attempt(work);
        if (outcome !== missed) return outcome.answer;
        groupsWithOthers = wary;
      } catch (error) {
        if (!isSqlFailure(error)) throw error;
        if (error.kind === "unknown") {
          belief.forget();
          fence = true;
        }
        if (error.kind === "conflict") groupsWithOthers = wary;
        const again = error.kind === "conflict" ? await patience.again() : error.kind === "lost" && (await patience.again(lostTries));
        if (!again) throw toInventoryError(error);
      }
    }
  }

  return {
    transaction: (work) => oneAtATime.runExclusive(() => run(work)),
  };
}

/** Refuses to write by tables that a newer process has changed since. */
export function requireVersion(head: HeadState, version: number): void {
  if (head.version !== version)
    throw new InventoryError("UNSUPPORTED", { feature: `tables of version ${head.version}; this is version ${version}` });
}
