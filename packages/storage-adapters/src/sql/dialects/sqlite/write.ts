import type { Group, TableWrite } from "../../group";
import type { TableLayout } from "../../layout";
import type { Scalar } from "../../rows";
import { createShapes, type Shape } from "../../shape";
import type { WritePlan } from "../dialect";
import { runSqlite, runSqliteRows, type SqliteDatabase } from "./session";

/** Writes a group in the transaction that is open: the head if it stands where it should, then row by row. */
export function writeSqlite(on: SqliteDatabase, { head }: WritePlan, group: Group): boolean {
  const moved = runSqlite(
    on,
    `UPDATE ${head} SET "seq" = ?, "commits" = "commits" + 1, "wide" = COALESCE(?, "wide") WHERE "id" = 1 AND "commits" = ?`,
    [group.seq, group.wide, group.from.commits],
  );
  if (moved[0]?.[0] !== 1) return false;
  for (const write of group.writes) writeRows(on, write);
  return true;
}

const shapeOf = createShapes(false);
const texts = new WeakMap<Shape, Map<number, string>>();

// Rows of one statement: it costs less than as many statements. Beyond so many there is nothing more to gain.
const together = 16;

function writeRows(on: SqliteDatabase, write: TableWrite): void {
  const shape = shapeOf(write);
  const sent = shape.differing.map(({ index }) => write.columns[index] as readonly Scalar[]);
  const whole = write.count - (write.count % together);
  runSqliteRows(on, insertText(write.table, shape, together), sent, { from: 0, to: whole, together });
  runSqliteRows(on, insertText(write.table, shape, 1), sent, { from: whole, to: write.count, together: 1 });
}

function insertText(table: TableLayout, shape: Shape, rows: number): string {
  const known = texts.get(shape) ?? new Map<number, string>();
  texts.set(shape, known);
  const text = known.get(rows) ?? composeText(table, shape, rows);
  known.set(rows, text);
  return text;
}

/**
 * OR FAIL leaves what a statement that fails has written so far to the transaction, which is undone. To undo it alone, SQLite would keep a copy of
 * each page before it changes. An upsert names the key it gives way to, so a clash in another unique index is an error and not another row overwritten.
 */
function composeText({ definition, sql, key }: TableLayout, { differing, absent }: Shape, rows: number): string {
  const row = `(${differing.map(() => "?").join(", ")})`;
  const values = Array.from({ length: rows }, () => row).join(", ");
  const insert = `INSERT OR FAIL INTO ${sql} (${differing.map((column) => column.sql).join(", ")}) VALUES ${values}`;
  if (definition.kind === "log") return insert;
  const kept = [
    ...differing.filter((column) => !key.includes(column)).map((column) => `${column.sql} = excluded.${column.sql}`),
    ...absent.map((column) => `${column.sql} = NULL`),
  ];
  return `${insert} ON CONFLICT (${key.map((column) => column.sql).join(", ")}) DO UPDATE SET ${kept.join(", ")}`;
}
