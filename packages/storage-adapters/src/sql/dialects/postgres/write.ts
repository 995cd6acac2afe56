import type { Group, TableWrite } from "../../group";
import { type ColumnLayout, isNamed, type TableLayout } from "../../layout";
import type { Bound, RawRow, Scalar } from "../../rows";
import { createShapes, type Shape, wholeShape } from "../../shape";
import type { Session, WritePlan } from "../dialect";

/** In which transaction a group is written: one of its own, or one that is open, `inside` which the head may have been locked. */
type Where = "alone" | { readonly inside: string | undefined };

/**
 * Writes a group with one statement that moves the head from where the group expects it and, only if that hit, writes every
 * row. Alone it is a transaction of its own, whose commit is the end of the statement. Where the head was locked it hits in that transaction only.
 */
export async function writePostgres(session: Session, plan: WritePlan, group: Group, where: Where): Promise<boolean> {
  const inside = where === "alone" ? undefined : where.inside;
  const { text, parts } = statementOf(plan, group, where === "alone" ? "alone" : inside === undefined ? "believing" : "locked");
  const values: Bound[] = [group.from.commits, group.seq, group.wide, group.from.epoch];
  if (inside !== undefined) values.push(inside);
  for (const { columns, shape } of parts) {
    for (const { index } of shape.shared) values.push(columns[index]?.[0] as Scalar);
    for (const { index } of shape.differing) values.push(columns[index] as readonly Scalar[]);
  }
  const raw: readonly RawRow[] = await session.run({ text, values, prepared: true });
  return raw.length === 1;
}

/** Rows of one table, and how they are sent. */
interface Part extends TableWrite {
  readonly shape: Shape;
}

const shapeOf = createShapes(true);
const texts = new WeakMap<WritePlan, Map<string, string>>();
// Tables have their shapes independently of each other; a server should not have to keep all that may come of it.
const mostTexts = 64;

type Mode = "alone" | "believing" | "locked";

function statementOf(plan: WritePlan, { writes, presumed }: Group, mode: Mode): { text: string; parts: readonly Part[] } {
  const known = texts.get(plan) ?? new Map<string, string>();
  texts.set(plan, known);
  // Alone, a key that is there fails the statement and nothing else.
  const proving = presumed && mode !== "alone";
  const nameOf = (parts: readonly Part[]) => `${mode}${proving}${parts.map(({ table, shape }) => ` ${table.name} ${shape.name}`).join("")}`;
  const shaped = writes.map((write) => ({ ...write, shape: shapeOf(write) }));
  const fits = known.has(nameOf(shaped)) || known.size < mostTexts;
  const parts = fits ? shaped : writes.map((write) => ({ ...write, shape: wholeShape(write.table) }));
  const name = nameOf(parts);
  const text = known.get(name) ?? composeText(plan, parts, mode, proving);
  known.set(name, text);
  return { text, parts };
}

function composeText({ head, channel, limits }: WritePlan, parts: readonly Part[], mode: Mode, proving: boolean): string {
  const alone = mode === "alone";
  // Outside a transaction block these settings hold for this one statement and its commit.
  const settings = `"limits" AS MATERIALIZED (SELECT set_config('lock_timeout', '${limits.lockMs}', true) || set_config('synchronous_commit', 'on', true) AS "set")`;
  let position = mode === "locked" ? 6 : 5;
  const unknown: string[] = [];
  const written = parts.map(({ table, shape }, index) => {
    const insert = insertText(table, shape, position);
    if (proving && isNamed(table)) unknown.push(` AND NOT EXISTS (${knownText(table, shape, position)})`);
    position += shape.shared.length + shape.differing.length;
    return `"w${index}" AS (${insert})`;
  });
  const held = { alone: ' AND "limits"."set" IS NOT NULL', believing: "", locked: " AND pg_current_xact_id_if_assigned()::text = $5" }[
    mode
  ];
  const conditions = `"id" = 1 AND "commits" = $1 AND "epoch" = $4${held}${unknown.join("")}`;
  const moved = `UPDATE ${head} SET "seq" = $2, "commits" = "commits" + 1, "wide" = COALESCE($3, "wide")${alone ? ' FROM "limits"' : ""} WHERE ${conditions} RETURNING "seq"`;
  const steps = [...(alone ? [settings] : []), `"moved" AS (${moved})`, ...written];
  return `WITH ${steps.join(", ")} SELECT pg_notify('${channel}', "seq"::text) FROM "moved"`;
}

const types = { text: "text", integer: "bigint", timestamp: "bigint", boolean: "boolean", json: "text" } as const;

/** Rows that stand where new ones are to go. Of a key of several columns it may find too many, never too few. */
function knownText({ sql, key }: TableLayout, { shared, differing }: Shape, position: number): string {
  const sent = [...shared, ...differing];
  const given = (column: ColumnLayout) => {
    const index = sent.indexOf(column);
    const value = `$${position + index}::${types[column.type]}`;
    return index < shared.length ? value : `ANY(${value}[])`;
  };
  return `SELECT 1 FROM ${sql} "t" WHERE ${key.map((column) => `"t".${column.sql} = ${given(column)}`).join(" AND ")}`;
}

function insertText({ definition, sql, key }: TableLayout, { shared, differing, absent }: Shape, position: number): string {
  const sent = [...shared, ...differing];
  const json = ({ type }: ColumnLayout) => (type === "json" ? "::json" : "");
  const once = shared.map((column, index) => `$${position + index}::${types[column.type]}${json(column)}`);
  const each = differing.map((column, index) => `"u"."c${index}"${json(column)}`);
  const arrays = differing.map(({ type }, index) => `$${position + shared.length + index}::${types[type]}[]`);
  const rows = `unnest(${arrays.join(", ")}) AS "u"(${differing.map((_, index) => `"c${index}"`).join(", ")}) WHERE EXISTS (SELECT 1 FROM "moved")`;
  const from = differing.length > 0 ? rows : '"moved"';
  const insert = `INSERT INTO ${sql} (${sent.map((column) => column.sql).join(", ")}) SELECT ${[...once, ...each].join(", ")} FROM ${from}`;
  if (definition.kind === "log") return insert;
  const kept = [
    ...sent.filter((column) => !key.includes(column)).map((column) => `${column.sql} = EXCLUDED.${column.sql}`),
    ...absent.map((column) => `${column.sql} = NULL`),
  ];
  return `${insert} ON CONFLICT (${key.map((column) => column.sql).join(", ")}) DO UPDATE SET ${kept.join(", ")}`;
}
