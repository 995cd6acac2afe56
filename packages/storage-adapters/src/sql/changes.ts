import type { ChangeOptions, ChangePage, Row } from "@onhand/core";
import { mergeChanges } from "../shared/changes";
import type { Dialect } from "./dialects/dialect";
import type { HeadState } from "./head";
import type { TableLayout } from "./layout";
import { type RawRow, rowDecoder } from "./rows";
import type { Statement } from "./statement";

/** Runs one statement in the snapshot or transaction that changes are read in. */
export type Run = (statement: Statement) => Promise<readonly RawRow[]>;

// From here on it is less work to look at every row of a table than at everything that traced a change to it.
const farBehind = 20_000;

/** What was committed after `since`. All statements see one snapshot; `head` was read in it. */
export async function readChanges(
  dialect: Dialect,
  tableOf: (name: string) => TableLayout,
  run: Run,
  head: HeadState,
  since: number,
  { limit, tables }: ChangeOptions,
  suffix = "",
): Promise<ChangePage> {
  if (!Number.isSafeInteger(since) || !Number.isSafeInteger(limit)) throw new TypeError("since and limit must be whole numbers");
  const wanted = tables.map(tableOf);
  if (since >= head.seq) return { items: [], more: false, head: head.seq };
  const layouts = await changedSince(wanted, tableOf, run, since, suffix);
  const read = async (table: TableLayout, to: number | undefined): Promise<Row[]> => {
    const decodeRow = rowDecoder(table);
    const statement = changesOf(
      dialect,
      table,
      tableOf,
      head.seq - since < farBehind,
      since,
      to === undefined ? { limit: limit + 1 } : { to },
      suffix,
    );
    return (await run(statement)).map((values) => decodeRow(values));
  };
  const found: { name: string; rows: Row[]; cut: boolean }[] = [];
  for (const table of layouts) {
    const rows = await read(table, undefined);
    found.push({ name: table.definition.name, rows, cut: rows.length > limit });
  }
  const page = mergeChanges(found, limit);
  const last = page.items.at(-1)?.row.seq;
  // A table whose rows stop within the page's last number may have more of that number.
  const short = found.filter(({ rows, cut }) => cut && last !== undefined && (rows.at(-1) as Row).seq <= last);
  if (short.length === 0 || last === undefined) return { ...page, head: head.seq };
  for (const table of short) {
    const whole = await read(tableOf(table.name), last);
    const [next] = await run(nextOf(dialect, tableOf(table.name), last, suffix));
    table.rows = next ? [...whole, rowDecoder(tableOf(table.name))(next)] : whole;
  }
  return { ...mergeChanges(found, limit), head: head.seq };
}

/** Those of the tables that may have anything newer: most commits touch two or three of many, and one question tells which. */
async function changedSince(
  tables: readonly TableLayout[],
  tableOf: (name: string) => TableLayout,
  run: Run,
  since: number,
  suffix: string,
): Promise<readonly TableLayout[]> {
  const tracing = (table: TableLayout) => (table.definition.tracedBy ?? [table.definition.name]).map(tableOf);
  const asked = [...new Set(tables.flatMap(tracing))];
  if (asked.length < 2) return tables;
  const traced = tables.filter((table) => table.definition.tracedBy);
  const newest = (table: TableLayout) => {
    const seq = table.column("seq").sql;
    return `(SELECT ${seq} FROM ${table.sql} ORDER BY ${seq} DESC LIMIT 1${suffix})`;
  };
  const any = (table: TableLayout) => `(SELECT 1 FROM ${table.sql} LIMIT 1${suffix})`;
  const text = `SELECT ${[...asked.map(newest), ...traced.map(any)].join(", ")}`;
  const [found = []] = await run({ text, values: [], prepared: true });
  const changed = new Set(asked.filter((_, index) => Number(found[index] ?? -1) > since));
  const empty = new Set(traced.filter((_, index) => (found[asked.length + index] ?? null) === null));
  return tables.filter((table) => !empty.has(table) && tracing(table).some((trace) => changed.has(trace)));
}

type Extent = { readonly limit: number } | { readonly to: number };

/** A table's rows in seq order: through its index on seq, or through the tables that trace its changes. */
function changesOf(
  dialect: Dialect,
  table: TableLayout,
  tableOf: (name: string) => TableLayout,
  near: boolean,
  since: number,
  extent: Extent,
  suffix: string,
): Statement {
  const columns = table.columns.map((column) => `t.${column.sql}`).join(", ");
  const seq = table.column("seq").sql;
  const bounds = (alias: string) => `${alias}.${seq} > ${since}${"to" in extent ? ` AND ${alias}.${seq} <= ${extent.to}` : ""}`;
  const limit = "limit" in extent ? ` LIMIT ${extent.limit}` : "";
  const traces = near ? (table.definition.tracedBy ?? []).map(tableOf) : [];
  const order = `ORDER BY t.${seq}${table.key.map((column) => `, t.${column.sql}`).join("")}`;
  if (traces.length === 0) return plain(`SELECT ${columns} FROM ${table.sql} t WHERE ${bounds("t")} ${order}${limit}${suffix}`);
  const keys = traces.map((trace) => {
    const names = [...table.key.map((column) => trace.column(column.name).sql), seq].join(", ");
    return `SELECT DISTINCT ${names} FROM ${trace.sql} r WHERE ${bounds("r")}${suffix}`;
  });
  const same = [...table.key.map((column) => column.sql), seq].map((name) => `t.${name} = r.${name}`).join(" AND ");
  return plain(`SELECT ${columns} FROM (${keys.join(" UNION ")}) r ${dialect.joinEach(table.sql, "t", same)} ${order}${limit}${suffix}`);
}

function nextOf(dialect: Dialect, table: TableLayout, seq: number, suffix: string): Statement {
  const columns = table.columns.map((column) => column.sql).join(", ");
  const name = dialect.quote("seq");
  return plain(`SELECT ${columns} FROM ${table.sql} WHERE ${name} > ${seq} ORDER BY ${name} LIMIT 1${suffix}`);
}

// Whole numbers are written into the text: they were checked, and some servers take no parameters in these places.
const plain = (text: string): Statement => ({ text, values: [] });
