import type { Row, RowChange } from "@onhand/core";

/** Merges tables' changes into one list in seq order, cut after the first whole seq that reaches the limit. */
export function mergeChanges(
  tables: readonly { readonly name: string; readonly rows: Iterable<Row> }[],
  limit: number,
): { items: RowChange[]; more: boolean } {
  const sources = tables.map(({ name, rows }) => {
    const iterator = rows[Symbol.iterator]();
    return { name, iterator, next: iterator.next() };
  });
  const items: RowChange[] = [];
  for (;;) {
    let first: (typeof sources)[number] | undefined;
    for (const source of sources) {
      if (!source.next.done && (!first || source.next.value.seq < first.next.value.seq)) first = source;
    }
    if (!first) return { items, more: false };
    const row = first.next.value as Row;
    const last = items.at(-1);
    if (items.length >= limit && last && last.row.seq !== row.seq) return { items, more: true };
    items.push({ table: first.name, row });
    first.next = first.iterator.next();
  }
}
