import type { Effect } from "./optimism";

/** Where the ledger stands: positions of different epochs can't be compared. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** A command whose effect is not yet part of what the server told. */
export interface PendingEffects {
  readonly effects: readonly Effect[];
  /** Whether the server may have applied it, without having said so. */
  inDoubt: boolean;
  /** Where the server applied it, once it said so. */
  applied?: Position;
  /** The levels that still show its effect. */
  readonly showing: Set<string>;
}

/** Expected effects over confirmed levels. */
export type Overlay = ReturnType<typeof createOverlay>;

/** Keeps what commands are expected to do, by level, in the order they were given. */
export function createOverlay() {
  const byLevel = new Map<string, PendingEffects[]>();

  function settle(id: string, pending: PendingEffects): void {
    pending.showing.delete(id);
    const left = (byLevel.get(id) ?? []).filter((other) => other !== pending);
    if (left.length > 0) byLevel.set(id, left);
    else byLevel.delete(id);
  }

  return {
    add: (effects: readonly Effect[]): PendingEffects => {
      const pending: PendingEffects = { effects, inDoubt: false, showing: new Set(effects.map((effect) => effect.id)) };
      for (const id of pending.showing) byLevel.set(id, [...(byLevel.get(id) ?? []), pending]);
      return pending;
    },
    /** The command came to nothing. */
    drop: (pending: PendingEffects): void => {
      for (const id of [...pending.showing]) settle(id, pending);
    },
    /** What the server told includes this effect now. */
    settle,
    of: (id: string): readonly PendingEffects[] => byLevel.get(id) ?? [],
    ids: (): Iterable<string> => byLevel.keys(),
  };
}
