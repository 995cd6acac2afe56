import { type Key, keyText, type Row, rowKeyText, type TableDefinition, type Value } from "../domain/shared/rows";
import type { Need, Table, View } from "../domain/shared/slice";
import type { Condition, Reads } from "../ports/storage";

const maximumRounds = 4;
const maximumKeys = 250;

/**
 * Rows for a rule to look at outside a transaction. They are of several moments, so what a rule says of them is a guess.
 *
 * @param needs - names what to read, and is asked again with what was read; what is asked by other columns than the key is left out.
 */
export async function readView(reads: Reads, needs: (view: View) => readonly Need[]): Promise<View> {
  const tables = new Map<string, Map<string, Row | null>>();
  const rowsOf = (name: string): Map<string, Row | null> => {
    const rows = tables.get(name) ?? new Map<string, Row | null>();
    tables.set(name, rows);
    return rows;
  };
  const view: View = {
    get: <R extends Row>(table: Table<R>, key: Key | string) =>
      (rowsOf(table.name).get(typeof key === "string" ? key : keyText(key)) ?? undefined) as R | undefined,
    find: <R extends Row>(_table: Table<R>, _where: Readonly<Record<string, Value>>): readonly R[] => [],
  };
  for (let round = 0; round < maximumRounds; round++) {
    const wanted = new Map<TableDefinition, Map<string, Key>>();
    for (const need of needs(view)) {
      if (!("key" in need) || rowsOf(need.table.name).has(keyText(need.key))) continue;
      const keys = wanted.get(need.table) ?? new Map<string, Key>();
      wanted.set(need.table, keys.set(keyText(need.key), need.key));
    }
    if (wanted.size === 0) break;
    for (const [table, keys] of wanted) await readKeys(reads, table, [...keys.values()], rowsOf(table.name));
  }
  return view;
}

/** Reads rows by key: all that have one of the wanted values in each key column hold the wanted ones. */
async function readKeys(reads: Reads, table: TableDefinition, keys: readonly Key[], into: Map<string, Row | null>): Promise<void> {
  for (let start = 0; start < keys.length; start += maximumKeys) {
    const some = keys.slice(start, start + maximumKeys);
    for (const key of some) into.set(keyText(key), null);
    const where: Record<string, Condition> = {};
    for (const [index, column] of table.key.entries()) where[column] = { in: [...new Set(some.map((key) => key[index] as Value))] };
    let after: Key | undefined;
    for (;;) {
      const page = await reads.find(table.name, { where, limit: 1_000, ...(after && { after }) });
      for (const row of page.rows) into.set(rowKeyText(table, row), row);
      const last = page.rows.at(-1);
      if (!page.more || !last) break;
      after = table.key.map((column) => last[column] as string | number);
    }
  }
}
