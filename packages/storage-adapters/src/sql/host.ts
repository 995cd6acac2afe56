import { InventoryError, type StorageTransaction, type TransactionOptions } from "@onhand/core";
import type { Knex } from "knex";
import { clientOf } from "./connections";
import type { Dialect, Session, SessionLimits, WritePlan } from "./dialects/dialect";
import { isSqlFailure, toInventoryError } from "./failures";
import { headAfter } from "./group";
import { decodeHead, type HeadState } from "./head";
import type { TableLayout } from "./layout";
import { headSelect } from "./query";
import { transactionReads } from "./reads";
import type { Schema } from "./schema";
import { createPending } from "./transaction";
import { requireVersion } from "./writer";

/** How a host's transaction is joined. */
export interface HostOptions {
  readonly schema: Schema;
  readonly plan: WritePlan;
  readonly limits: SessionLimits;
  readonly tableOf: (name: string) => TableLayout;
  /** The epoch of the ledger this storage was opened on. */
  readonly epoch: string;
  /** Called with where the head stands when a host's transaction that wrote is known to have committed. */
  readonly committed: (head: HeadState) => void;
}

/** Runs work inside a transaction of the host, which alone commits it or rolls it back. */
export async function inHostTransaction<T>(
  { schema, plan, limits, tableOf, epoch, committed }: HostOptions,
  work: (tx: StorageTransaction) => Promise<T>,
  { host, committed: onCommitted }: TransactionOptions,
): Promise<T> {
  const { dialect } = schema;
  const { raw, knex } = await handleOf(dialect, host);
  const session = dialect.session(raw, limits);
  try {
    if (!knex && !(await dialect.inTransaction(session))) throw refused("the connection is not in a transaction");
    const head = await lockHead(schema, plan, session);
    if (head.epoch !== epoch) throw refused("the transaction belongs to another database");
    requireVersion(head, schema.version);
    const reads = transactionReads(schema, tableOf, head, (use) => use(session), dialect.currentRead);
    const pending = createPending(head, tableOf, reads);
    try {
      const answer = await work(pending.transaction);
      if (pending.failure) throw pending.failure;
      const group = pending.end();
      if (group) {
        const written = await dialect.atomically(session, () => dialect.write(session, plan, group));
        if (!written) throw new InventoryError("STORAGE_CORRUPT", { reason: "the head row moved while it was locked" });
        if (knex) {
          tellAfterCommit(knex, () => {
            onCommitted?.();
            committed(headAfter(group));
          });
        }
      }
      return answer;
    } finally {
      pending.end();
    }
  } catch (error) {
    throw isSqlFailure(error) ? toInventoryError(error) : error;
  }
}

/** Locks the head. Where it is missing, the transaction is one of another database. */
async function lockHead(schema: Schema, plan: WritePlan, session: Session): Promise<HeadState> {
  const { dialect, namespace, headName } = schema;
  // Looked for by name first: on some databases a statement that fails spoils the host's whole transaction.
  const seen = verified.get(session.raw as object);
  if (!seen?.has(plan)) {
    const { columns } = await dialect.ddl.existing(session, namespace, [headName]);
    if (!columns.has(headName)) throw refused("the transaction belongs to another database");
    verified.set(session.raw as object, (seen ?? new WeakSet()).add(plan));
  }
  return decodeHead(await dialect.lockHead(session, plan, headSelect(dialect, "h")));
}

const verified = new WeakMap<object, WeakSet<WritePlan>>();

interface HostHandle {
  readonly raw: unknown;
  /** Present when the handle is a knex transaction. */
  readonly knex?: KnexTransaction;
}

type KnexTransaction = Knex.Transaction & { readonly parentTransaction?: KnexTransaction };

async function handleOf(dialect: Dialect, host: unknown): Promise<HostHandle> {
  if (isKnex(host)) {
    if (!host.isTransaction) throw refused("a knex that is no transaction was given: pass the trx of knex.transaction");
    if (host.isCompleted()) throw refused("the transaction has ended");
    if (familyOf(clientOf(host).driverName) !== dialect.name) throw refused("the transaction belongs to another database");
    return { raw: await clientOf(host).acquireConnection(), knex: host };
  }
  if (!looksRight[dialect.name](host)) throw refused(`this is no transaction of ${dialect.name}: ${accepted[dialect.name]}`);
  return { raw: host };
}

const isKnex = (host: unknown): host is KnexTransaction =>
  typeof host === "function" && typeof (host as { raw?: unknown }).raw === "function" && "client" in host;

/** The database a driver speaks to. */
export const familyOf = (driver: string | undefined): Dialect["name"] | undefined =>
  driver === "better-sqlite3" ? "sqlite" : driver === "pg" ? "postgres" : driver === "mysql2" ? "mysql" : undefined;

const has = (host: unknown, ...methods: readonly string[]): boolean =>
  typeof host === "object" && host !== null && methods.every((name) => typeof (host as Record<string, unknown>)[name] === "function");

const looksRight = {
  // A pool has `query` too, but hands each statement to whichever connection is free.
  postgres: (host) => has(host, "query") && !("totalCount" in (host as object)) && !has(host, "execute"),
  mysql: (host) => has(host, "query", "execute", "destroy") && !has(host, "getConnection"),
  sqlite: (host) => has(host, "prepare", "pragma", "transaction"),
} as const satisfies Record<Dialect["name"], (host: unknown) => boolean>;

const accepted = {
  postgres: "pass a Knex.Transaction or the pg client that ran BEGIN",
  mysql: "pass a Knex.Transaction or the mysql2 connection that began it",
  sqlite: "pass a Knex.Transaction or the better-sqlite3 Database that is in a transaction",
} as const satisfies Record<Dialect["name"], string>;

const refused = (message: string): InventoryError => new InventoryError("INVALID_INPUT", { issues: [{ path: "host", message }] });

/** Tells when the outermost transaction has committed and every savepoint on the way was kept. */
function tellAfterCommit(transaction: KnexTransaction, tell: () => void): void {
  const settled: Promise<unknown>[] = [];
  for (let each: KnexTransaction | undefined = transaction; each; each = each.parentTransaction) settled.push(committedOf(each));
  Promise.all(settled).then(
    (kept) => {
      if (kept.every(Boolean)) tell();
    },
    // Rolled back: whoever ran the transaction hears of it from knex.
    () => undefined,
  );
}

/** Whether a transaction's end was a commit. Its promise resolves after a rollback without an error, too. */
async function committedOf(transaction: KnexTransaction): Promise<boolean> {
  let rolledBack = false;
  const { rollback } = transaction;
  transaction.rollback = (error) => {
    rolledBack = true;
    return rollback.call(transaction, error);
  };
  await transaction.executionPromise;
  return !rolledBack;
}
