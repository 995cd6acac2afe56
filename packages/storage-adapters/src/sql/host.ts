import { InventoryError, type StorageTransaction, type TransactionOptions } from "@onhand/core";
import { Mutex } from "async-mutex";
import type { Belief } from "./belief";
import { clientOf } from "./connections";
import type { Dialect, Session, SessionLimits, WritePlan } from "./dialects/dialect";
import { isSqlFailure, sqlFailure, toInventoryError } from "./failures";
import { type Group, headAfter } from "./group";
import { decodeHead, type HeadState } from "./head";
import { type KnexTransaction, untilEnded, watchEnd } from "./host-end";
import { createHostTurns } from "./host-turns";
import type { TableLayout } from "./layout";
import { headSelect } from "./query";
import { transactionReads } from "./reads";
import type { Chance } from "./retry";
import type { Schema } from "./schema";
import { createPending, type TransactionReads } from "./transaction";
import { requireVersion } from "./writer";

/** How a host's transaction is joined. */
export interface HostOptions {
  readonly schema: Schema;
  readonly plan: WritePlan;
  readonly limits: SessionLimits;
  readonly tableOf: (name: string) => TableLayout;
  /** The epoch of the ledger this storage was opened on. */
  readonly epoch: string;
  readonly belief: Belief;
  readonly chance: Chance;
  /** Called with where the head stands when a host's transaction that wrote is known to have committed. */
  readonly committed: (head: HeadState) => void;
}

/** Takes part in transactions of the host, which alone commits them or rolls them back. */
export interface HostJoin {
  transaction<T>(work: Work<T>, options: TransactionOptions): Promise<T>;
}

type Work<T> = (tx: StorageTransaction) => Promise<T>;

/** What an attempt came to; undefined when it wrote nothing and has to be made again. */
type Attempt<T> = { readonly answer: T; readonly group: Group | undefined } | undefined;

// After a head that had moved it is locked first for so many joins.
const lockedJoins = 8;

/**
 * Joins what is believed of the head where that can do no harm: then all it takes is the statement that writes. Otherwise, and whenever
 * that came to nothing, the head is locked and work is run again.
 */
export function createHostJoin({ schema, plan, limits, tableOf, epoch, belief, chance, committed }: HostOptions): HostJoin {
  const { dialect } = schema;
  // Where the head stands within a transaction that has written.
  const heads = new WeakMap<object, HeadState>();
  // Connections that are known to lead to this ledger.
  const known = new WeakSet<object>();
  const turnOf = createHostTurns({ chance, lockMs: limits.lockMs });
  let joinsToLock = 0;

  const write = (session: Session, group: Group) => dialect.atomically(session, () => dialect.write(session, plan, group));

  /** Whether a key was there already, in a database where that does not spoil the host's transaction. */
  const wasUndone = (error: unknown) => dialect.name !== "postgres" && isSqlFailure(error) && error.kind === "duplicate";

  async function attempt<T>(
    session: Session,
    head: HeadState,
    work: Work<T>,
    reads: TransactionReads,
    presume: boolean,
  ): Promise<Attempt<T>> {
    const pending = createPending(head, tableOf, reads, presume);
    let group: Group | undefined;
    try {
      const answer = await work(pending.transaction);
      if (pending.failure) throw pending.failure;
      if (pending.unproven) return undefined;
      group = pending.end();
      if (group && !(await write(session, group))) return undefined;
      return { answer, group };
    } catch (error) {
      if (pending.unproven || (group?.presumed && wasUndone(error))) return undefined;
      throw error;
    } finally {
      pending.end();
    }
  }

  /** On what is believed. An answer that comes with no write is none: nothing has proved that it is not of yesterday. */
  async function believing<T>(session: Session, head: HeadState, work: Work<T>): Promise<Attempt<T>> {
    const reads = dialect.hostBelief === "with reads" ? transactionReads(schema, tableOf, head, (use) => use(session)) : noReads;
    try {
      const done = await attempt(session, head, work, reads, true);
      return done?.group && done;
    } catch (error) {
      if (isSqlFailure(error)) throw error;
      return undefined;
    }
  }

  async function locked<T>(session: Session, head: HeadState, work: Work<T>): Promise<NonNullable<Attempt<T>>> {
    const reads = transactionReads(schema, tableOf, head, (use) => use(session), dialect.currentRead);
    const done = (await attempt(session, head, work, reads, true)) ?? (await attempt(session, head, work, reads, false));
    if (!done) throw sqlFailure("ended", new Error("the head row was no longer locked when the group was written"));
    return done;
  }

  /** Locks the head. Where it is missing, the transaction is one of another database. */
  async function lockHead(session: Session): Promise<HeadState> {
    if (!known.has(session.raw as object)) {
      // Looked for by name first: on some databases a statement that fails spoils the host's whole transaction.
      const { columns } = await dialect.ddl.existing(session, schema.namespace, [schema.headName]);
      if (!columns.has(schema.headName)) throw refused("the transaction belongs to another database");
    }
    const head = decodeHead(await dialect.lockHead(session, plan, headSelect(dialect, "h")));
    if (head.epoch !== epoch) throw refused("the transaction belongs to another database");
    requireVersion(head, schema.version);
    known.add(session.raw as object);
    return head;
  }

  async function join<T>(session: Session, knex: KnexTransaction | undefined, work: Work<T>): Promise<NonNullable<Attempt<T>>> {
    const believed = (knex && heads.get(knex)) ?? belief.head;
    // Of a driver's own connection only the lock tells that it is still in the same transaction when the group is written.
    if (believed && knex && joinsToLock === 0 && dialect.hostBelief !== "never" && known.has(session.raw as object)) {
      const done = await believing(session, believed, work);
      if (done) return done;
    }
    const head = await lockHead(session);
    joinsToLock = head.commits === believed?.commits ? Math.max(0, joinsToLock - 1) : lockedJoins;
    return locked(session, head, work);
  }

  async function take<T>({ raw, knex }: HostHandle, work: Work<T>, onCommitted: (() => void) | undefined): Promise<T> {
    const session = knex ? untilEnded(dialect.session(raw, limits), knex) : dialect.session(raw, limits);
    const end = knex && watchEnd(knex);
    try {
      if (end) await turnOf(end);
      if (!knex && !(await dialect.inTransaction(session))) throw refused("the connection is not in a transaction");
      const { answer, group } = await join(session, knex, work);
      if (!group) return answer;
      const after = headAfter(group);
      if (knex) heads.set(knex, after);
      end?.whenKept(() => {
        onCommitted?.();
        committed(after);
      });
      return answer;
    } catch (error) {
      if (!isSqlFailure(error)) throw error;
      // These are statements that knex knows nothing of.
      end?.doubt();
      throw toInventoryError(error);
    }
  }

  return {
    async transaction(work, { host, committed: onCommitted }) {
      const handle = await handleOf(dialect, host);
      return turnsOn(handle.raw as object).runExclusive(() => take(handle, work, onCommitted));
    },
  };
}

const turns = new WeakMap<object, Mutex>();

/** Ledgers take turns on a connection: what one undoes, back to where it began, would be another's too. */
function turnsOn(connection: object): Mutex {
  const known = turns.get(connection) ?? new Mutex();
  turns.set(connection, known);
  return known;
}

const mustLock = async (): Promise<never> => {
  throw new TypeError("nothing is read before the head is locked");
};

/** Work that goes by what it has at hand needs none; any other is run again with the head locked. */
const noReads: TransactionReads = { get: mustLock, find: mustLock, changes: mustLock };

interface HostHandle {
  readonly raw: unknown;
  /** Present when the handle is a knex transaction. */
  readonly knex?: KnexTransaction;
}

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
