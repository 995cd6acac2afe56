import { consoleLogger, type Head, InventoryError, type StorageAdapter, type StorageCapabilities, type TableSet } from "@onhand/core";
import { requireFamily } from "./detect";
import type { Session } from "./dialects/dialect";
import { inInventoryTerms } from "./failures";
import { type Opened, openSql } from "./opened";
import { namespaceOf, requireMs, type SqlStorageOptions } from "./options";
import { aggregateRows, changesSince, findPage } from "./reads";
import { readHead } from "./schema";

/**
 * Keeps everything in the host's own SQLite, PostgreSQL, MySQL or MariaDB database, through the host's own knex.
 *
 * Commits are atomic and strictly serial across all processes that use the same namespace, and as durable as the database's
 * settings make them: `capabilities.durability` says what they promise once the storage is open, and the logger hears of each
 * that is weaker than it could be. A command may join a transaction of the host: `transaction(work, { host })` takes a
 * `Knex.Transaction`, a pg client, a mysql2 connection or a better-sqlite3 database that is in a transaction.
 *
 * @param options.knex - stays the host's; closing the storage does not end it.
 * @throws TypeError when the knex is of another kind, or `schema` or `tablePrefix` is no plain name.
 * @throws {@link InventoryError} from `open`: `UNSUPPORTED` for tables of a newer version, or missing ones with
 * `createTables: false`; `STORAGE_UNAVAILABLE` when the database can't be reached; `STORAGE_CORRUPT` when a table is gone.
 * @example
 * const knex = createKnex({ client: "pg", connection: process.env.DATABASE_URL });
 * const inventory = await createInventory({ storage: sqlStorage({ knex, schema: "stock" }) });
 * @see docs/guides/sql.md
 */
export function sqlStorage(options: SqlStorageOptions): StorageAdapter {
  const namespace = namespaceOf(options);
  for (const knex of [options.knex, ...(options.replicas ?? [])]) requireFamily(knex);
  const { logger = consoleLogger } = options;
  const limits = {
    acquireMs: requireMs("acquireTimeoutMs", options.acquireTimeoutMs ?? 10_000),
    statementMs: requireMs("statementTimeoutMs", options.statementTimeoutMs ?? 15_000),
    lockMs: requireMs("lockTimeoutMs", options.lockTimeoutMs ?? 2_000),
  };
  if (options.pollMs !== undefined) requireMs("pollMs", options.pollMs);
  const underway = new Set<Promise<unknown>>();
  let opening: Promise<Opened> | undefined;
  let opened: Opened | undefined;
  let closed = false;

  function ready(): Opened {
    if (closed || !opened) throw new InventoryError("STORAGE_CLOSED", {});
    return opened;
  }

  /** Runs a call on the open storage. Closing waits for it. */
  async function call<T>(work: (with_: Opened) => Promise<T>): Promise<T> {
    const storage = ready();
    const running = inInventoryTerms(() => work(storage));
    underway.add(running);
    try {
      return await running;
    } finally {
      underway.delete(running);
    }
  }

  async function begin(tables: TableSet): Promise<Opened> {
    opening ??= openSql(tables, { options, namespace, limits, logger });
    try {
      opened = await opening;
      return opened;
    } catch (error) {
      // What kept it from opening may be over the next time.
      opening = undefined;
      throw error;
    }
  }

  /** Reads from a replica where the caller lets it, else from the primary. */
  const read = async <T>(
    { replicas, connections }: Opened,
    how: Parameters<StorageAdapter["find"]>[2],
    work: (session: Session) => Promise<T>,
  ) => {
    const fromReplica = how && (await replicas.read(how, work));
    return fromReplica ? fromReplica.answer : connections.use(work);
  };

  return {
    name: "sql",
    get capabilities(): StorageCapabilities {
      return {
        durability: opened?.durability.durability ?? "power-loss",
        shared: true,
        hostTransactions: true,
        settlesUnknownOutcomes: true,
      };
    },

    async open(tables): Promise<Head> {
      if (closed) throw new InventoryError("STORAGE_CLOSED", {});
      return inInventoryTerms(async () => {
        const storage = await begin(tables);
        const { epoch, seq } = await storage.connections.use((session) => readHead(storage.schema, session));
        return { epoch, seq };
      });
    },

    transaction: (work, options = {}) =>
      call((storage) => (options.host === undefined ? storage.writer.transaction(work) : storage.host.transaction(work, options))),

    find: (name, query, how) =>
      call(async (storage) => {
        const { schema, belief, tableOf } = storage;
        const table = tableOf(name);
        const wide = belief.head?.wide ?? new Set<string>();
        const { rows, more, head } = await read(storage, how, (session) => findPage(schema, session, table, query, wide));
        return { rows, more, head };
      }),

    aggregate: (name, aggregation, how) =>
      call(async (storage) => {
        const table = storage.tableOf(name);
        return read(storage, how, (session) => aggregateRows(storage.schema, session, table, aggregation));
      }),

    changes: (since, how) =>
      call(({ schema, connections, tableOf }) => {
        for (const name of how.tables) tableOf(name);
        return connections.use((session) => changesSince(schema, tableOf, session, since, how));
      }),

    watch: (onHead) => ready().watch.watch(onHead),

    async close() {
      closed = true;
      const watching = opened?.watch.close();
      await Promise.allSettled([...underway, watching]);
      await opened?.turns.close();
    },
  };
}
