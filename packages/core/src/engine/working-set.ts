import { type Key, keyOf, keyText, type Row, rowKeyText, type TableDefinition, type Value, type Write } from "../domain/shared/rows";
import type { Need, Table, View } from "../domain/shared/slice";
import type { StorageTransaction } from "../ports/storage";
import { createOwnRows, type OwnRows } from "./own-rows";
import type { RowCache } from "./row-cache";

/**
 * The rows one group works on: committed ones, loaded or cached, under those its own commands have written so far.
 */
export interface WorkingSet extends View {
  /** The number of the last command accepted. */
  seq: number;
  /** While a command is decided, asking for a row that was not loaded throws {@link notLoaded}. */
  deciding: boolean;
  /** Those of these needs that are not here yet. */
  missing(needs: readonly Need[]): readonly Need[];
  load(tx: StorageTransaction, needs: readonly Need[]): Promise<void>;
  write(writes: readonly Write[]): void;
  /** Everything written, in order: what listeners are told. */
  readonly written: readonly Write[];
  /** The rows to hand to the storage: of a `state` table the last image of each key. */
  save(tx: StorageTransaction): Promise<void>;
  /** After commit: the cache takes over what was written. */
  keep(cache: RowCache): void;
}

/** Thrown at a rule that looks at a row the group's first look did not load, such as one of a product made within the group. */
export const notLoaded = Symbol("not loaded");

const pageSize = 10_000;

export function createWorkingSet(tables: ReadonlyMap<string, TableDefinition>, cache: RowCache, seq: number): WorkingSet {
  const loaded = new Map<string, Map<string, Row | null>>();
  const found = new Map<string, readonly Row[]>();
  const own = new Map<string, OwnRows>();
  const written: Write[] = [];

  function tableOf(name: string): TableDefinition {
    const table = tables.get(name);
    if (!table) throw new TypeError(`there is no table ${name}`);
    return table;
  }

  function ownOf(table: TableDefinition): OwnRows {
    let rows = own.get(table.name);
    if (!rows) {
      rows = createOwnRows(table);
      own.set(table.name, rows);
    }
    return rows;
  }

  function lookUp(table: string, key: string): Row | null | undefined {
    const mine = own.get(table)?.get(key);
    if (mine) return mine;
    const row = loaded.get(table)?.get(key);
    return row === undefined ? cache.get(table, key) : row;
  }

  function learn(table: TableDefinition, key: string, row: Row | null): void {
    // Rows of a log are read once in a while and never change; keeping them would push out rows in use.
    if (table.kind === "state") cache.set(table.name, key, row);
    else inner(loaded, table.name).set(key, row);
  }

  async function loadKeys(tx: StorageTransaction, table: TableDefinition, keys: readonly Key[]): Promise<void> {
    const rows = await tx.get(table.name, keys);
    for (const [index, key] of keys.entries()) learn(table, keyText(key), rows[index] ?? null);
  }

  async function loadAll(tx: StorageTransaction, table: TableDefinition, where: Readonly<Record<string, Value>>): Promise<void> {
    const rows: Row[] = [];
    for (;;) {
      const last = rows.at(-1);
      const page = await tx.find(table.name, { where, limit: pageSize, ...(last && { after: keyOf(table, last) }) });
      rows.push(...page.rows);
      if (!page.more) break;
    }
    found.set(question(table, where), rows);
  }

  const set: WorkingSet = {
    seq,
    deciding: false,
    written,

    get<R extends Row>(table: Table<R>, key: Key): R | undefined {
      const row = lookUp(table.name, keyText(key));
      if (row === undefined && set.deciding) throw notLoaded;
      return (row ?? undefined) as R | undefined;
    },

    find<R extends Row>(table: Table<R>, where: Readonly<Record<string, Value>>): readonly R[] {
      const committed = found.get(question(table, where));
      if (!committed && set.deciding) throw notLoaded;
      const rows = new Map((committed ?? []).map((row) => [rowKeyText(table, row), row]));
      for (const [key, row] of own.get(table.name)?.byKey() ?? []) {
        if (Object.entries(where).every(([column, value]) => row[column] === value)) rows.set(key, row);
        else rows.delete(key);
      }
      return [...rows.values()] as R[];
    },

    missing(needs) {
      return needs.filter((need) =>
        "key" in need ? lookUp(need.table.name, keyText(need.key)) === undefined : !found.has(question(need.table, need.where)),
      );
    },

    async load(tx, needs) {
      const keys = new Map<TableDefinition, Map<string, Key>>();
      for (const need of needs) {
        if ("key" in need) inner(keys, need.table).set(keyText(need.key), need.key);
        else if (!found.has(question(need.table, need.where))) await loadAll(tx, need.table, need.where);
      }
      for (const [table, wanted] of keys) await loadKeys(tx, table, [...wanted.values()]);
    },

    write(writes) {
      for (const write of writes) {
        const table = tableOf(write.table);
        ownOf(table).add(Object.freeze(write.row));
        written.push(write);
      }
    },

    async save(tx) {
      for (const [name, rows] of own) {
        if (tableOf(name).kind === "state") await tx.put(name, [...rows.byKey().values()]);
        else await tx.append(name, rows.all());
      }
    },

    keep(into) {
      for (const [name, rows] of own) {
        if (tableOf(name).kind === "state") for (const [key, row] of rows.byKey()) into.set(name, key, row);
      }
    },
  };
  return set;
}

const question = (table: TableDefinition, where: Readonly<Record<string, Value>>): string => `${table.name}${JSON.stringify(where)}`;

function inner<K, A, B>(outer: Map<K, Map<A, B>>, key: K): Map<A, B> {
  let map = outer.get(key);
  if (!map) {
    map = new Map();
    outer.set(key, map);
  }
  return map;
}
