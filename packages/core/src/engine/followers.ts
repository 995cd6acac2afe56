import { type Key, keyText, type Row, rowKeyText, type TableDefinition, type Value, type Write } from "../domain/shared/rows";
import type { Table, View } from "../domain/shared/slice";

/** What has followed from a command so far, and the rows as it leaves them: of two movements of one command the second builds on what followed from the first. */
export interface Followers {
  readonly writes: readonly Write[];
  readonly view: View;
  add(writes: readonly Write[]): void;
}

export function createFollowers(view: View): Followers {
  const writes: Write[] = [];
  const rows = new Map<string, Write[]>();
  // Rows are keyed when somebody looks: most followers are never looked at again.
  const keyed = new Map<string, { readonly byKey: Map<string, Row>; count: number }>();

  function rowsOf(table: TableDefinition): ReadonlyMap<string, Row> {
    const written = rows.get(table.name);
    if (!written) return empty;
    const known = keyed.get(table.name) ?? { byKey: new Map<string, Row>(), count: 0 };
    keyed.set(table.name, known);
    for (; known.count < written.length; known.count++) {
      const { row, key } = written[known.count] as Write;
      known.byKey.set(key ?? rowKeyText(table, row), row);
    }
    return known.byKey;
  }

  return {
    writes,
    view: {
      get: <R extends Row>(table: Table<R>, key: Key | string) =>
        (rowsOf(table).get(typeof key === "string" ? key : keyText(key)) as R | undefined) ?? view.get(table, key),
      find<R extends Row>(table: Table<R>, where: Readonly<Record<string, Value>>): readonly R[] {
        const found = new Map(view.find(table, where).map((row) => [rowKeyText(table, row), row]));
        for (const [key, row] of rowsOf(table)) {
          if (Object.entries(where).every(([column, value]) => row[column] === value)) found.set(key, row as R);
          else found.delete(key);
        }
        return [...found.values()];
      },
    },
    add(following) {
      for (const write of following) {
        writes.push(write);
        const same = rows.get(write.table);
        if (same) same.push(write);
        else rows.set(write.table, [write]);
      }
    },
  };
}

const empty: ReadonlyMap<string, Row> = new Map();
