import type { InventoryErrorCode } from "../errors";
import type { Logger } from "./logger";

/** How something ended: it was done, it was the answer given before, it was refused with a code, or an error without a code came of it. */
export type OutcomeCode = "OK" | "REPLAYED" | InventoryErrorCode | "UNEXPECTED";

/** Follows one command. */
export interface CommandObservation {
  /** The caller is told by now, or about to be. Called once. */
  settled(outcome: { readonly code: OutcomeCode; readonly seq?: number }): void;
}

/** Follows one group of commands on its way to the storage. */
export interface GroupObservation {
  /** A transaction of the storage begins; what is answered is called when it has ended. Another try is another transaction. */
  transaction(): (code: OutcomeCode) => void;
  /** `from` and `to` are where the ledger stood before and after, if the group was committed. Called once. */
  ended(outcome: { readonly code: OutcomeCode; readonly from?: number; readonly to?: number }): void;
}

/**
 * Hears of what an inventory does as it happens: for metrics and traces. It is told names, codes, counts and positions, never input.
 *
 * Everything is called at once and should be quick: the command waits. One that throws harms nobody; the logger is told. With no observer
 * nothing is measured and nothing paid.
 *
 * @example
 * const observer: Observer = {
 *   command: (name) => ({ settled: ({ code }) => console.log(name, code) }),
 *   group: () => ({ transaction: () => () => undefined, ended: () => undefined }),
 * };
 */
export interface Observer {
  /** A command was called. It may still be refused before it waits for a group. */
  command(name: string): CommandObservation;
  /**
   * Commands go to the storage together.
   *
   * @param commands - what {@link Observer.command} answered for each, in their order.
   * @param hosted - whether they are part of a transaction of the host, who has yet to commit it.
   */
  group(commands: readonly CommandObservation[], hosted: boolean): GroupObservation;
}

/** One observer for all of them; undefined for none. */
export function observeWith(observers: readonly Observer[], logger: Logger): Observer | undefined {
  if (observers.length === 0) return undefined;

  /** Asks each observer; one that throws has nothing to say. */
  function each<From, To>(of: readonly (From | undefined)[], ask: (from: From, index: number) => To): (To | undefined)[] {
    return of.map((from, index) => {
      try {
        return from === undefined ? undefined : ask(from, index);
      } catch (error) {
        logger.error({ error }, "an observer failed");
        return undefined;
      }
    });
  }

  const parts = new WeakMap<CommandObservation, readonly (CommandObservation | undefined)[]>();
  const partOf = (command: CommandObservation, index: number) => parts.get(command)?.[index] ?? unobserved;

  return {
    command(name) {
      const own = each(observers, (observer) => observer.command(name));
      const command: CommandObservation = { settled: (outcome) => void each(own, (one) => one.settled(outcome)) };
      parts.set(command, own);
      return command;
    },
    group(commands, hosted) {
      const own = each(observers, (observer, index) =>
        observer.group(
          commands.map((command) => partOf(command, index)),
          hosted,
        ),
      );
      return {
        transaction() {
          const ends = each(own, (one) => one.transaction());
          return (code) => void each(ends, (end) => end(code));
        },
        ended: (outcome) => void each(own, (one) => one.ended(outcome)),
      };
    },
  };
}

const unobserved: CommandObservation = { settled: () => undefined };
