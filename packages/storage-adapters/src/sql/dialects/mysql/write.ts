import { isSqlFailure } from "../../failures";
import type { Group, TableWrite } from "../../group";
import type { TableLayout } from "../../layout";
import type { Bound, Scalar } from "../../rows";
import { createShapes, type Shape, wholeShape } from "../../shape";
import type { Session, WritePlan } from "../dialect";
import { jsonTableType } from "./types";

// A packet is at most 16 MiB unless the server says otherwise, older servers' 4.
const chunkLength = 1_000_000;

/** `patiently`: the head is waited for as long as the host says. In a transaction of ours it is waited for as long as we do, where the server can be told. */
interface Where {
  readonly mariadb: boolean;
  readonly patiently: boolean;
}

/** How long a statement waits for a row. MySQL has it for whole sessions only, and those are the host's. */
export const waitSeconds = ({ lockMs }: WritePlan["limits"]): number => Math.max(1, Math.ceil(lockMs / 1_000));

/** Writes a group in the transaction that is open: the head if it stands where it should, then a statement or more per table. */
export async function writeMysql(session: Session, plan: WritePlan, group: Group, { mariadb, patiently }: Where): Promise<boolean> {
  const wait = mariadb && !patiently ? impatiently(plan) : "";
  const moved = await session.run({ text: wait + moveText(plan), values: moveValues(group) });
  if (moved[0]?.[0] !== 1) return false;
  for (const write of group.writes) {
    const shape = shapeOf(write);
    for (const chunk of chunksOf(shape, write)) {
      for (const text of writeTexts(write.table, shape, mariadb)) await session.run({ text, values: chunk });
    }
  }
  return true;
}

const moveText = ({ head }: WritePlan): string =>
  `UPDATE ${head} SET seq = ?, commits = commits + 1, wide = COALESCE(?, wide) WHERE id = 1 AND commits = ? AND epoch = ?`;
/** Stands before a statement that waits no longer for a row than we do. */
const impatiently = ({ limits }: WritePlan): string => `SET STATEMENT innodb_lock_wait_timeout = ${waitSeconds(limits)} FOR `;
const moveValues = ({ seq, wide, from }: Group): Bound[] => [seq, wide, from.commits, from.epoch];

/** The number of the error by which a compound statement says that the head is not where the group expects it. */
const headMoved = 31_644;
const compounds = { alone: new WeakMap<WritePlan, Map<string, string>>(), inside: new WeakMap<WritePlan, Map<string, string>>() } as const;
// Tables have their shapes independently of each other; a server should not have to keep all that may come of it.
const mostCompounds = 64;

/** In a transaction of its own, or in one of a host. */
type Place = keyof typeof compounds;

/**
 * Writes a group as one statement, as MariaDB takes it: one message instead of one for each table and one more. Alone it is a transaction of its own;
 * inside a host's, what it wrote before it failed is left to be undone. False, and nothing written, when the head is not where the group expects it;
 * undefined when it does not fit one statement.
 */
export async function writeCompound(session: Session, plan: WritePlan, group: Group, where: Place): Promise<boolean | undefined> {
  const values = moveValues(group);
  const texts: string[] = [];
  for (const write of group.writes) {
    const shape = shapeOf(write);
    const [chunk = [], ...more] = chunksOf(shape, write);
    if (more.length > 0) return undefined;
    for (const text of writeTexts(write.table, shape, true)) {
      texts.push(text);
      values.push(...chunk);
    }
  }
  const text = compoundText(plan, texts, where);
  if (text === undefined) return undefined;
  try {
    await session.run({ text, values });
    return true;
  } catch (error) {
    if (isSqlFailure(error) && (error.cause as { readonly errno?: unknown } | undefined)?.errno === headMoved) return false;
    throw error;
  }
}

function compoundText(plan: WritePlan, writes: readonly string[], where: Place): string | undefined {
  const known = compounds[where].get(plan) ?? new Map<string, string>();
  compounds[where].set(plan, known);
  const body = writes.join("; ");
  const text = known.get(body) ?? (known.size < mostCompounds ? compose[where](plan, writes) : undefined);
  if (text !== undefined) known.set(body, text);
  return text;
}

const checkMoved = `IF ROW_COUNT() <> 1 THEN SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = ${headMoved}, MESSAGE_TEXT = 'the head has moved'; END IF`;

const compose = {
  alone: (plan, writes) =>
    [
      "BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END",
      "START TRANSACTION",
      impatiently(plan) + moveText(plan),
      checkMoved,
      ...writes,
      "COMMIT",
      "END",
    ].join("; "),
  inside: (plan, writes) => [`BEGIN NOT ATOMIC ${moveText(plan)}`, checkMoved, ...writes, "END"].join("; "),
} as const satisfies Record<Place, (plan: WritePlan, writes: readonly string[]) => string>;

const shapes = createShapes(true);

// Where rows are looked for before they are written the columns are named more than once: there every row is sent whole.
const shapeOf = (write: TableWrite): Shape => (write.table.definition.unique ? wholeShape(write.table) : shapes(write));

/** The values of the statements that write rows: what they share, and the rest of as many of them as one packet takes. */
function chunksOf({ shared, differing }: Shape, { columns, count }: TableWrite): Bound[][] {
  const once = shared.map(({ index }) => columns[index]?.[0] as Scalar);
  if (differing.length === 0) return [once];
  const sent = differing.map(({ index }) => columns[index] as readonly Scalar[]);
  const rows = Array.from({ length: count }, (_, row) => sent.map((values) => values[row]));
  return packets(rows).map((text) => [...once, text]);
}

/** Rows as JSON, halved for as long as they are too many for one packet. */
function packets(rows: readonly unknown[]): string[] {
  const text = JSON.stringify(rows);
  if (text.length <= chunkLength || rows.length === 1) return [text];
  const middle = Math.ceil(rows.length / 2);
  return [...packets(rows.slice(0, middle)), ...packets(rows.slice(middle))];
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
