import {
  type Head,
  InventoryError,
  keyOf,
  keyText,
  type Page,
  type Query,
  type Row,
  rowKeyText,
  type StorageTransaction,
  type TableDefinition,
  type Write,
} from "@onhand/core";
import { compareRows, cursorRow, matcher, pageOf, requireColumns, totalOrder } from "./query";

/** What a transaction reads of a table's committed rows. Rows at hand are answered at once, others later. */
export interface CommittedTable {
  readonly definition: TableDefinition;
  get(key: readonly (string | number)[]): Row | undefined | Promise<Row | undefined>;
  /** The row with a key that is one text: null where there is none, undefined where it must be read. */
  peek(key: string): Row | null | undefined;
  find(query: Query): FoundRows | Promise<FoundRows>;
}

type FoundRows = Pick<Page, "rows" | "more">;

/** What one transaction has written so far: visible to its own reads, to nobody else until it is applied. */
export interface Staging {
  readonly transaction: StorageTransaction;
  /** Everything written, in the order it was written. */
  readonly writes: readonly Write[];
  /** Where the head will stand. */
  readonly seq: number;
  /** Ends the transaction: its handles refuse from now on. */
  end(): void;
}

/** A transaction over committed tables whose writes wait aside. */
export function createStaging(head: Head, tableOf: (name: string) => CommittedTable, changes: StorageTransaction["changes"]): Staging {
  const writes: Write[] = [];
  const staged = new Map<string, ReturnType<typeof createStagedRows>>();
  let seq = head.seq;
  let ended = false;

  function live(): void {
    if (ended) throw new TypeError("this transaction has ended");
  }

  function stage(table: string, rows: readonly Row[]): void {
    const own = staged.get(table) ?? createStagedRows(tableOf(table).definition);
    staged.set(table, own);
    own.add(rows);
    for (const row of rows) writes.push({ table, row });
  }

  async function refuseKnown(table: string, rows: readonly Row[]): Promise<void> {
    const { definition, get, peek } = tableOf(table);
    const own = staged.get(table);
    if (!own && definition.key[0] === "seq" && isBehind(rows, head.seq, definition)) return;
    const fresh = new Set<string>();
    for (const row of rows) {
      const text = rowKeyText(definition, row);
      let known = own?.get(text) ?? peek(text);
      if (known === undefined) known = await get(keyOf(definition, row));
      if (known || fresh.size === fresh.add(text).size)
        throw new TypeError(`table ${table} has a row ${keyOf(definition, row).join(", ")} already`);
    }
  }

  const transaction: StorageTransaction = {
    async head() {
      live();
      return head;
    },
    async get(table, keys) {
      live();
      const own = staged.get(table);
      const committed = tableOf(table);
      const found = keys.map((key) => own?.get(keyText(key)) ?? committed.get(key));
      return found.some((row) => row instanceof Promise) ? Promise.all(found) : (found as (Row | undefined)[]);
    },
    peek(table, key) {
      live();
      return staged.get(table)?.get(key) ?? tableOf(table).peek(key);
    },
    async find(table, query) {
      live();
      const own = staged.get(table);
      const found = await (own ? findBoth(tableOf(table), own.byKey(), query) : tableOf(table).find(query));
      return { ...found, head: seq };
    },
    async changes(since, options) {
      live();
      return changes(since, options);
    },
    async put(table, rows) {
      live();
      stage(table, rows);
    },
    async append(table, rows) {
      live();
      await refuseKnown(table, rows);
      stage(table, rows);
    },
    async advance(to) {
      live();
      if (!Number.isSafeInteger(to) || to < seq) throw new TypeError(`the head can't move from ${seq} to ${to}`);
      seq = to;
    },
  };

  return {
    transaction,
    writes,
    get seq() {
      return seq;
    },
    end() {
      ended = true;
    },
  };
}

/** Whether rows stand behind a position, each behind the one before: then none of them can be there already. */
function isBehind(rows: readonly Row[], seq: number, definition: TableDefinition): boolean {
  const compare = compareRows(totalOrder(definition));
  let before: Row | undefined;
  for (const row of rows) {
    if (before ? row.seq <= before.seq && compare(before, row) >= 0 : row.seq <= seq) return false;
    before = row;
  }
  return true;
}

/** What a storage that keeps its own files or memory answers a host's transaction. */
export const noHostTransactions = (storage: string): InventoryError =>
  new InventoryError("UNSUPPORTED", { feature: `host transactions on ${storage}` });

/** Rows of one table, put in order by key only when somebody asks: most transactions never read what they wrote. */
function createStagedRows(definition: TableDefinition) {
  const waiting: Row[] = [];
  const rows = new Map<string, Row>();
  function byKey(): ReadonlyMap<string, Row> {
    for (const row of waiting) rows.set(rowKeyText(definition, row), row);
    waiting.length = 0;
    return rows;
  }
  return {
    add: (added: readonly Row[]) => {
      for (const row of added) waiting.push(row);
    },
    get: (text: string) => byKey().get(text),
    byKey,
  };
}

/** Answers a query from committed rows and, over them, a transaction's own. */
export async function findBoth(
  committed: Pick<CommittedTable, "definition" | "find">,
  own: ReadonlyMap<string, Row>,
  query: Query,
): Promise<FoundRows> {
  const { definition } = committed;
  const order = totalOrder(definition, query.orderBy);
  requireColumns(definition, Object.keys(query.where ?? {}));
  // Every staged row may hide a committed one, so as many more are asked for.
  const before = await committed.find({ ...query, limit: query.limit + own.size + 1 });
  const kept = before.rows.filter((row) => !own.has(rowKeyText(definition, row)));
  const matches = matcher(query);
  const behind = query.after && cursorRow(order, query.after);
  const compare = compareRows(order);
  const fresh = [...own.values()].filter((row) => matches(row) && !(behind && compare(row, behind) <= 0));
  const { rows, more } = pageOf([...kept, ...fresh].sort(compare), () => true, query.limit);
  return { rows, more: more || before.more };
}
