import type { Row } from "../domain/shared/rows";

/** The committed rows of one table that are at hand; null where there is known to be none. */
export interface CachedTable {
  get(key: string): Row | null | undefined;
  /** Takes in what the storage says. */
  learn(key: string, row: Row | null): void;
  /** Takes in what is about to be committed: until `advance` says that it was, the cache is ahead of the storage. */
  write(key: string, row: Row): void;
  /** Takes in what somebody else committed, if the row was at hand. */
  refresh(key: string, row: Row): void;
  /** Whether the table's first rows should be read beside the row that is missing: true once, the first time it is asked. */
  readAhead(): boolean;
}

/**
 * Committed rows as of one seq, by table and key. Bounded: it holds two generations and drops the older one when the
 * newer is full, so rows in use stay.
 */
export interface RowCache {
  /** The head these rows belong to; undefined while they hold what is not committed yet. */
  readonly seq: number | undefined;
  table(name: string): CachedTable;
  /** Takes back what was written since the last `advance`: it came to nothing. Gives the head the rows belong to again. */
  restore(): number;
  /** The rows, with all that was written, are now those of this head. Only here rows may be dropped: a group never loses what it has loaded. */
  advance(seq: number): void;
  /** Forgets everything. */
  reset(seq: number): void;
}

export function createRowCache(limit: number): RowCache {
  const tables = new Map<string, ReturnType<typeof createTable>>();
  let size = 0;
  let seq = 0;
  let unsaved = false;

  function createTable() {
    let recent = new Map<string, Row | null>();
    let older = new Map<string, Row | null>();
    let ahead = true;
    // What was written since the last `advance`, and what stood there before.
    let writtenKeys: string[] = [];
    let before: (Row | null | undefined)[] = [];

    function learn(key: string, row: Row | null): void {
      const before = recent.size;
      recent.set(key, row);
      size += recent.size - before;
    }

    function get(key: string): Row | null | undefined {
      const row = recent.get(key);
      if (row !== undefined) return row;
      const found = older.get(key);
      if (found !== undefined) learn(key, found);
      return found;
    }

    return {
      get,
      learn,
      write(key: string, row: Row) {
        unsaved = true;
        writtenKeys.push(key);
        const found = recent.get(key);
        before.push(found === undefined ? older.get(key) : found);
        learn(key, row);
      },
      refresh(key: string, row: Row) {
        if (get(key) !== undefined) learn(key, row);
      },
      readAhead() {
        const first = ahead;
        ahead = false;
        return first;
      },
      restore() {
        for (let index = writtenKeys.length - 1; index >= 0; index--) {
          const key = writtenKeys[index] as string;
          const row = before[index];
          if (row !== undefined) learn(key, row);
          else {
            recent.delete(key);
            older.delete(key);
          }
        }
        this.settle();
      },
      settle() {
        if (writtenKeys.length === 0) return;
        writtenKeys = [];
        before = [];
      },
      age() {
        older = recent;
        recent = new Map();
      },
      clear() {
        older = new Map();
        recent = new Map();
        this.settle();
      },
    };
  }

  return {
    get seq() {
      return unsaved ? undefined : seq;
    },
    table(name) {
      let table = tables.get(name);
      if (!table) {
        table = createTable();
        tables.set(name, table);
      }
      return table;
    },
    restore() {
      for (const table of tables.values()) table.restore();
      unsaved = false;
      return seq;
    },
    advance(to) {
      seq = to;
      unsaved = false;
      for (const table of tables.values()) table.settle();
      if (size < limit / 2) return;
      for (const table of tables.values()) table.age();
      size = 0;
    },
    reset(to) {
      for (const table of tables.values()) table.clear();
      size = 0;
      seq = to;
      unsaved = false;
    },
  };
}

/** Where a group finds committed rows without asking for them. */
export interface RowSource {
  table(name: string): CachedTable;
  /** Looks for a row where the storage has it at hand. */
  peek?(table: string, key: string): Row | null | undefined;
}

/** Rows that the storage has at hand, under those one group writes: nothing need be kept of them from group to group. */
export function atHand(peek: NonNullable<RowSource["peek"]>): RowSource {
  return {
    peek,
    table: (name) => over(new Map(), { get: (key) => peek(name, key), readAhead: () => false }),
  };
}

/** Rows of one group over those below: what it learns and writes goes into `rows` alone. */
function over(rows: Map<string, Row | null>, below: Pick<CachedTable, "get" | "readAhead">): CachedTable {
  const keep = (key: string, row: Row | null) => void rows.set(key, row);
  return {
    get(key) {
      const row = rows.get(key);
      return row === undefined ? below.get(key) : row;
    },
    readAhead: below.readAhead,
    learn: keep,
    write: keep,
    refresh: keep,
  };
}

/** A cache of its own over another one. */
export interface Overlay extends RowSource {
  /** Hands its rows down: they are committed, or about to be; `advance` says that they were. */
  keep(): void;
}

/** Shows the rows below as long as they are worth something, and leaves no trace there. */
export function overlay(below: RowCache, isCurrent: () => boolean): Overlay {
  const tables = new Map<string, CachedTable>();
  const kept: (() => void)[] = [];

  function createTable(name: string): CachedTable {
    const rows = new Map<string, Row | null>();
    kept.push(() => {
      const table = below.table(name);
      for (const [key, row] of rows) {
        if (row) table.write(key, row);
        else table.learn(key, row);
      }
    });
    return over(rows, {
      get: (key) => (isCurrent() ? below.table(name).get(key) : undefined),
      // Only what can be kept is worth reading.
      readAhead: () => isCurrent() && below.table(name).readAhead(),
    });
  }

  return {
    table(name) {
      const table = tables.get(name) ?? createTable(name);
      tables.set(name, table);
      return table;
    },
    keep() {
      for (const each of kept) each();
    },
  };
}
