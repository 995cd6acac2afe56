import type { Group, TableWrite } from "../../group";
import type { ColumnLayout, TableLayout } from "../../layout";
import { type Bound, encode, type RawRow } from "../../rows";
import type { Session, WritePlan } from "../dialect";

/**
 * Writes a group with one statement that moves the head from where the group expects it and, only if that hit, writes every
 * row. Alone it is a transaction of its own, whose commit is the end of the statement.
 */
export async function writePostgres(session: Session, plan: WritePlan, group: Group, alone: boolean): Promise<boolean> {
  const values: Bound[] = [group.from.commits, group.seq, group.wide];
  for (const { table, rows } of group.writes)
    for (const column of table.columns) values.push(rows.map((row) => encode(column, row[column.name])));
  const raw: readonly RawRow[] = await session.run({ text: writeText(plan, group.writes, alone), values, prepared: true });
  return raw.length === 1;
}

const texts = new WeakMap<WritePlan, Map<string, string>>();

function writeText(plan: WritePlan, writes: readonly TableWrite[], alone: boolean): string {
  let known = texts.get(plan);
  if (!known) {
    known = new Map();
    texts.set(plan, known);
  }
  const name = `${alone}${writes.map(({ table }) => ` ${table.name}`).join("")}`;
  let text = known.get(name);
  if (text === undefined) {
    text = composeText(plan, writes, alone);
    known.set(name, text);
  }
  return text;
}

function composeText({ head, channel, limits }: WritePlan, writes: readonly TableWrite[], alone: boolean): string {
  // Outside a transaction block these settings hold for this one statement and its commit.
  const settings = `"limits" AS MATERIALIZED (SELECT set_config('lock_timeout', '${limits.lockMs}', true) || set_config('synchronous_commit', 'on', true) AS "set")`;
  const moved = `UPDATE ${head} SET "seq" = $2, "commits" = "commits" + 1, "wide" = COALESCE($3, "wide")${alone ? ' FROM "limits"' : ""} WHERE "id" = 1 AND "commits" = $1${alone ? ' AND "limits"."set" IS NOT NULL' : ""} RETURNING "seq"`;
  let position = 4;
  const written = writes.map(({ table }, index) => {
    const insert = insertText(table, position);
    position += table.columns.length;
    return `"w${index}" AS (${insert})`;
  });
  const parts = [...(alone ? [settings] : []), `"moved" AS (${moved})`, ...written];
  return `WITH ${parts.join(", ")} SELECT pg_notify('${channel}', "seq"::text) FROM "moved"`;
}

const arrays = { text: "text", integer: "bigint", timestamp: "bigint", boolean: "boolean", json: "text" } as const;

function insertText({ definition, sql, columns, key }: TableLayout, position: number): string {
  const names = columns.map((column) => column.sql).join(", ");
  const from = columns.map(({ type }, index) => `$${position + index}::${arrays[type]}[]`).join(", ");
  const select = columns.map((column, index) => `"u"."c${index}"${column.type === "json" ? "::json" : ""}`).join(", ");
  const aliases = columns.map((_, index) => `"c${index}"`).join(", ");
  const insert = `INSERT INTO ${sql} (${names}) SELECT ${select} FROM unnest(${from}) AS "u"(${aliases}) WHERE EXISTS (SELECT 1 FROM "moved")`;
  if (definition.kind === "log") return insert;
  const kept = columns.filter((column: ColumnLayout) => !key.includes(column)).map((column) => `${column.sql} = EXCLUDED.${column.sql}`);
  return `${insert} ON CONFLICT (${key.map((column) => column.sql).join(", ")}) DO UPDATE SET ${kept.join(", ")}`;
}
