import type { HeadState } from "./head";

/** What this process last saw of the head. It may be behind; it is never ahead. */
export interface Belief {
  readonly head: HeadState | undefined;
  /** Takes in a head that was read, unless a later one is known. */
  learn(head: HeadState): void;
  /** After an outcome nobody knows: the head must be read again before anything is built on it. */
  forget(): void;
}

export function createBelief(first?: HeadState): Belief {
  let head = first;
  return {
    get head() {
      return head;
    },
    learn(seen) {
      if (!head || seen.commits > head.commits) head = seen;
    },
    forget() {
      head = undefined;
    },
  };
}
