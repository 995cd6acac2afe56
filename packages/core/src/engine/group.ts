import { operations } from "../domain/shared/operations";
import type { StorageTransaction } from "../ports/storage";
import { type Command, decideOne, keyNeeds, needsOf, type Outcome, type Rules } from "./job";
import type { CommitBatch } from "./publisher";
import type { WorkingSet } from "./working-set";

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
  if (set.changed) {
    if (marker) set.note(operations, markerRow(marker, set.seq));
    await set.save(tx);
    await tx.advance(set.seq);
  }
  return { from, set, outcomes };
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
