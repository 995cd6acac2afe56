import type { Change, StockLevel } from "@onhand/core";
import { applyEffect } from "./optimism";
import type { Overlay, PendingEffects, Position } from "./pending";

/** A level as a screen shows it: what the server told, with the effects of own commands that it has not told yet. */
export interface LevelView extends StockLevel {
  /** How many own commands are in these figures before the server's figures include them. */
  readonly pending: number;
}

/** How far what was told of a level reaches; undefined where no subscription that has its rows covers it. */
export type Coverage = (level: { readonly sku: string; readonly storeId: string }) => Position | undefined;

/** A row as it was told. */
export interface Row {
  /** The image that is shown, before effects. It includes no command that is in doubt. */
  base: Told;
  /** Newer images that may include a command in doubt, oldest first. */
  held: Told[];
  holders: number;
}

/** An image of a row, with the epoch its number belongs to. */
export interface Told {
  readonly epoch: string;
  readonly change: Change;
}

// Images are absolute, so forgetting the middle ones loses nothing but a step.
const mostHeld = 32;

/**
 * Lays the effects of own commands over what the server told of levels.
 *
 * A level's image that arrives while an own command is in doubt may or may not include it. So it waits until the
 * answer says where the command stands; showing it at once would count the command twice, or not at all.
 */
export function createLevelViews({ overlay, coverage }: { readonly overlay: Overlay; readonly coverage: Coverage }) {
  function view(id: string, row: Row | undefined, before: LevelView | undefined): LevelView | undefined {
    const waiting = reconcile(id, row);
    const first = waiting[0]?.effects.find((effect) => effect.id === id);
    const place = row ? (row.base.change.value as StockLevel) : first;
    // A first receipt shows before there is a row, where somebody would be told of one.
    if (!place || (!row && !coverage(place))) return undefined;
    const level = row ? (row.base.change.value as StockLevel) : zeroLevel(place);
    return unlessSame(before, withEffects(id, level, waiting));
  }

  /** Takes up held images as far as no doubt stands against it, and settles the effects they include. */
  function reconcile(id: string, row: Row | undefined): readonly PendingEffects[] {
    const waiting = overlay.of(id);
    if (row) takeUp(row, waiting);
    for (const pending of waiting) {
      if (pending.applied && includes(id, row, pending)) overlay.settle(id, pending);
    }
    return overlay.of(id);
  }

  function takeUp(row: Row, waiting: readonly PendingEffects[]): void {
    if (row.held.length === 0) return;
    const doubt = waiting.some((pending) => pending.inDoubt);
    // A client's commands are applied in the order they were sent, so up to the last answer no later one is included.
    const answered = Math.max(...waiting.map((pending) => pending.applied?.seq ?? 0), 0);
    const safe = doubt ? row.held.filter(({ change }) => change.seq <= answered).length : row.held.length;
    const newest = row.held[safe - 1];
    if (newest) row.base = newest;
    row.held = row.held.slice(safe);
  }

  function includes(id: string, row: Row | undefined, { applied, effects }: PendingEffects): boolean {
    if (!applied) return false;
    if (row && row.base.epoch === applied.epoch && row.base.change.seq >= applied.seq) return true;
    if (row && row.held.length > 0) return false;
    const place = effects.find((effect) => effect.id === id);
    const reached = place && coverage(place);
    return !reached || reached.epoch !== applied.epoch || reached.seq >= applied.seq;
  }

  return {
    view,
    /** Takes up a newer image of a level, or puts it off while a command is in doubt. */
    take: (id: string, row: Row, told: Told): void => {
      const doubt = overlay.of(id).some((pending) => pending.inDoubt);
      if (!doubt) row.base = told;
      row.held = doubt ? [...row.held, told].slice(-mostHeld) : [];
    },
  };
}

/** What a level is where nothing ever moved. */
export const zeroLevel = ({ sku, storeId }: { readonly sku: string; readonly storeId: string }): LevelView => ({
  sku,
  storeId,
  onHand: 0,
  reserved: 0,
  available: 0,
  incoming: 0,
  updatedAt: 0,
  seq: 0,
  pending: 0,
});

function withEffects(id: string, level: StockLevel, waiting: readonly PendingEffects[]): LevelView {
  const effects = waiting.flatMap((pending) => pending.effects.filter((effect) => effect.id === id));
  return effects.reduce<LevelView>(applyEffect, { ...level, pending: waiting.length });
}

/** The view before when it shows the same, so that nothing renders for nothing. */
function unlessSame(before: LevelView | undefined, after: LevelView): LevelView {
  if (!before) return after;
  const same = (Object.keys(after) as (keyof LevelView)[]).every((field) => Object.is(before[field], after[field]));
  return same ? before : after;
}
