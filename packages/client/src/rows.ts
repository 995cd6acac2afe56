import type { Change, Entities, Entity, StockLevel } from "@onhand/core";
import { notifyManager } from "@tanstack/query-core";
import type { Cache } from "./cache";
import type { Index } from "./indexes";
import { applyEffect } from "./optimism";
import type { Overlay, PendingEffects, Position } from "./pending";
import { changeId } from "./wanted";

/** A level as a screen shows it: what the server told, with the effects of own commands that it has not told yet. */
export interface LevelView extends StockLevel {
  /** How many own commands are in these figures before the server's figures include them. */
  readonly pending: number;
}

/** What is shown of each entity. */
export interface Views extends Omit<Entities, "level"> {
  readonly level: LevelView;
}

/** How far what was told of a level reaches; undefined where no subscription that has its rows covers it. */
export type Coverage = (level: { readonly sku: string; readonly storeId: string }) => Position | undefined;

interface Row {
  /** The image that is shown, before effects. It includes no command that is in doubt. */
  base: Told;
  /** Newer images that may include a command in doubt, oldest first. */
  held: Told[];
  holders: number;
}

interface Told {
  readonly epoch: string;
  readonly change: Change;
}

/** A row's name among all rows. */
export type RowId = `${Entity}:${string}`;

/** The rows that subscriptions told of, and what is shown of them. */
export type Rows = ReturnType<typeof createRows>;

// Images are absolute, so forgetting the middle ones loses nothing but a step.
const mostHeld = 32;

/**
 * Keeps confirmed rows, lays own effects over levels, and writes what is shown into the cache.
 *
 * A level's image that arrives while an own command is in doubt may or may not include it. So it waits until the
 * answer says where the command stands; showing it at once would count the command twice, or not at all.
 */
export function createRows(options: { readonly cache: Cache; readonly overlay: Overlay; readonly coverage: Coverage }) {
  const { cache, overlay, coverage } = options;
  const tables: Readonly<Record<Entity, Map<string, Row>>> = {
    product: new Map(),
    store: new Map(),
    level: new Map(),
    movement: new Map(),
  };
  /** What is shown, as it was last written into the cache. */
  const shown: { readonly [E in Entity]: Map<string, Views[E]> } = {
    product: new Map(),
    store: new Map(),
    level: new Map(),
    movement: new Map(),
  };
  const indexes: { readonly [E in Entity]: Set<Index<Views[E], unknown>> } = {
    product: new Set(),
    store: new Set(),
    level: new Set(),
    movement: new Set(),
  };
  let dirty = new Set<RowId>();
  let depth = 0;

  const read = <E extends Entity>(entity: E, id: string): Views[E] | undefined => shown[entity].get(id);

  /** Runs changes and shows their sum at once. */
  function batch(work: () => void): void {
    notifyManager.batch(() => {
      depth += 1;
      try {
        work();
      } finally {
        depth -= 1;
        if (depth === 0) show();
      }
    });
  }

  function show(): void {
    for (const id of overlay.ids()) dirty.add(`level:${id}`);
    const changed: Record<Entity, string[]> = { product: [], store: [], level: [], movement: [] };
    const now = dirty;
    dirty = new Set();
    for (const rowId of now) {
      const [entity, id] = split(rowId);
      const view = (entity === "level" ? levelView(id) : tables[entity].get(id)?.base.change.value) as Views[Entity] | undefined;
      if (Object.is(view, read(entity, id))) continue;
      if (view === undefined) shown[entity].delete(id);
      else (shown[entity] as Map<string, Views[Entity]>).set(id, view);
      cache.write([entity, id], view);
      changed[entity].push(id);
    }
    for (const [entity, ids] of Object.entries(changed) as [Entity, string[]][]) {
      if (ids.length > 0) for (const index of indexes[entity]) index.update(ids);
    }
  }

  function levelView(id: string): LevelView | undefined {
    const row = tables.level.get(id);
    const waiting = reconcile(id, row);
    const first = waiting[0]?.effects.find((effect) => effect.id === id);
    const place = row ? (row.base.change.value as StockLevel) : first;
    // A first receipt shows before there is a row, where somebody would be told of one.
    if (!place || (!row && !coverage(place))) return undefined;
    const level = row ? (row.base.change.value as StockLevel) : zeroLevel(place);
    return unlessSame(read("level", id), withEffects(id, level, waiting));
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

  function takeOne(told: Told, members: Set<RowId>): void {
    const { change } = told;
    const table = tables[change.entity];
    const id = changeId(change);
    const row = table.get(id);
    const rowId: RowId = `${change.entity}:${id}`;
    const joins = !members.has(rowId);
    if (joins) members.add(rowId);
    if (!row) table.set(id, { base: told, held: [], holders: 1 });
    else {
      if (joins) row.holders += 1;
      const last = row.held.at(-1) ?? row.base;
      if (last.epoch === told.epoch && change.seq <= last.change.seq) return;
      if (change.entity === "level" && overlay.of(id).some((pending) => pending.inDoubt)) row.held = [...row.held, told].slice(-mostHeld);
      else {
        row.base = told;
        row.held = [];
      }
    }
    dirty.add(rowId);
  }

  return {
    read,
    batch,
    ids: (entity: Entity): Iterable<string> => shown[entity].keys(),
    idOf: (change: Change): RowId => `${change.entity}:${changeId(change)}`,
    /** The number of the command that last changed a row, as far as was told. */
    seqOf: (rowId: RowId): number => {
      const [entity, id] = split(rowId);
      return tables[entity].get(id)?.base.change.seq ?? 0;
    },
    /** Takes up changes for one subscription, whose rows are `members`. Called within `batch`. */
    take: (changes: readonly Change[], epoch: string, members: Set<RowId>): void => {
      for (const change of changes) takeOne({ epoch, change }, members);
    },
    /** Levels whose effects were dropped are shown anew. Called within `batch`. */
    touch: (effects: readonly { readonly id: string }[]): void => {
      for (const { id } of effects) dirty.add(`level:${id}`);
    },
    /** A subscription lets go of rows. Those nobody else holds are gone. Called within `batch`. */
    release: (members: Iterable<RowId>): void => {
      for (const rowId of members) {
        const [entity, id] = split(rowId);
        const row = tables[entity].get(id);
        if (!row) continue;
        row.holders -= 1;
        if (row.holders > 0) continue;
        tables[entity].delete(id);
        dirty.add(rowId);
      }
    },
    attach: <E extends Entity>(entity: E, index: Index<Views[E], unknown>): (() => void) => {
      indexes[entity].add(index);
      return () => void indexes[entity].delete(index);
    },
  };
}

const split = (rowId: RowId): readonly [Entity, string] => {
  const at = rowId.indexOf(":");
  return [rowId.slice(0, at) as Entity, rowId.slice(at + 1)];
};

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
