import type { Change, Entities, Entity } from "@onhand/core";
import { notifyManager } from "@tanstack/query-core";
import type { Cache } from "./cache";
import type { Index } from "./indexes";
import { type Coverage, createLevelViews, type LevelView, type Row, type Told } from "./level-views";
import type { Overlay } from "./pending";
import { changeId } from "./wanted";

/** What is shown of each entity. */
export interface Views extends Omit<Entities, "level"> {
  readonly level: LevelView;
}

/** A row's name among all rows. */
export type RowId = `${Entity}:${string}`;

const forEachEntity = <T>(make: () => T): Record<Entity, T> => ({
  product: make(),
  store: make(),
  level: make(),
  movement: make(),
  reservation: make(),
  alert: make(),
  transfer: make(),
  count: make(),
  countLine: make(),
  supplier: make(),
  purchaseOrder: make(),
});

/** The rows that subscriptions told of, and what is shown of them. */
export type Rows = ReturnType<typeof createRows>;

/** Keeps what was told, and writes what is shown of it into the cache: each row as its own query, each list as its ids. */
export function createRows(options: { readonly cache: Cache; readonly overlay: Overlay; readonly coverage: Coverage }) {
  const { cache, overlay } = options;
  const levels = createLevelViews(options);
  const tables = forEachEntity(() => new Map<string, Row>());
  /** What is shown, as it was last written into the cache. */
  const shown: { readonly [E in Entity]: Map<string, Views[E]> } = forEachEntity(() => new Map());
  const indexes = forEachEntity(() => new Set()) as { readonly [E in Entity]: Set<Index<Views[E], unknown>> };
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
    const changed: Record<Entity, string[]> = forEachEntity(() => []);
    const now = dirty;
    dirty = new Set();
    for (const rowId of now) {
      const [entity, id] = split(rowId);
      const view = (
        entity === "level" ? levels.view(id, tables.level.get(id), shown.level.get(id)) : tables[entity].get(id)?.base.change.value
      ) as Views[Entity] | undefined;
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
      if (change.entity === "level") levels.take(id, row, told);
      else row.base = told;
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
