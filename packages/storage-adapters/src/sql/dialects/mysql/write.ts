import type { Group, TableWrite } from "../../group";
import type { TableLayout } from "../../layout";
import { encode } from "../../rows";
import type { Session, WritePlan } from "../dialect";
import { jsonTableType } from "./types";

// A packet is at most 16 MiB unless the server says otherwise, older servers' 4.
const chunkLength = 1_000_000;

/** Writes a group in the transaction that is open: the head if it stands where it should, then a statement or more per table. */
export async function writeMysql(session: Session, { head }: WritePlan, group: Group, mariadb: boolean): Promise<boolean> {
  const moved = await session.run({
    text: `UPDATE ${head} SET seq = ?, commits = commits + 1, wide = COALESCE(?, wide) WHERE id = 1 AND commits = ?`,
    values: [group.seq, group.wide, group.from.commits],
  });
  if (moved[0]?.[0] !== 1) return false;
  for (const write of group.writes) await writeRows(session, write, mariadb);
  return true;
}

async function writeRows(session: Session, { table, rows }: TableWrite, mariadb: boolean): Promise<void> {
  const texts = writeTexts(table, mariadb);
  let chunk = "";
  const flush = async () => {
    for (const text of texts) await session.run({ text, values: [`[${chunk}]`] });
    chunk = "";
  };
  for (const row of rows) {
    const line = JSON.stringify(table.columns.map((column) => encode(column, row[column.name])));
    if (chunk !== "" && chunk.length + line.length > chunkLength) await flush();
    chunk += chunk === "" ? line : `,${line}`;
  }
  await flush();
}

const known = new WeakMap<TableLayout, readonly string[]>();

function writeTexts(table: TableLayout, mariadb: boolean): readonly string[] {
  let texts = known.get(table);
  if (!texts) {
    texts = composeTexts(table, mariadb);
    known.set(table, texts);
  }
  return texts;
}

function composeTexts({ definition, sql, columns, key }: TableLayout, mariadb: boolean): readonly string[] {
  const shape = columns.map((column, index) => `c${index} ${jsonTableType(column, mariadb)} PATH '$[${index}]'`).join(", ");
  const source = `JSON_TABLE(?, '$[*]' COLUMNS (${shape})) j`;
  const insert = `INSERT INTO ${sql} (${columns.map((column) => column.sql).join(", ")}) SELECT ${columns.map((_, index) => `j.c${index}`).join(", ")} FROM ${source}`;
  if (definition.kind === "log") return [insert];
  const others = columns.filter((column) => !key.includes(column));
  if (!definition.unique)
    return [`${insert} ON DUPLICATE KEY UPDATE ${others.map((column) => `${column.sql} = VALUES(${column.sql})`).join(", ")}`];
  // ON DUPLICATE KEY would give way to a clash in any unique index, and overwrite a row of another key.
  const same = key.map((column) => `t.${column.sql} = j.c${column.index}`).join(" AND ");
  return [
    `UPDATE ${source} STRAIGHT_JOIN ${sql} t ON ${same} SET ${others.map((column) => `t.${column.sql} = j.c${column.index}`).join(", ")}`,
    `${insert} WHERE NOT EXISTS (SELECT 1 FROM ${sql} t WHERE ${same})`,
  ];
}
