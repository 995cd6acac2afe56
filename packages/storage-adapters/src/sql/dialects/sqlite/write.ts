import type { Group, TableWrite } from "../../group";
import type { TableLayout } from "../../layout";
import { encode } from "../../rows";
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
const texts = new WeakMap<Shape, string>();

function writeRows(on: SqliteDatabase, { table, rows }: TableWrite): void {
  const shape = shapeOf(table, rows);
  const text = texts.get(shape) ?? insertText(table, shape);
  texts.set(shape, text);
  const { differing } = shape;
  runSqliteRows(on, text, rows, (row) => differing.map((column) => encode(column, row[column.name])));
}

/** An upsert names the key it gives way to, so a clash in another unique index is an error and not another row overwritten. */
function insertText({ definition, sql, key }: TableLayout, { differing, absent }: Shape): string {
  const insert = `INSERT INTO ${sql} (${differing.map((column) => column.sql).join(", ")}) VALUES (${differing.map(() => "?").join(", ")})`;
  if (definition.kind === "log") return insert;
  const kept = [
    ...differing.filter((column) => !key.includes(column)).map((column) => `${column.sql} = excluded.${column.sql}`),
    ...absent.map((column) => `${column.sql} = NULL`),
  ];
  return `${insert} ON CONFLICT (${key.map((column) => column.sql).join(", ")}) DO UPDATE SET ${kept.join(", ")}`;
}
