import { operations } from "../domain/shared/operations";
import type { Key, TableDefinition } from "../domain/shared/rows";
import type { StorageTransaction } from "../ports/storage";
import { type Command, decideOne, keyNeeds, needsOf, type Outcome, type Rules } from "./job";
import type { CommitBatch } from "./publisher";
import { type Overlay, overlay, type RowCache } from "./row-cache";
import { createWorkingSet, type WorkingSet } from "./working-set";

type Definitions = ReadonlyMap<string, TableDefinition>;

/** A group that was decided and handed to the storage; it counts when the storage has committed it. */
export interface Attempt {
  readonly from: number;
  readonly set: WorkingSet;
  readonly outcomes: readonly Outcome[];
}

const maximumRounds = 8;

/**
 * Decides commands in their order, each on what those before it left, and hands the storage what they wrote.
 *
 * @param options.marker - a key for a row that only this group can have written: finding it again proves that the whole group was committed.
 */
export async function decideGroup(
  tx: StorageTransaction,
  set: WorkingSet,
  commands: readonly Command[],
  { marker, ...rules }: Rules & { readonly marker?: string | undefined },
): Promise<Attempt> {
  const from = set.seq;
  // What is at hand is looked at one by one.
  if (!tx.peek) await set.load(tx, keyNeeds(commands));
  const outcomes: Outcome[] = [];
  let lookedAhead = false;
  for (let index = 0; index < commands.length; index++) {
    const command = commands[index] as Command;
    let outcome = decideOne(command, set, rules);
    if (!outcome && !lookedAhead) {
      // Rows in use are cached, so most groups need nothing more. The first that does makes sure of all behind it, at once.
      lookedAhead = true;
      await set.load(tx, set.missing(commands.slice(index).flatMap((later) => needsOf(later, set, rules))));
      outcome = decideOne(command, set, rules);
    }
    outcomes.push(outcome ?? (await decideLater(tx, set, command, rules)));
  }
  const attempt = { from, set, outcomes };
  await handOver(tx, attempt, marker);
  return attempt;
}

/** Hands the storage what a group has written. */
async function handOver(tx: StorageTransaction, { set }: Attempt, marker: string | undefined): Promise<void> {
  if (!set.changed) return;
  if (marker) set.note(operations, markerRow(marker, set.seq));
  await set.save(tx);
  await tx.advance(set.seq);
}

/** A group decided on what another one leaves, before that is committed. Nothing of it is kept until it is handed over. */
export interface Ahead {
  readonly after: Attempt;
  readonly attempt: Attempt;
  readonly commands: readonly Command[];
  readonly rows: Overlay;
}

/**
 * Decides a group while the one before it is on its way to the storage, on the rows at hand alone; keys are taken for new. Undefined
 * where that is not enough.
 */
export function decideAhead(
  after: Attempt,
  definitions: Definitions,
  cache: RowCache,
  commands: readonly Command[],
  rules: Rules,
): Ahead | undefined {
  const rows = overlay(cache, () => true);
  const set = createWorkingSet(definitions, rows, after.set.seq);
  for (const { operation } of commands) {
    if (operation) set.presumeAbsent(operations, operation.key);
  }
  const outcomes: Outcome[] = [];
  for (const command of commands) {
    const outcome = decideOne(command, set, rules);
    if (!outcome) return undefined;
    outcomes.push(outcome);
  }
  return { after, attempt: { from: after.set.seq, set, outcomes }, commands, rows };
}

/** Hands over a group that was decided ahead. Undefined, and nothing handed over, when a key of it is not new. */
export async function takeUp(
  tx: StorageTransaction,
  { attempt, commands, rows }: Ahead,
  marker: string | undefined,
): Promise<Attempt | undefined> {
  const keys: Key[] = [];
  for (const { operation } of commands) if (operation) keys.push([operation.key]);
  if (keys.length > 0 && (await tx.get(operations.name, keys)).some((row) => row !== undefined)) return undefined;
  rows.keep();
  await handOver(tx, attempt, marker);
  return attempt;
}

/** Decides a command whose rows only show up one after the other: a movement leads to its level. */
async function decideLater(tx: StorageTransaction, set: WorkingSet, command: Command, rules: Rules): Promise<Outcome> {
  for (let round = 0; round < maximumRounds; round++) {
    await set.load(tx, set.missing(needsOf(command, set, rules)));
    const outcome = decideOne(command, set, rules);
    if (outcome) return outcome;
  }
  return { error: new TypeError(`${command.definition.name} looks at rows that its needs don't name`) };
}

export const isMarked = async (tx: StorageTransaction, marker: string): Promise<boolean> =>
  (await tx.get(operations.name, [[marker]]))[0] !== undefined;

const markerRow = (key: string, seq: number) => ({ key, command: "group", fingerprint: 0, outcome: null, refusal: null, seq });

export const batchOf = ({ from, set }: Attempt): CommitBatch => ({ from, to: set.seq, writes: set.written });
