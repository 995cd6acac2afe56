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
  const tracesOf = await changedSince(wanted, tableOf, run, since, suffix);
  const read = async (table: TableLayout, extent: Extent): Promise<Row[]> => {
    const decodeRow = rowDecoder(table);
    const traces = head.seq - since < farBehind ? (tracesOf.get(table) ?? []) : [];
    const statement = changesOf(table, traces, since, extent, suffix);
    return (await run(statement)).map((values) => decodeRow(values));
  };
  const found: { name: string; rows: Row[]; cut: boolean }[] = [];
  for (const table of tracesOf.keys()) {
    const rows = await read(table, { to: head.seq, limit: limit + 1 });
    found.push({ name: table.definition.name, rows, cut: rows.length > limit });
  }
  const page = mergeChanges(found, limit);
  const last = page.items.at(-1)?.row.seq;
  // A table whose rows stop within the page's last number may have more of that number.
  const short = found.filter(({ rows, cut }) => cut && last !== undefined && (rows.at(-1) as Row).seq <= last);
  if (short.length === 0 || last === undefined) return { ...page, head: head.seq };
  for (const table of short) {
    const whole = await read(tableOf(table.name), { to: last });
    const [next] = await run(nextOf(dialect, tableOf(table.name), last, suffix));
    table.rows = next ? [...whole, rowDecoder(tableOf(table.name))(next)] : whole;
  }
  return { ...mergeChanges(found, limit), head: head.seq };
}

/**
 * The tables that may have anything newer, each with those of its traces that have: most commits touch two or three of many tables, and
 * one question tells which. A table of a kind that traces itself has none.
 */
async function changedSince(
  tables: readonly TableLayout[],
  tableOf: (name: string) => TableLayout,
  run: Run,
  since: number,
  suffix: string,
): Promise<ReadonlyMap<TableLayout, readonly TableLayout[]>> {
  const tracesOf = ({ definition }: TableLayout) => (definition.tracedBy ?? []).map(tableOf);
  const traced = tables.filter((table) => tracesOf(table).length > 0);
  const asked = [...new Set(tables.flatMap((table) => (traced.includes(table) ? tracesOf(table) : [table])))];
  const newest = (table: TableLayout) => {
    const seq = table.column("seq").sql;
    return `(SELECT ${seq} FROM ${table.sql} ORDER BY ${seq} DESC LIMIT 1${suffix})`;
  };
  const any = ({ sql }: TableLayout) => `(SELECT 1 FROM ${sql} LIMIT 1${suffix})`;
  const text = `SELECT ${[...asked.map(newest), ...traced.map(any)].join(", ")}`;
  const [found = []] = await run({ text, values: [], prepared: true });
  const changed = new Set(asked.filter((_, index) => Number(found[index] ?? -1) > since));
  const empty = new Set(traced.filter((_, index) => (found[asked.length + index] ?? null) === null));
  const changes = new Map<TableLayout, readonly TableLayout[]>();
  for (const table of tables) {
    const traces = tracesOf(table).filter((trace) => changed.has(trace));
    if (changed.has(table) || (traces.length > 0 && !empty.has(table))) changes.set(table, traces);
  }
  return changes;
}

interface Extent {
  /** The last number wanted. A range that ends is found through the index even where nobody has counted the rows of a table yet. */
  readonly to: number;
  readonly limit?: number;
}

/** A table's rows in seq order: through its index on seq, or through the tables that trace its changes. */
function changesOf(table: TableLayout, traces: readonly TableLayout[], since: number, { to, limit }: Extent, suffix: string): Statement {
  const columns = table.columns.map((column) => `t.${column.sql}`).join(", ");
  const seq = table.column("seq").sql;
  const bounds = (alias: string) => `${alias}.${seq} > ${since} AND ${alias}.${seq} <= ${to}`;
  const rows = limit === undefined ? "" : ` LIMIT ${limit}`;
  const order = `ORDER BY t.${seq}${table.key.map((column) => `, t.${column.sql}`).join("")}`;
  if (traces.length === 0) return plain(`SELECT ${columns} FROM ${table.sql} t WHERE ${bounds("t")} ${order}${rows}${suffix}`);
  const keys = traces.map((trace) => {
    const names = [...table.key.map((column) => trace.column(column.name).sql), seq].join(", ");
    return `SELECT DISTINCT ${names} FROM ${trace.sql} r WHERE ${bounds("r")}${suffix}`;
  });
  const same = [...table.key.map((column) => column.sql), seq].map((name) => `t.${name} = r.${name}`).join(" AND ");
  return plain(`SELECT ${columns} FROM (${keys.join(" UNION ")}) r JOIN ${table.sql} t ON ${same} ${order}${rows}${suffix}`);
}

function nextOf(dialect: Dialect, table: TableLayout, seq: number, suffix: string): Statement {
  const columns = table.columns.map((column) => column.sql).join(", ");
  const name = dialect.quote("seq");
  return plain(`SELECT ${columns} FROM ${table.sql} WHERE ${name} > ${seq} ORDER BY ${name} LIMIT 1${suffix}`);
}

// Whole numbers are written into the text: they were checked, and some servers take no parameters in these places.
const plain = (text: string): Statement => ({ text, values: [] });
