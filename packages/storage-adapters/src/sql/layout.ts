import type { Column, TableDefinition } from "@onhand/core";
import { sqlName } from "./names";

/** A column as SQL knows it. */
export interface ColumnLayout {
  readonly name: string;
  /** Its quoted SQL name. */
  readonly sql: string;
  readonly type: Column["type"];
  readonly nullable: boolean;
  /** What the database lets no integer here fall below, whoever writes it. */
  readonly minimum: number | undefined;
  /** Where it stands among the table's columns, `seq` first. */
  readonly index: number;
}

/** A table as SQL knows it. */
export interface TableLayout {
  readonly definition: TableDefinition;
  /** Its SQL name, without schema. */
  readonly name: string;
  /** Its quoted name with its schema. */
  readonly sql: string;
  readonly columns: readonly ColumnLayout[];
  readonly key: readonly ColumnLayout[];
  /** The column of this name; a `TypeError` when there is none. */
  column(name: string): ColumnLayout;
}

/** A log whose rows are called by names their writers chose, not by their place in the ledger. */
export const isNamed = ({ definition: { kind, key } }: TableLayout): boolean => kind === "log" && key[0] !== "seq";

/** Where an inventory's tables are in a database. */
export interface Namespace {
  readonly schema: string | undefined;
  readonly tablePrefix: string;
}

/** Makes names of tables and columns fit for a statement. */
export interface Quoting {
  quote(identifier: string): string;
}

/** The name of a table with its schema, quoted. */
export const qualified = ({ quote }: Quoting, { schema }: Namespace, name: string): string =>
  schema === undefined ? quote(name) : `${quote(schema)}.${quote(name)}`;

/** The table of the head row. No table of the inventory may take its name. */
export const headTable = "head";

/** Describes a table of an inventory for SQL. */
export function tableLayout(quoting: Quoting, namespace: Namespace, definition: TableDefinition): TableLayout {
  if (definition.name === headTable) throw new TypeError(`${headTable} is the storage's own table`);
  const entries: [string, Column][] = [["seq", { type: "integer", minimum: 0 }], ...Object.entries(definition.columns)];
  const columns = entries.map(
    ([name, { type, nullable = false, minimum }], index): ColumnLayout => ({
      name,
      sql: quoting.quote(sqlName(name)),
      type,
      nullable,
      minimum,
      index,
    }),
  );
  const byName = new Map(columns.map((column) => [column.name, column]));
  function column(name: string): ColumnLayout {
    const found = byName.get(name);
    if (!found) throw new TypeError(`table ${definition.name} has no column ${name}`);
    return found;
  }
  const name = `${namespace.tablePrefix}${sqlName(definition.name)}`;
  return { definition, name, sql: qualified(quoting, namespace, name), columns, key: definition.key.map(column), column };
}
