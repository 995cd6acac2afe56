import type { Row, TableDefinition, Value } from "../domain/shared/rows";
import { InventoryError } from "../errors";
import type { OrderBy, Query, StorageAdapter } from "../ports/storage";

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
  storage: StorageAdapter,
  table: TableDefinition,
  { cursor, ...query }: ListQuery,
  toItem: (row: Row) => Item,
): Promise<List<Item> & { head: number }> {
  const columns = orderColumns(table, query.orderBy);
  const page = await storage.find(table.name, { ...query, ...(cursor !== undefined && { after: decodeCursor(cursor, columns.length) }) });
  const last = page.rows.at(-1);
  return {
    items: page.rows.map(toItem),
    head: page.head,
    ...(page.more && last && { nextCursor: encodeCursor(columns.map((column) => last[column] as Value)) }),
  };
}

function orderColumns(table: TableDefinition, orderBy: readonly OrderBy[] = []): readonly string[] {
  const named = orderBy.map((entry) => entry.column);
  return [...named, ...table.key.filter((column) => !named.includes(column))];
}

/** Cursors are opaque to callers: the order columns' values of the last row, as base64 JSON. */
export const encodeCursor = (values: readonly Value[]): string => btoa(encodeURIComponent(JSON.stringify(values)));

export function decodeCursor(cursor: string, length: number): readonly Value[] {
  try {
    const values: unknown = JSON.parse(decodeURIComponent(atob(cursor)));
    if (Array.isArray(values) && values.length === length && values.every(isScalar)) return values;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  throw new InventoryError("INVALID_INPUT", { issues: [{ path: "cursor", message: "is not a cursor of this list" }] });
}

const isScalar = (value: unknown): value is Value => value === null || ["string", "number", "boolean"].includes(typeof value);
