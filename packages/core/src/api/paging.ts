import type { Column, Row, TableDefinition, Value } from "../domain/shared/rows";
import { InventoryError } from "../errors";
import type { OrderBy, Page, Query, Reads, Where } from "../ports/storage";

/** One page of a list. Without `nextCursor` it is the last. */
export interface List<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

/** What every list takes. */
export interface PageRequest {
  /** How many at most: 1 to 1,000, 100 unless said. */
  readonly limit?: number;
  /** `nextCursor` of the page before, with the same filter. */
  readonly cursor?: string;
}

interface ListQuery extends Omit<Query, "after"> {
  readonly cursor?: string | undefined;
}

/** Reads one page of a table and tells where the ledger stood. */
export async function readPage<Item>(
  storage: Reads,
  table: TableDefinition,
  { cursor, ...query }: ListQuery,
  toItem: (row: Row) => Item,
): Promise<List<Item> & { head: number }> {
  const columns = orderColumns(table, query.orderBy);
  const list = listName(table, query.orderBy);
  const kinds = columns.map((column) => table.columns[column] ?? seqColumn);
  const after = cursor === undefined ? undefined : decodeCursor(list, cursor, kinds);
  const page = await storage.find(table.name, { ...query, ...(after && { after }) });
  const last = page.rows.at(-1);
  return {
    items: page.rows.map(toItem),
    head: page.head,
    ...(page.more &&
      last && {
        nextCursor: encodeCursor(
          list,
          columns.map((column) => last[column] as Value),
        ),
      }),
  };
}

/** Every row of a table that matches, in key order, a page at a time. */
export async function* pagesOf<R extends Row>(
  reads: Reads,
  table: TableDefinition,
  query: { readonly where: Where; readonly limit: number },
): AsyncIterable<readonly R[]> {
  let after: readonly Value[] | undefined;
  for (;;) {
    const page: Page = await reads.find(table.name, { ...query, ...(after && { after }) });
    yield page.rows as readonly R[];
    const last = page.rows.at(-1);
    if (!page.more || !last) return;
    after = table.key.map((column) => last[column] as Value);
  }
}

function orderColumns(table: TableDefinition, orderBy: readonly OrderBy[] = []): readonly string[] {
  const named = orderBy.map((entry) => entry.column);
  return [...named, ...table.key.filter((column) => !named.includes(column))];
}

/** Names a list by its table and order: the cursor of another one may hold values of the same types. */
const listName = (table: TableDefinition, orderBy: readonly OrderBy[] = []): string =>
  [table.name, ...orderBy.map(({ column, descending }) => (descending ? `-${column}` : column))].join(" ");

/** Cursors are opaque to callers: the list they are of and the order columns' values of its last row, as base64 JSON. */
export const encodeCursor = (list: string, values: readonly Value[]): string => btoa(encodeURIComponent(JSON.stringify([list, ...values])));

/** The values a cursor of this list holds, one for each of these columns. */
export function decodeCursor(list: string, cursor: string, columns: readonly Column[]): readonly Value[] {
  try {
    const [of, ...values] = JSON.parse(decodeURIComponent(atob(cursor))) as unknown[];
    if (of === list && values.length === columns.length && columns.every((column, index) => isValueOf(column, values[index])))
      return values as Value[];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  throw new InventoryError("INVALID_INPUT", { issues: [{ path: "cursor", message: "is not a cursor of this list" }] });
}

const seqColumn: Column = { type: "integer" };

const isValueOf = ({ type, nullable }: Column, value: unknown): boolean => (value === null ? nullable === true : isOfType[type](value));

const isOfType: Readonly<Record<Column["type"], (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string",
  integer: Number.isSafeInteger,
  timestamp: Number.isSafeInteger,
  boolean: (value) => typeof value === "boolean",
  json: () => false,
};
