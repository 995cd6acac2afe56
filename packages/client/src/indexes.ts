import type { Cache } from "./cache";
import { createListeners } from "./observable";

/** Where an index finds its rows, by id. */
export interface IndexSource<V> {
  /** What a row shows now; undefined when there is none. */
  read(id: string): V | undefined;
  /** Every row there is. */
  ids(): Iterable<string>;
}

/** Which rows belong to an index, in which order, and what names each to a user. */
export interface IndexRule<V, K> {
  readonly name: string;
  readonly includes: (row: V) => boolean;
  readonly compare: (a: V, b: V) => number;
  readonly keyOf: (row: V) => K;
  /** At most so many, the first in order. */
  readonly limit?: number;
}

/** The rows of an index. `keys` stays the same array while no row comes or goes. */
export interface IndexContent<V, K> {
  readonly keys: readonly K[];
  readonly items: readonly V[];
}

/** Rows that match a filter, in order, kept up to date row by row. */
export interface Index<V, K> {
  content(): IndexContent<V, K>;
  /** Takes up what changed; ids that are none of its rows cost one look. */
  update(changed: Iterable<string>): void;
  readonly listeners: ReturnType<typeof createListeners>;
  drop(): void;
}

/** Makes an index over rows, and keeps its ids as one query of their own. */
export function createIndex<V, K>(source: IndexSource<V>, rule: IndexRule<V, K>, cache: Cache): Index<V, K> {
  const listeners = createListeners();
  const cacheKey = ["index", rule.name] as const;
  let ids: readonly string[] = [];
  let places = new Map<string, number>();
  let content: IndexContent<V, K> = { keys: [], items: [] };

  function place(members: Iterable<string>): void {
    const rows: (readonly [id: string, row: V])[] = [];
    for (const id of members) {
      const row = source.read(id);
      if (row !== undefined && rule.includes(row)) rows.push([id, row]);
    }
    // Nearly in order already but for what is new, which such a sort is quick with.
    const ordered = rows.sort(([, a], [, b]) => rule.compare(a, b)).slice(0, rule.limit);
    const keys = ordered.map(([id, row]) => content.keys[places.get(id) ?? -1] ?? rule.keyOf(row));
    content = { keys, items: ordered.map(([, row]) => row) };
    ids = ordered.map(([id]) => id);
    places = new Map(ids.map((id, at) => [id, at]));
    cache.write(cacheKey, ids);
  }

  function update(changed: Iterable<string>): void {
    const items = [...content.items];
    const news: string[] = [];
    let touched = false;
    let left = false;
    for (const id of changed) {
      const at = places.get(id);
      const row = source.read(id);
      const belongs = row !== undefined && rule.includes(row);
      if (at === undefined) {
        if (belongs) news.push(id);
      } else if (!belongs) left = true;
      else if (items[at] !== row) {
        items[at] = row;
        touched = true;
      }
    }
    // What a full index had no room for comes in when something leaves.
    if (left && ids.length === rule.limit) place(source.ids());
    else if (news.length > 0 || left) place([...ids, ...news]);
    else if (touched) content = { keys: content.keys, items };
    else return;
    listeners.tell();
  }

  place(source.ids());
  return { content: () => content, update, listeners, drop: () => cache.write(cacheKey, undefined) };
}
