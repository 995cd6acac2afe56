import type { End } from "./host-end";
import type { Chance } from "./retry";

/** One transaction among those that join the same ledger. */
interface Turn {
  /** Resolves when it is its turn, when it has waited long enough, or when it has ended meanwhile; undefined where it need not wait. */
  readonly begun: Promise<unknown> | undefined;
  /** Whether those behind it need not wait. */
  readonly isOver: boolean;
  /** Resolves then. */
  readonly over: Promise<unknown>;
}

/**
 * Transactions of this process that join one ledger come one after the other, from their first command until they end. The head row would make
 * them wait just so; but who waits here knows what became of the one before, and need not lock the head to ask.
 *
 * It spares statements and decides nothing: who has waited for `lockMs` goes on, and waits in the database as those of other processes do.
 */
export function createHostTurns({ chance, lockMs }: { readonly chance: Chance; readonly lockMs: number }) {
  const turns = new WeakMap<End, Turn>();
  let last: Turn | undefined;

  function stand(end: End): Turn {
    const before = last?.isOver === false ? last : undefined;
    if (!before)
      return {
        begun: undefined,
        over: end.over,
        get isOver() {
          return end.isOver;
        },
      };
    let waits = true;
    const reached = chance.delay(lockMs, before.over).then(() => {
      waits = false;
    });
    return {
      begun: Promise.race([reached, end.over]),
      get isOver() {
        return !waits && end.isOver;
      },
      // One that ends while it waits gives nobody its place before the one in front.
      over: Promise.all([reached, end.over]),
    };
  }

  /** Waits until it is a transaction's turn. It has it until it ends. */
  return function turnOf(end: End): Promise<unknown> | undefined {
    const known = turns.get(end);
    if (known) return known.begun;
    last = stand(end);
    turns.set(end, last);
    return last.begun;
  };
}
