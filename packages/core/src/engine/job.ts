import { type OperationRow, operations } from "../domain/shared/operations";
import type { Json, Write } from "../domain/shared/rows";
import type { CommandDefinition, Context, Need, Reaction, Refused } from "../domain/shared/slice";
import { InventoryError, isInventoryError, type Refusal, refusalError } from "../errors";
import type { CommandObservation, OutcomeCode } from "../ports/observer";
import { createFollowers, type Followers } from "./followers";
import { notLoaded, type WorkingSet } from "./working-set";

/** What every accepted command answers beside its own result. */
export interface Receipt {
  /** The command's number in the ledger; of one that found nothing to do, where the ledger stood. */
  readonly seq: number;
  /** Whether this is the answer first given to an earlier call with the same key. */
  readonly replayed: boolean;
}

/** A parsed command on its way through the engine. */
export interface Command<Input = unknown, Result = unknown> {
  readonly definition: CommandDefinition<Input, Result>;
  readonly input: Input;
  /** The caller's key, with a fingerprint of what was asked. */
  readonly operation?: { readonly key: string; readonly fingerprint: number } | undefined;
  /** Who is told how it fares; absent when nobody observes. */
  readonly observation?: CommandObservation | undefined;
}

/** What became of one command of a group. */
export type Outcome = { readonly result: object & Receipt } | { readonly error: unknown };

/** What the commands' keys were used for. */
export function keyNeeds(commands: readonly Command[]): readonly Need[] {
  const needs: Need[] = [];
  for (const { operation } of commands) if (operation) needs.push({ table: operations, key: [operation.key] });
  return needs;
}

/** What all commands of a group are decided by. */
export interface Rules {
  readonly now: number;
  readonly reactions: readonly Reaction[];
}

/** What else a command must have loaded: its rule's rows and those of what follows, or what its key was answered. */
export function needsOf(command: Command, set: WorkingSet, rules: Rules): readonly Need[] {
  const { definition, input, operation } = command;
  const unread = operation && set.missing(keyNeeds([command]));
  if (unread?.length) return unread;
  const before = operation && set.get(operations, operation.key);
  if (!before) return withReactions(definition.needs(input, set, rules.now), set, rules);
  return isSame(command, before) && definition.recall && before.refusal === null ? definition.recall.needs(before.seq, before.outcome) : [];
}

function withReactions(needs: readonly Need[], set: WorkingSet, { now, reactions }: Rules): readonly Need[] {
  const all = [...needs];
  for (const { to, needs: follow } of reactions) {
    for (const need of needs) if ("key" in need && need.table === to) all.push(...follow(need.key, set, now));
  }
  return all;
}

/**
 * Decides one command on the working set. What it writes goes into the set; a refused one leaves at most its key there.
 * Undefined when rows it needs are not loaded yet: then it has written nothing.
 */
export function decideOne(command: Command, set: WorkingSet, rules: Rules): Outcome | undefined {
  set.deciding = true;
  try {
    const before = command.operation && set.get(operations, command.operation.key);
    return before ? replay(command, before, set) : decideFirst(command, set, rules);
  } catch (error) {
    return error === notLoaded ? undefined : { error };
  } finally {
    set.deciding = false;
  }
}

function decideFirst(command: Command, set: WorkingSet, { now, reactions }: Rules): Outcome {
  const { definition, input } = command;
  const next = set.seq + 1;
  const context = { now, seq: next };
  const decision = definition.decide(set, input, context);
  if ("refusal" in decision) return refused(command, decision, set);
  const seq = decision.writes.length > 0 ? next : set.seq;
  // Before anything is written: what follows may look at a row that is not loaded yet, or refuse.
  const following = followersOf(decision.writes, reactions, set, context);
  if ("refusal" in following) return refused(command, following, set);
  set.write(decision.writes);
  if (following.length > 0) set.write(following);
  set.seq = seq;
  if (command.operation) remember(command, set, kept(definition, decision.result), null);
  return { result: Object.assign(decision.result as object, { seq, replayed: false }) };
}

/** The caller is handed the details; the ledger keeps its own. */
function refused(command: Command, { refusal }: Refused, set: WorkingSet): Outcome {
  if (command.operation) remember(command, set, null, structuredClone(refusal) as unknown as Json);
  return { error: refusalError(refusal) };
}

/** What follows from rows a command writes, by rules that the command knows nothing of. */
function followersOf(
  writes: readonly Write[],
  reactions: readonly Reaction[],
  set: WorkingSet,
  context: Context,
): readonly Write[] | Refused {
  let followers: Followers | undefined;
  for (const { to, react } of reactions) {
    for (const { table, row } of writes) {
      if (table !== to.name) continue;
      const following = react(row, followers?.view ?? set, context, followers?.writes.length ?? 0);
      if ("refusal" in following) return following;
      if (following.length === 0) continue;
      followers ??= createFollowers(set);
      followers.add(following);
    }
  }
  return followers?.writes ?? nothing;
}

const nothing: readonly Write[] = [];

/** What is stored of a result so that it can be given again. */
const kept = (definition: CommandDefinition<unknown, unknown>, result: unknown): Json =>
  definition.recall ? definition.recall.remember(result) : (structuredClone(result) as Json);

function remember({ definition, operation }: Command, set: WorkingSet, outcome: Json, refusal: Json): void {
  if (!operation) return;
  const row: OperationRow = {
    key: operation.key,
    command: definition.name,
    fingerprint: operation.fingerprint,
    outcome,
    refusal,
    seq: set.seq,
  };
  set.note(operations, row);
}

function replay(command: Command, before: OperationRow, set: WorkingSet): Outcome {
  if (!isSame(command, before)) return { error: new InventoryError("IDEMPOTENCY_MISMATCH", { idempotencyKey: before.key }) };
  if (before.refusal !== null) return { error: refusalError(structuredClone(before.refusal) as unknown as Refusal, { replayed: true }) };
  const { recall } = command.definition;
  const result = recall ? recall.restore(set, before.seq, before.outcome) : structuredClone(before.outcome);
  return { result: { ...(result as object), seq: before.seq, replayed: true } };
}

const isSame = ({ definition, operation }: Command, before: OperationRow): boolean =>
  before.command === definition.name && before.fingerprint === operation?.fingerprint;

/** The name of what went wrong, for those who observe. */
export const outcomeCodeOf = (error: unknown): OutcomeCode => (isInventoryError(error) ? error.code : "UNEXPECTED");

/** Whether an error left it open if the group was committed. */
export const isUnknown = (error: unknown): boolean => isInventoryError(error, "OUTCOME_UNKNOWN");
