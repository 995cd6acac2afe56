import type { Group, TableWrite } from "../../group";
import type { TableLayout } from "../../layout";
import { encode } from "../../rows";
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

const texts = new WeakMap<TableLayout, string>();

function writeRows(on: SqliteDatabase, { table, rows }: TableWrite): void {
  let text = texts.get(table);
  if (text === undefined) {
    text = insertText(table);
    texts.set(table, text);
  }
  runSqliteRows(
    on,
    text,
    rows.map((row) => table.columns.map((column) => encode(column, row[column.name]))),
  );
}

/** An upsert names the key it gives way to, so a clash in another unique index is an error and not another row overwritten. */
function insertText({ definition, sql, columns, key }: TableLayout): string {
  const insert = `INSERT INTO ${sql} (${columns.map((column) => column.sql).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
  if (definition.kind === "log") return insert;
  const kept = columns.filter((column) => !key.includes(column)).map((column) => `${column.sql} = excluded.${column.sql}`);
  return `${insert} ON CONFLICT (${key.map((column) => column.sql).join(", ")}) DO UPDATE SET ${kept.join(", ")}`;
}
