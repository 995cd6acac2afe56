import { InventoryError, type TableSet } from "@onhand/core";
import type { Dialect, ExistingTables, Session } from "./dialects/dialect";
import { decodeHead, type HeadState, headColumns } from "./head";
import { headTable, type Namespace, qualified, type TableLayout, tableLayout } from "./layout";
import { boundedName, checksum, sqlName } from "./names";
import { headSelect } from "./query";

/** Tables of one inventory in one database. */
export interface Schema {
  readonly dialect: Dialect;
  readonly namespace: Namespace;
  readonly version: number;
  readonly tables: readonly TableLayout[];
  /** The head table's name, and the same quoted with its schema. */
  readonly headName: string;
  readonly head: string;
}

export function describeSchema(dialect: Dialect, namespace: Namespace, tables: TableSet): Schema {
  const headName = `${namespace.tablePrefix}${headTable}`;
  return {
    dialect,
    namespace,
    version: tables.version,
    tables: tables.tables.map((definition) => tableLayout(dialect, namespace, definition)),
    headName,
    head: qualified(dialect, namespace, headName),
  };
}

/** Everything that makes the tables of an inventory where there are none, in order. */
export const createStatements = (schema: Schema): string[] => [
  ...(schema.namespace.schema !== undefined && schema.dialect.ddl.createSchema
    ? [schema.dialect.ddl.createSchema(schema.namespace.schema)]
    : []),
  ...missingStatements(schema, { columns: new Map(), indexes: new Set() }),
];

/** The statements that give what exists what it lacks. */
function missingStatements(schema: Schema, existing: ExistingTables): string[] {
  const statements = existing.columns.has(schema.headName) ? [] : [createHead(schema)];
  for (const table of schema.tables) {
    const columns = existing.columns.get(table.name);
    if (!columns) statements.push(createTable(schema, table));
    else statements.push(...addColumns(schema, table, columns));
    statements.push(...createIndexes(schema, table, existing.indexes));
  }
  return statements;
}

function createHead({ dialect: { quote, ddl }, head }: Schema): string {
  const columns = [
    `${quote("id")} ${ddl.columnType({ name: "id", sql: quote("id"), type: "integer", nullable: false, index: 0, minimum: undefined }, noUse)} NOT NULL PRIMARY KEY CHECK (${quote("id")} = 1)`,
    `${quote("epoch")} ${ddl.textType} NOT NULL`,
    ...["seq", "commits", "version"].map((name) => {
      const type = ddl.columnType({ name, sql: quote(name), type: "integer", nullable: false, index: 0, minimum: undefined }, noUse);
      return `${quote(name)} ${type} NOT NULL CHECK (${quote(name)} >= 0)`;
    }),
    `${quote("wide")} ${ddl.textType} NOT NULL`,
  ];
  return `CREATE TABLE IF NOT EXISTS ${head} (${columns.join(", ")})${ddl.tableOptions(false)}`;
}

const noUse = { key: false, unique: false, indexed: false } as const;

function columnUse({ definition, key }: TableLayout, name: string) {
  return {
    key: key.some((column) => column.name === name),
    unique: definition.unique?.some((columns) => columns.includes(name)) ?? false,
    indexed: definition.indexes.some((columns) => columns.includes(name)),
  };
}

function createTable({ dialect: { ddl } }: Schema, table: TableLayout): string {
  const columns = table.columns.map((column) => {
    const type = ddl.columnType(column, columnUse(table, column.name));
    const check = column.minimum === undefined ? "" : ` CHECK (${column.sql} >= ${column.minimum})`;
    return `${column.sql} ${type}${column.nullable ? "" : " NOT NULL"}${check}`;
  });
  const key = `PRIMARY KEY (${table.key.map((column) => column.sql).join(", ")})`;
  return `CREATE TABLE IF NOT EXISTS ${table.sql} (${[...columns, key].join(", ")})${ddl.tableOptions(table.definition.tracedBy !== undefined)}`;
}

function addColumns({ dialect: { ddl } }: Schema, table: TableLayout, existing: ReadonlySet<string>): string[] {
  return table.columns
    .filter((column) => !existing.has(sqlName(column.name)))
    .map((column) => {
      const type = ddl.columnType(column, columnUse(table, column.name));
      const required = column.nullable ? "" : ` NOT NULL DEFAULT ${ddl.defaultOf(column)}`;
      return `ALTER TABLE ${table.sql} ADD COLUMN ${column.sql} ${type}${required}`;
    });
}

function createIndexes({ dialect }: Schema, table: TableLayout, existing: ReadonlySet<string>): string[] {
  const { definition } = table;
  // Rows that a trace leads to are found without an index on seq, which every update would have to maintain.
  const bySeq = definition.tracedBy || definition.key[0] === "seq" ? [] : [["seq"]];
  const wanted = [
    ...[...bySeq, ...definition.indexes].map((columns) => ({ columns, unique: false })),
    ...(definition.unique ?? []).map((columns) => ({ columns, unique: true })),
  ];
  return wanted.flatMap(({ columns, unique }) => {
    const name = boundedName(`${table.name}_${columns.map(sqlName).join("_")}_${unique ? "key" : "idx"}`);
    if (existing.has(name)) return [];
    const listed = columns.map((column) => dialect.ddl.indexed(table.column(column), unique)).join(", ");
    // SQLite puts an index where its table is; the others take the table's name with its schema.
    const on = dialect.name === "sqlite" ? dialect.quote(table.name) : table.sql;
    const first = table.column(columns[0] as string);
    // Most entries of a ledger have no reference: rows without a value are not looked up by it and need no room in its index.
    const where = dialect.ddl.partialIndexes && first.nullable && !unique ? ` WHERE ${first.sql} IS NOT NULL` : "";
    return [`CREATE ${unique ? "UNIQUE " : ""}INDEX ${dialect.ddl.ifNotExists}${dialect.quote(name)} ON ${on} (${listed})${where}`];
  });
}

/** How tables are brought to be. */
export interface MigrateOptions {
  /** False where the process may not create tables: then what is missing is an error. */
  readonly create: boolean;
  /** Whether the session is in a transaction that somebody else will commit. */
  readonly inside: boolean;
  readonly newEpoch: () => string;
}

/** Creates or migrates the tables unless they are as they should be, and reads the head. */
export async function migrate(schema: Schema, session: Session, options: MigrateOptions): Promise<HeadState> {
  const before = await inspect(schema, session);
  if (before.head?.version === schema.version && before.missing.length === 0) return before.head;
  if (before.missing.length > 0 && !options.create) {
    throw new InventoryError("UNSUPPORTED", {
      feature: `opening tables that are missing or of an older version (${before.missing.length} statements are wanted) without creating any: run createOnhandTables in a migration first`,
    });
  }
  const { schema: name } = schema.namespace;
  const lock = { name: `onhand_${checksum(schema.head)}_${schema.headName}`.slice(0, 64), schema: name, inside: options.inside };
  return schema.dialect.ddl.locked(session, lock, async () => {
    if (before.missing.length > 0 && name !== undefined && schema.dialect.ddl.createSchema && !before.head)
      await session.run({ text: schema.dialect.ddl.createSchema(name), values: [] });
    const now = await inspect(schema, session);
    for (const text of now.missing) await session.run({ text, values: [] });
    await settleVersion(schema, session, now.head, options.newEpoch);
    return readHead(schema, session);
  });
}

async function inspect(schema: Schema, session: Session): Promise<{ head: HeadState | undefined; missing: string[] }> {
  const { dialect, namespace, headName, tables, version } = schema;
  const existing = await dialect.ddl.existing(session, namespace, [headName, ...tables.map((table) => table.name)]);
  const raw = existing.columns.has(headName) ? (await session.run(headStatement(schema)))[0] : undefined;
  const head = raw && decodeHead(raw);
  if (head && head.version > version)
    throw new InventoryError("UNSUPPORTED", { feature: `tables of version ${head.version}; this is version ${version}` });
  const gone = head?.version === version ? tables.find((table) => !existing.columns.has(table.name)) : undefined;
  // An empty table in its place would be a ledger with a hole that nobody sees.
  if (gone) throw new InventoryError("STORAGE_CORRUPT", { reason: `the table ${gone.definition.name} is missing` });
  return { head, missing: missingStatements(schema, existing) };
}

async function settleVersion(
  { dialect, head: table, version }: Schema,
  session: Session,
  head: HeadState | undefined,
  newEpoch: () => string,
) {
  const { quote, placeholder } = dialect;
  if (head) {
    // A commit like any other: whoever still writes by the older tables finds the head moved and looks again.
    const text = `UPDATE ${table} SET ${quote("version")} = ${placeholder(1)}, ${quote("commits")} = ${quote("commits")} + 1 WHERE ${quote("id")} = 1`;
    await session.run({ text, values: [version] });
    return;
  }
  const columns = ["id", ...headColumns].map(quote).join(", ");
  const text = `INSERT INTO ${table} (${columns}) VALUES (1, ${placeholder(1)}, 0, 0, ${placeholder(2)}, '')`;
  await session.run({ text, values: [newEpoch(), version] });
}

const headStatement = ({ dialect, head }: Schema) => ({
  text: `SELECT ${headSelect(dialect, "h")} FROM ${head} h WHERE h.${dialect.quote("id")} = 1`,
  values: [],
  prepared: true,
});

/** Where the ledger stands now. */
export async function readHead(schema: Schema, session: Session): Promise<HeadState> {
  return decodeHead((await session.run(headStatement(schema)))[0]);
}
