import type { Row } from "@onhand/core";
import type { Group, TableWrite } from "../../group";
import type { TableLayout } from "../../layout";
import { encode } from "../../rows";
import { createShapes, type Shape, wholeShape } from "../../shape";
import type { Session, WritePlan } from "../dialect";
import { jsonTableType } from "./types";

// A packet is at most 16 MiB unless the server says otherwise, older servers' 4.
const chunkLength = 1_000_000;

/** Writes a group in the transaction that is open: the head if it stands where it should, then a statement or more per table. */
export async function writeMysql(session: Session, { head }: WritePlan, group: Group, mariadb: boolean): Promise<boolean> {
  const moved = await session.run({
    text: `UPDATE ${head} SET seq = ?, commits = commits + 1, wide = COALESCE(?, wide) WHERE id = 1 AND commits = ? AND epoch = ?`,
    values: [group.seq, group.wide, group.from.commits, group.from.epoch],
  });
  if (moved[0]?.[0] !== 1) return false;
  for (const write of group.writes) await writeRows(session, write, mariadb);
  return true;
}

const shapes = createShapes(true);

// Where rows are looked for before they are written the columns are named more than once: there every row is sent whole.
const shapeOf = (table: TableLayout, rows: readonly Row[]): Shape => (table.definition.unique ? wholeShape(table) : shapes(table, rows));

async function writeRows(session: Session, { table, rows }: TableWrite, mariadb: boolean): Promise<void> {
  const shape = shapeOf(table, rows);
  const texts = writeTexts(table, shape, mariadb);
  const shared = shape.shared.map((column) => encode(column, rows[0]?.[column.name]));
  const send = async (listed: readonly string[]) => {
    for (const text of texts) await session.run({ text, values: [...shared, ...listed] });
  };
  if (shape.differing.length === 0) return send([]);
  let chunk = "";
  for (const row of rows) {
    const line = JSON.stringify(shape.differing.map((column) => encode(column, row[column.name])));
    if (chunk !== "" && chunk.length + line.length > chunkLength) {
      await send([`[${chunk}]`]);
      chunk = "";
    }
    chunk += chunk === "" ? line : `,${line}`;
  }
  await send([`[${chunk}]`]);
}

const known = new WeakMap<Shape, readonly string[]>();

function writeTexts(table: TableLayout, shape: Shape, mariadb: boolean): readonly string[] {
  const texts = known.get(shape) ?? composeTexts(table, shape, mariadb);
  known.set(shape, texts);
  return texts;
}

function composeTexts({ definition, sql, key }: TableLayout, { shared, differing, absent }: Shape, mariadb: boolean): readonly string[] {
  const shape = differing.map((column, index) => `c${index} ${jsonTableType(column, mariadb)} PATH '$[${index}]'`).join(", ");
  const source = `JSON_TABLE(?, '$[*]' COLUMNS (${shape})) j`;
  const sent = [...shared, ...differing];
  const values = [...shared.map(() => "?"), ...differing.map((_, index) => `j.c${index}`)].join(", ");
  const insert = `INSERT INTO ${sql} (${sent.map((column) => column.sql).join(", ")}) SELECT ${values}${differing.length > 0 ? ` FROM ${source}` : ""}`;
  if (definition.kind === "log") return [insert];
  const others = sent.filter((column) => !key.includes(column));
  if (!definition.unique) {
    const kept = [...others.map((column) => `${column.sql} = VALUES(${column.sql})`), ...absent.map((column) => `${column.sql} = NULL`)];
    return [`${insert} ON DUPLICATE KEY UPDATE ${kept.join(", ")}`];
  }
  // ON DUPLICATE KEY would give way to a clash in any unique index, and overwrite a row of another key.
  const same = key.map((column) => `t.${column.sql} = j.c${column.index}`).join(" AND ");
  return [
    `UPDATE ${source} STRAIGHT_JOIN ${sql} t ON ${same} SET ${others.map((column) => `t.${column.sql} = j.c${column.index}`).join(", ")}`,
    `${insert} WHERE NOT EXISTS (SELECT 1 FROM ${sql} t WHERE ${same})`,
  ];
}
