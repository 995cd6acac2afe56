import { type Key, keyOf, keyText, type Row, rowKeyText, type TableDefinition, type Value, type Write } from "../domain/shared/rows";
import type { Need, Table, View } from "../domain/shared/slice";
import type { StorageTransaction } from "../ports/storage";
import type { RowSource } from "./row-cache";
import { createLogRows, createStateRows, type TableRows } from "./table-rows";

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
  /** Takes the row with this key for absent, unread. */
  presumeAbsent(table: TableDefinition, key: string): void;
  /** Writes rows that listeners are told of. */
  write(writes: readonly Write[]): void;
  /** Writes a row that is nobody's business but the engine's. */
  note(table: TableDefinition, row: Row): void;
  /** Everything listeners are told of, in order. */
  readonly written: readonly Write[];
  /** Whether there is anything to hand to the storage. */
  readonly changed: boolean;
  /** Hands over what was written: of a `state` table the last image of each key. */
  save(tx: StorageTransaction): Promise<void>;
}

/** Thrown at a rule that looks at a row the group's first look did not load, such as one of a product made within the group. */
export const notLoaded = Symbol("not loaded");

const pageSize = 10_000;

export function createWorkingSet(definitions: ReadonlyMap<string, TableDefinition>, source: RowSource, seq: number): WorkingSet {
  const tables = new Map<string, TableRows>();
  const changed = new Set<TableRows>();
  const found = new Map<string, readonly Row[]>();
  const written: Write[] = [];

  function rowsOf(name: string): TableRows {
    return tables.get(name) ?? begin(name);
  }

  function begin(name: string): TableRows {
    const table = definitions.get(name);
    if (!table) throw new TypeError(`there is no table ${name}`);
    const rows =
      table.kind === "state" ? createStateRows(table, source.table(name)) : createLogRows(table, (key) => source.peek?.(name, key));
    tables.set(name, rows);
    return rows;
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

  /** What a small shop has of a table takes no longer to read than a few rows one after the other. Tells whether these are all. */
  async function loadFirst(tx: StorageTransaction, table: TableDefinition): Promise<boolean> {
    const { get, learn } = rowsOf(table.name);
    const { rows, more } = await tx.find(table.name, { limit: pageSize });
    for (const row of rows) {
      const key = rowKeyText(table, row);
      if (get(key) === undefined) learn(key, row);
    }
    return !more;
  }

  async function loadKeys(tx: StorageTransaction, table: TableDefinition, keys: readonly Key[]): Promise<void> {
    const cached = rowsOf(table.name);
    const whole = cached.readAhead() && (await loadFirst(tx, table));
    const missing = keys.filter((key) => cached.get(keyText(key)) === undefined);
    if (missing.length === 0) return;
    const rows = whole ? [] : await tx.get(table.name, missing);
    for (const [index, key] of missing.entries()) cached.learn(keyText(key), rows[index] ?? null);
  }

  const set: WorkingSet = {
    seq,
    deciding: false,
    written,

    get<R extends Row>(table: Table<R>, key: Key | string): R | undefined {
      const row = rowsOf(table.name).get(typeof key === "string" ? key : keyText(key));
      if (row === undefined && set.deciding) throw notLoaded;
      return (row ?? undefined) as R | undefined;
    },

    find<R extends Row>(table: Table<R>, where: Readonly<Record<string, Value>>): readonly R[] {
      const committed = found.get(question(table, where));
      if (!committed && set.deciding) throw notLoaded;
      const rows = new Map((committed ?? []).map((row) => [rowKeyText(table, row), row]));
      for (const [key, row] of rowsOf(table.name).own()) {
        if (Object.entries(where).every(([column, value]) => row[column] === value)) rows.set(key, row);
        else rows.delete(key);
      }
      return [...rows.values()] as R[];
    },

    missing(needs) {
      return needs.filter((need) =>
        "key" in need ? rowsOf(need.table.name).get(keyText(need.key)) === undefined : !found.has(question(need.table, need.where)),
      );
    },

    async load(tx, needs) {
      const keys = new Map<TableDefinition, Map<string, Key>>();
      for (const need of needs) {
        if ("key" in need) {
          const wanted = keys.get(need.table) ?? new Map<string, Key>();
          keys.set(need.table, wanted.set(keyText(need.key), need.key));
        } else if (!found.has(question(need.table, need.where))) await loadAll(tx, need.table, need.where);
      }
      for (const [table, wanted] of keys) await loadKeys(tx, table, [...wanted.values()]);
    },

    presumeAbsent: (table, key) => rowsOf(table.name).learn(key, null),

    write(writes) {
      for (const write of writes) {
        const rows = rowsOf(write.table);
        rows.write(Object.freeze(write.row), write.key);
        changed.add(rows);
        written.push(write);
      }
    },

    note(table, row) {
      const rows = rowsOf(table.name);
      rows.write(Object.freeze(row));
      changed.add(rows);
    },

    get changed() {
      return changed.size > 0;
    },

    async save(tx) {
      for (const rows of changed) await rows.save(tx);
    },
  };
  return set;
}

const question = (table: TableDefinition, where: Readonly<Record<string, Value>>): string => `${table.name}${JSON.stringify(where)}`;
