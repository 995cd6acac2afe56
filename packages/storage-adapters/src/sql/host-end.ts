import type { Knex } from "knex";
import { clientOf } from "./connections";
import type { Session } from "./dialects/dialect";
import { sqlFailure } from "./failures";

/** A transaction of knex. A savepoint is one too, inside another. */
export type KnexTransaction = Knex.Transaction & { readonly parentTransaction?: KnexTransaction };

/** What is seen of a transaction until it ends. */
export interface End {
  /** Whether it has ended, however it did. */
  readonly isOver: boolean;
  /** Resolves when it has ended, after everybody was told who waits to hear that it was kept. */
  readonly over: Promise<void>;
  /** Calls back when everything that was written in it is certainly committed. */
  whenKept(tell: () => void): void;
  /** Something in it failed past knex. */
  doubt(): void;
}

const ends = new WeakMap<KnexTransaction, End>();

/**
 * Watches the outermost transaction around a handle, from before anything is written in it.
 *
 * That its COMMIT succeeded proves little. PostgreSQL answers to it with a rollback where a statement had failed; MySQL undoes all at a deadlock
 * and then commits nothing; what was written behind a savepoint is gone with it. So once anything failed, or may have been rolled back, nothing is
 * claimed: what did come of it is found by listening or asking, as what other processes commit is.
 */
export function watchEnd(transaction: KnexTransaction): End {
  let outermost = transaction;
  while (outermost.parentTransaction) outermost = outermost.parentTransaction;
  const known = ends.get(outermost);
  if (known) return known;
  let certain = true;
  let isOver = false;
  const waiting: (() => void)[] = [];
  const doubt = () => {
    certain = false;
  };
  // Savepoints tell it too: their statements go through its client.
  const client = clientOf(outermost);
  client.on("query-error", doubt);
  client.on("query", ({ sql }) => {
    if (mayUndo.test(sql)) doubt();
  });
  function end(kept: boolean): void {
    isOver = true;
    if (kept) for (const tell of waiting) tell();
  }
  const over = outermost.executionPromise.then(
    () => end(certain),
    // Rolled back: whoever ran the transaction hears of it from knex.
    () => end(false),
  );
  const watched: End = {
    get isOver() {
      return isOver;
    },
    over,
    whenKept: (tell) => void waiting.push(tell),
    doubt,
  };
  ends.set(outermost, watched);
  return watched;
}

/** A procedure of MySQL may roll back and say nothing. */
const mayUndo = /\b(rollback|abort|call)\b/i;

/**
 * Speaks through a connection for as long as the transaction lasts. A host that ends it while a command is under way gives the connection back to its
 * pool: what was sent then would be committed by itself, or belong to somebody else.
 */
export function untilEnded(session: Session, transaction: KnexTransaction): Session {
  function open(): Session {
    if (transaction.isCompleted()) throw sqlFailure("ended", new Error("the transaction ended while a command was under way"));
    return session;
  }
  return {
    get raw() {
      return open().raw;
    },
    get broken() {
      return session.broken;
    },
    run: async (statement) => open().run(statement),
    destroy: () => session.destroy(),
  };
}
