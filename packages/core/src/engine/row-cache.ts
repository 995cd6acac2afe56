import type { Row } from "../domain/shared/rows";

/**
 * Committed rows as of one seq, by table and key; null where there is known to be none. Bounded: it holds two
 * generations and drops the older one when the newer is full, so rows in use stay.
 */
export interface RowCache {
  /** The head these rows belong to. */
  readonly seq: number;
  get(table: string, key: string): Row | null | undefined;
  set(table: string, key: string, row: Row | null): void;
  /** The rows are now those of this head. Only here rows may be dropped: a group never loses what it has loaded. */
  advance(seq: number): void;
  /** Forgets everything: somebody else moved the head. */
  reset(seq: number): void;
}

export function createRowCache(limit: number): RowCache {
  let recent = new Map<string, Map<string, Row | null>>();
  let older = new Map<string, Map<string, Row | null>>();
  let size = 0;
  let seq = 0;

  function set(table: string, key: string, row: Row | null): void {
    let rows = recent.get(table);
    if (!rows) {
      rows = new Map();
      recent.set(table, rows);
    }
    if (!rows.has(key)) size++;
    rows.set(key, row);
  }

  return {
    get seq() {
      return seq;
    },
    get(table, key) {
      const row = recent.get(table)?.get(key);
      if (row !== undefined) return row;
      const found = older.get(table)?.get(key);
      if (found !== undefined) set(table, key, found);
      return found;
    },
    set,
    advance(to) {
      seq = to;
      if (size < limit / 2) return;
      older = recent;
      recent = new Map();
      size = 0;
    },
    reset(to) {
      recent = new Map();
      older = new Map();
      size = 0;
      seq = to;
    },
  };
}
