import type { AggregateRow, Aggregation, ChangeOptions, ChangePage, Page, Query } from "@onhand/core";
import { byColumns, hasNames, nameGroups } from "../shared/named-groups";
import { readChanges } from "./changes";
import type { Session } from "./dialects/dialect";
import type { HeadState, WideColumns } from "./head";
import type { TableLayout } from "./layout";
import { isRight, planAggregate, planKeys, planPage, planRows, readAggregate, readPage } from "./query";
import { rowDecoder } from "./rows";
import { readHead, type Schema } from "./schema";
import type { TransactionReads } from "./transaction";

/** Runs work with some session: one of the pool for each, or always the same. */
export type WithSession = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

/** A page, and the head row it was read with. */
export interface FoundPage extends Page {
  readonly state: HeadState;
}

/** Reads a page and the head in one snapshot. A statement made without knowing of a wide column is made again. */
export async function findPage(schema: Schema, session: Session, table: TableLayout, query: Query, wide: WideColumns): Promise<FoundPage> {
  let madeFor = wide;
  for (;;) {
    const planned = planPage(schema.dialect, schema.head, table, query, madeFor);
    const { rows, more, head } = readPage(table, await session.run(planned.statement), query.limit);
    if (isRight(planned, madeFor, head.wide)) return { rows, more, head: head.seq, state: head };
    madeFor = head.wide;
  }
}

/** Groups and sums. Where the order of text matters, the head is read in the same snapshot. */
export async function aggregateRows(
  schema: Schema,
  session: Session,
  table: TableLayout,
  aggregation: Aggregation,
): Promise<readonly AggregateRow[]> {
  if (!hasNames(aggregation)) return aggregateColumns(schema, session, table, aggregation);
  return nameGroups(aggregation, await aggregateColumns(schema, session, table, byColumns(aggregation)));
}

async function aggregateColumns(
  { dialect, ...schema }: Schema,
  session: Session,
  table: TableLayout,
  aggregation: Aggregation,
): Promise<readonly AggregateRow[]> {
  const run = async (wide: WideColumns) => {
    const planned = planAggregate(dialect, table, aggregation, wide);
    const answer = async () => readAggregate(dialect, table, aggregation, wide, await session.run(planned.statement));
    return { planned, answer };
  };
  const { planned, answer } = await run(new Set());
  if (planned.ordered.size === 0) return answer();
  return dialect.snapshot(session, async () => {
    const { wide } = await readHead({ dialect, ...schema }, session);
    return (await run(wide)).answer();
  });
}

/** What was committed after a seq, in one snapshot. */
export const changesSince = (
  schema: Schema,
  tableOf: (name: string) => TableLayout,
  session: Session,
  since: number,
  options: ChangeOptions,
): Promise<ChangePage> =>
  schema.dialect.snapshot(session, async () =>
    readChanges(schema.dialect, tableOf, session.run, await readHead(schema, session), since, options),
  );

/** A transaction's reads. `suffix` makes them read what is committed now where the transaction's own snapshot is older. */
export function transactionReads(
  schema: Schema,
  tableOf: (name: string) => TableLayout,
  head: HeadState,
  withSession: WithSession,
  suffix = "",
): TransactionReads {
  const { dialect } = schema;
  return {
    get: (table, keys) =>
      withSession(async (session) => {
        const decodeRow = rowDecoder(table);
        const rows = [];
        for (let start = 0; start < keys.length; start += keysAtOnce) {
          const raw = await session.run(planKeys(dialect, table, keys.slice(start, start + keysAtOnce), suffix));
          for (const values of raw) rows.push(decodeRow(values));
        }
        return rows;
      }),
    find: (table, query) =>
      withSession(async (session) => {
        const decodeRow = rowDecoder(table);
        const raw = await session.run(planRows(dialect, table, query, head.wide, suffix));
        return { rows: raw.slice(0, query.limit).map((values) => decodeRow(values)), more: raw.length > query.limit };
      }),
    changes: (since, options) => withSession((session) => readChanges(dialect, tableOf, session.run, head, since, options, suffix)),
  };
}

// Servers plan a list of keys as lookups up to some length, and a scan beyond it.
const keysAtOnce = 500;
