import { type Row, rowKeyText } from "@onhand/core";
import { type HeadState, wideColumns, wideText } from "./head";
import type { TableLayout } from "./layout";
import { encodeColumn, type Scalar } from "./rows";

/** What one transaction writes. */
export interface Group {
  /** Where the head stood when the transaction began. */
  readonly from: HeadState;
  /** Where it will stand. */
  readonly seq: number;
  /** The new text of the head row's wide columns; null when it stays. */
  readonly wide: string | null;
  readonly writes: readonly TableWrite[];
  /** Whether keys of its logs were taken for absent without reading. */
  readonly presumed: boolean;
}

/** The rows written to one table, at least one: upserted by key in a `state` table, inserted in a `log` table. */
export interface TableWrite {
  readonly table: TableLayout;
  /** How many there are. */
  readonly count: number;
  /** A list for each of the table's columns, of what is bound for each row. */
  readonly columns: readonly (readonly Scalar[])[];
}

/** What a transaction has written so far to one table. The last image of each key counts. */
export interface WrittenRows {
  readonly table: TableLayout;
  add(rows: readonly Row[]): void;
  byKey(): ReadonlyMap<string, Row>;
  rows(): readonly Row[];
}

/** Keys are worked out when somebody asks: most transactions never read what they appended. */
export function createWrittenRows(table: TableLayout): WrittenRows {
  const written: Row[] = [];
  const keyed = new Map<string, Row>();
  let next = 0;
  function byKey(): ReadonlyMap<string, Row> {
    for (; next < written.length; next++) {
      const row = written[next] as Row;
      keyed.set(rowKeyText(table.definition, row), row);
    }
    return keyed;
  }
  return {
    table,
    add: (rows) => {
      for (const row of rows) written.push(row);
    },
    byKey,
    rows: () => (table.definition.kind === "log" ? written : [...byKey().values()]),
  };
}

/** The group that a transaction's writes make. */
export function groupOf(from: HeadState, seq: number, written: Iterable<WrittenRows>, presumed: boolean): Group {
  const writes: TableWrite[] = [];
  let wide: Set<string> | undefined;
  for (const { table, rows } of written) {
    const all = rows();
    if (all.length === 0) continue;
    const columns = table.columns.map((column) => {
      const encoded = encodeColumn(column, all);
      const name = `${table.definition.name}.${column.name}`;
      if (encoded.wide && !from.wide.has(name)) wide = (wide ?? new Set(from.wide)).add(name);
      return encoded.values;
    });
    writes.push({ table, count: all.length, columns });
  }
  return { from, seq, wide: wide ? wideText(wide) : null, writes, presumed };
}

/** The head row once a group is written. */
export const headAfter = ({ from, seq, wide }: Group): HeadState => ({
  ...from,
  seq,
  commits: from.commits + 1,
  wide: wide === null ? from.wide : wideColumns(wide),
});
