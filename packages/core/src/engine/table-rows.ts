import { keyOf, keyText, type Row, rowKeyText, type TableDefinition } from "../domain/shared/rows";
import type { StorageTransaction } from "../ports/storage";
import type { CachedTable } from "./row-cache";

/** The rows of one table that a group sees: committed ones under its own. */
export interface TableRows {
  /** Null where there is known to be none, undefined where nobody asked yet. */
  get(key: string): Row | null | undefined;
  learn(key: string, row: Row | null): void;
  /** Whether the table's first rows should be read beside the row that is missing. */
  readAhead(): boolean;
  /** `key` is the row's, where somebody has worked it out already. */
  write(row: Row, key?: string): void;
  /** What the group wrote, as it is now, by key. */
  own(): ReadonlyMap<string, Row>;
  save(tx: StorageTransaction): Promise<void>;
}

/** Rows of a `state` table. The cache takes them in at once; should the group come to nothing, it takes them back. */
export function createStateRows(table: TableDefinition, cached: CachedTable): TableRows {
  const keys: string[] = [];
  const rows: Row[] = [];

  return {
    get: cached.get,
    learn: cached.learn,
    readAhead: cached.readAhead,
    write(row, key = rowKeyText(table, row)) {
      keys.push(key);
      rows.push(row);
      cached.write(key, row);
    },
    own: () => new Map(keys.map((key) => [key, cached.get(key) as Row])),
    // Of a row that was written several times only the last image is kept.
    save: (tx) =>
      tx.put(
        table.name,
        rows.filter((row, index) => cached.get(keys[index] as string) === row),
      ),
  };
}

/**
 * Rows of a `log` table. They are read once in a while and never change, so none are cached: they would push out rows in use.
 *
 * @param peek - looks for a committed row where the storage has it at hand.
 */
export function createLogRows(table: TableDefinition, peek: (key: string) => Row | null | undefined): TableRows {
  const known = new Map<string, Row | null>();
  const rows: Row[] = [];
  let keyed = 0;

  /** Keys are worked out when somebody asks for one: most groups never look back at the movements they wrote. */
  function byKey(): Map<string, Row | null> {
    for (; keyed < rows.length; keyed++) {
      const row = rows[keyed] as Row;
      known.set(rowKeyText(table, row), row);
    }
    return known;
  }

  return {
    get(key) {
      const row = byKey().get(key);
      return row === undefined ? peek(key) : row;
    },
    learn: (key, row) => void known.set(key, row),
    readAhead: () => false,
    write: (row) => void rows.push(row),
    own: () => new Map(rows.map((row) => [keyText(keyOf(table, row)), row])),
    save: (tx) => tx.append(table.name, rows),
  };
}
