import { type Row, rowKeyText, type TableDefinition } from "../domain/shared/rows";

/** The rows a group has written to one table so far, by key and in seq order. */
export interface OwnRows {
  add(row: Row): void;
  get(key: string): Row | undefined;
  /** The last image of each key. A row written twice stands where it was written last. */
  byKey(): ReadonlyMap<string, Row>;
  /** Every row as it was written. */
  all(): readonly Row[];
}

/** Keys are worked out when somebody asks for one: most groups never look back at the movements they wrote. */
export function createOwnRows(table: TableDefinition): OwnRows {
  const rows = new Map<string, Row>();
  const written: Row[] = [];
  let keyed = 0;

  function byKey(): ReadonlyMap<string, Row> {
    for (; keyed < written.length; keyed++) {
      const row = written[keyed] as Row;
      const key = rowKeyText(table, row);
      rows.delete(key);
      rows.set(key, row);
    }
    return rows;
  }

  return { add: (row) => void written.push(row), get: (key) => byKey().get(key), byKey, all: () => written };
}
