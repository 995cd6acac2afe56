import type { Row, StorageAdapter, StorageTransaction } from "@onhand/core";
import type { CreateStorage, StorageHandle } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";
import { type Disk, durableHandle, emptyDisk } from "../durable-memory";
import { hostedHandle } from "../hosted-memory";

/** A storage broken in one way, and the case that must notice. */
export interface Sabotage {
  readonly what: string;
  readonly caughtBy: string;
  readonly create: CreateStorage;
}

const memoryHandle = (wrap: (storage: StorageAdapter) => StorageAdapter): CreateStorage => {
  return () => {
    const storage = wrap(memoryStorage());
    return { storage, peer: async () => storage, destroy: () => storage.close() };
  };
};

/** Changes what work sees of a transaction. What it reads it must ask for, so that nothing goes past what was changed. */
const withTransaction =
  (change: (tx: StorageTransaction, storage: StorageAdapter) => Partial<StorageTransaction>) =>
  (storage: StorageAdapter): StorageAdapter => ({
    ...storage,
    transaction: (work) =>
      storage.transaction((tx) => {
        const { peek: _, ...asked } = tx;
        return work({ ...asked, ...change(tx, storage) });
      }),
  });

const losesRollback = (storage: StorageAdapter): StorageAdapter => ({
  ...storage,
  async transaction(work) {
    let failure: { readonly error: unknown } | undefined;
    const result = await storage.transaction(async (tx) => {
      try {
        return await work(tx);
      } catch (error) {
        failure = { error };
        return undefined;
      }
    });
    if (failure) throw failure.error;
    return result as Awaited<ReturnType<typeof work>>;
  },
});

/** Writes go through at once, one transaction each, so others see them before the commit. */
const showsEarly = (storage: StorageAdapter): StorageAdapter => ({
  ...storage,
  async transaction(work) {
    const apart = <T>(use: (tx: StorageTransaction) => Promise<T>) => storage.transaction(use);
    const { head } = { head: await apart((tx) => tx.head()) };
    return work({
      head: async () => head,
      get: (table, keys) => apart((tx) => tx.get(table, keys)),
      find: (table, query) => apart((tx) => tx.find(table, query)),
      changes: (since, options) => apart((tx) => tx.changes(since, options)),
      put: (table, rows) => apart((tx) => tx.put(table, rows)),
      append: (table, rows) => apart((tx) => tx.append(table, rows)),
      advance: (seq) => apart((tx) => tx.advance(seq)),
    });
  },
});

/** Every transaction reads when it begins and writes when it ends; nobody waits for anybody. */
const hasNoMutex = (storage: StorageAdapter): StorageAdapter => ({
  ...storage,
  async transaction(work) {
    const head = await storage.transaction((tx) => tx.head());
    const later: ((tx: StorageTransaction) => Promise<void>)[] = [];
    const result = await work({
      head: async () => head,
      get: (table, keys) => storage.transaction((tx) => tx.get(table, keys)),
      find: (table, query) => storage.find(table, query),
      changes: (since, options) => storage.changes(since, options),
      put: async (table, rows) => void later.push((tx) => tx.put(table, rows)),
      append: async (table, rows) => void later.push((tx) => tx.put(table, rows)),
      advance: async (seq) => void later.push(async (tx) => tx.advance(Math.max(seq, (await tx.head()).seq))),
    });
    await storage.transaction(async (tx) => {
      for (const write of later) await write(tx);
    });
    return result;
  },
});

/** One mutable object per row, handed to whoever asks. */
function handsOutLiveRows(storage: StorageAdapter): StorageAdapter {
  const live = new Map<Row, Row>();
  const twin = <R extends Row | undefined>(row: R): R => {
    if (!row) return row;
    const known = live.get(row) ?? structuredClone(row);
    live.set(row, known);
    return known as R;
  };
  const find = async (table: string, query: Parameters<StorageAdapter["find"]>[1]) => {
    const page = await storage.find(table, query);
    return { ...page, rows: page.rows.map(twin) };
  };
  return { ...withTransaction((tx) => ({ get: async (table, keys) => (await tx.get(table, keys)).map(twin) }))(storage), find };
}

/** Levels are written only every other time: the ledger says one thing, the level another. */
function driftsApart(storage: StorageAdapter): StorageAdapter {
  let puts = 0;
  return withTransaction((tx) => ({ put: async (table, rows) => (table === "levels" && puts++ % 2 ? undefined : tx.put(table, rows)) }))(
    storage,
  );
}

const leavesGaps = withTransaction((tx) => ({
  async head() {
    const { epoch, seq } = await tx.head();
    return { epoch, seq: seq === 0 ? 0 : seq + 1 };
  },
}));

/** Like a reader of a serial column: it remembers how far it has read and never looks back. */
function readsSerially(storage: StorageAdapter): StorageAdapter {
  return {
    ...storage,
    async changes(since, options) {
      const page = await storage.changes(since, { ...options, limit: 10_000 });
      const items = page.items.slice(0, options.limit);
      const last = items.at(-1)?.row.seq;
      // The rest of the number the page broke off in lies behind the reader's position, so it is never seen again.
      return { ...page, items, more: page.items.some(({ row }) => last !== undefined && row.seq > last) };
    },
  };
}

const splitsNumbers = (storage: StorageAdapter): StorageAdapter => ({
  ...storage,
  async changes(since, options) {
    const page = await storage.changes(since, { ...options, limit: 10_000 });
    return { ...page, items: page.items.slice(0, options.limit), more: page.items.length > options.limit };
  },
});

/** The head of a page is read before its rows, and long before. */
function tellsStaleHead(storage: StorageAdapter): StorageAdapter {
  let remembered = 0;
  return {
    ...storage,
    async find(table, query) {
      const page = await storage.find(table, query);
      const head = remembered;
      remembered = page.head;
      return { ...page, head };
    },
  };
}

const keepsImages = (storage: StorageAdapter): StorageAdapter => {
  const images: { table: string; row: Row }[] = [];
  const recording = withTransaction((tx) => ({
    async put(table, rows) {
      await tx.put(table, rows);
      images.push(...rows.map((row) => ({ table, row })));
    },
    async append(table, rows) {
      await tx.append(table, rows);
      images.push(...rows.map((row) => ({ table, row })));
    },
  }))(storage);
  return {
    ...recording,
    async changes(since, { tables, limit }) {
      const { head } = await storage.changes(since, { tables, limit });
      return { items: images.filter(({ table, row }) => tables.includes(table) && row.seq > since), more: false, head };
    },
  };
};

const forgetsOwnWrites = withTransaction((_tx, storage) => ({ find: (table, query) => storage.find(table, query) }));

/** Tells at once what was committed when it was opened: nothing. */
const peeksAtThePast = withTransaction(() => ({ peek: () => null }));

const keepsHandlesAlive = (storage: StorageAdapter): StorageAdapter => ({
  ...storage,
  transaction: (work) =>
    storage.transaction((tx) => {
      let ended = false;
      const result = work({
        ...tx,
        put: (table, rows) => (ended ? storage.transaction((late) => late.put(table, rows)) : tx.put(table, rows)),
      });
      void result.finally(() => {
        ended = true;
      });
      return result;
    }),
});

/** Writes reach the disk with the next commit or on closing: what was acknowledged last is still in memory. */
function acknowledgesEarly(): ReturnType<CreateStorage> {
  let pending: (() => void) | undefined;
  const flush = () => {
    pending?.();
    pending = undefined;
  };
  const keep = (disk: Disk, commit: Disk["commits"][number]) => {
    flush();
    pending = () => void disk.commits.push(commit);
  };
  const wrap = (storage: StorageAdapter): StorageAdapter => ({
    ...storage,
    close() {
      flush();
      return storage.close();
    },
  });
  const handle = durableHandle({ wrap, faults: { keep } });
  return {
    ...handle,
    crash: async () => {
      pending = undefined;
      await handle.crash?.();
    },
  };
}

/** Every row is kept by itself, before the commit: a crash leaves half a transaction. */
function keepsHalf(): ReturnType<CreateStorage> {
  const disk = emptyDisk();
  const wrap = withTransaction((tx) => ({
    async append(table, rows) {
      await tx.append(table, rows);
      disk.commits.push({ seq: disk.commits.at(-1)?.seq ?? 0, writes: rows.map((row) => ({ table, row })) });
    },
  }));
  return durableHandle({ wrap, disk });
}

const forgetsKeys = () =>
  durableHandle({
    faults: {
      recall: (commits) => commits.map(({ seq, writes }) => ({ seq, writes: writes.filter(({ table }) => table !== "operations") })),
    },
  });

/** Gives rows of a log in the order they were appended, whatever their keys. */
function keepsAppendOrder(storage: StorageAdapter): StorageAdapter {
  const appended: string[] = [];
  const nameOf = (row: Row) => `${row.seq} ${row.line}`;
  const noting = withTransaction((tx) => ({
    append(table, rows) {
      appended.push(...rows.map(nameOf));
      return tx.append(table, rows);
    },
  }))(storage);
  return {
    ...noting,
    async find(table, query) {
      const page = await storage.find(table, query);
      const rows = [...page.rows].sort((a, b) => appended.indexOf(nameOf(a)) - appended.indexOf(nameOf(b)));
      return table === "scans" ? { ...page, rows } : page;
    },
  };
}

const trimsText = withTransaction((tx) => ({
  put: (table, rows) =>
    tx.put(
      table,
      rows.map((row) =>
        Object.freeze(
          Object.fromEntries(
            Object.entries(row).map(([column, value]) => [column, typeof value === "string" ? value.trim() : value]),
          ) as Row,
        ),
      ),
    ),
}));

const roundsNumbers = withTransaction((tx) => ({
  put: (table, rows) =>
    tx.put(
      table,
      rows.map((row) => Object.freeze({ ...row, ...(typeof row.weight === "number" && { weight: Number(row.weight.toPrecision(15)) }) })),
    ),
}));

const ordersByLanguage = (storage: StorageAdapter): StorageAdapter => ({
  ...storage,
  async find(table, query) {
    const page = await storage.find(table, query);
    const column = query.orderBy?.[0]?.column;
    if (column !== "label" || query.orderBy?.[0]?.descending) return page;
    return {
      ...page,
      rows: [...page.rows].sort((a, b) => (a.label === null ? -1 : b.label === null ? 1 : String(a.label).localeCompare(String(b.label)))),
    };
  },
});

const skipsTies = (storage: StorageAdapter): StorageAdapter => ({
  ...storage,
  async find(table, query) {
    const page = await storage.find(table, query);
    const column = query.orderBy?.[0]?.column;
    if (!query.after || !column) return page;
    return { ...page, rows: page.rows.filter((row) => row[column] !== query.after?.[0]) };
  },
});

const staysOpen = (storage: StorageAdapter): StorageAdapter => ({ ...storage, close: async () => undefined });

const ignoresVersions = () =>
  durableHandle({ wrap: (storage) => ({ ...storage, open: (tables) => storage.open({ ...tables, version: 99 }) }) });

const hasNoLock = () => {
  const disk = emptyDisk();
  const wrap = (storage: StorageAdapter): StorageAdapter => ({
    ...storage,
    open(tables) {
      disk.owner = undefined;
      return storage.open(tables);
    },
  });
  return durableHandle({ wrap, disk });
};

/** Writes of a host's transaction stay whatever the host does: they are done again after its rollback. */
function keepsRolledBack(handle: StorageHandle): StorageHandle {
  const again: (() => Promise<unknown>)[] = [];
  const { storage } = handle;
  return {
    ...handle,
    storage: {
      ...storage,
      transaction(work, options) {
        if (options?.host !== undefined) again.push(() => storage.transaction(work));
        return storage.transaction(work, options);
      },
    },
    async host() {
      const host = await (handle.host as NonNullable<typeof handle.host>)();
      return {
        ...host,
        async rollback() {
          await host.rollback();
          for (const write of again) await write();
        },
      };
    },
  };
}

/** Tells of a host's transaction when it was written, not when it was committed. */
function tellsEarly(storage: StorageAdapter): StorageAdapter {
  const watchers = new Set<(seq: number) => void>();
  return {
    ...storage,
    async transaction(work, options) {
      const result = await storage.transaction(work, options);
      if (options?.host !== undefined) for (const notify of watchers) notify(1);
      return result;
    },
    watch(onHead) {
      watchers.add(onHead);
      const stop = storage.watch(onHead);
      return () => {
        watchers.delete(onHead);
        stop();
      };
    },
  };
}

/** Writes at once what work writes, so what it wrote before it failed stays in the host's transaction. */
const keepsRejectedWork = (storage: StorageAdapter): StorageAdapter => ({
  ...storage,
  async transaction(work, options) {
    if (options?.host === undefined) return storage.transaction(work, options);
    let failure: { readonly error: unknown } | undefined;
    const result = await storage.transaction(async (tx) => {
      try {
        return await work(tx);
      } catch (error) {
        failure = { error };
        return undefined;
      }
    }, options);
    if (failure) throw failure.error;
    return result as Awaited<ReturnType<typeof work>>;
  },
});

/** Numbers every join of one host's transaction from the last commit on. */
const forgetsJoins = (storage: StorageAdapter): StorageAdapter => {
  let first: number | undefined;
  return {
    ...storage,
    transaction: (work, options) =>
      storage.transaction(async (tx) => {
        const head = await tx.head();
        if (options?.host === undefined) return work(tx);
        first ??= head.seq;
        return work({ ...tx, head: async () => ({ ...head, seq: first as number }) });
      }, options),
  };
};

/** Writes to the host's transaction go nowhere. */
const losesJoins = (storage: StorageAdapter): StorageAdapter => ({
  ...storage,
  transaction: (work, options) =>
    options?.host === undefined
      ? storage.transaction(work)
      : storage.transaction((tx) => work({ ...tx, put: async () => undefined, append: async () => undefined }), options),
});

/** Runs work whatever it is handed. */
const joinsAnything = (storage: StorageAdapter): StorageAdapter => ({
  ...storage,
  async transaction(work, options) {
    try {
      return await storage.transaction(work, options);
    } catch (error) {
      if (options?.host === undefined) throw error;
      return storage.transaction(work);
    }
  },
});

/** Ways to break a storage, each with the case that must notice. */
export const sabotages: readonly Sabotage[] = [
  { what: "loses rollback", caughtBy: "transaction/rollback", create: memoryHandle(losesRollback) },
  { what: "shows writes before the commit", caughtBy: "transaction/invisible-before-commit", create: memoryHandle(showsEarly) },
  { what: "hands out live references", caughtBy: "rows/not-live", create: memoryHandle(handsOutLiveRows) },
  { what: "has no mutex", caughtBy: "transaction/serial", create: memoryHandle(hasNoMutex) },
  { what: "lets ledger and level drift apart", caughtBy: "ledger/mixed", create: memoryHandle(driftsApart) },
  { what: "leaves gaps between numbers", caughtBy: "ledger/dense", create: memoryHandle(leavesGaps) },
  { what: "acknowledges before it is durable", caughtBy: "durable/acknowledged", create: acknowledgesEarly },
  { what: "keeps half a transaction", caughtBy: "durable/whole", create: keepsHalf },
  { what: "forgets idempotency keys", caughtBy: "durable/keys", create: forgetsKeys },
  { what: "reads changes like a serial column", caughtBy: "changes/nothing-skipped", create: memoryHandle(readsSerially) },
  { what: "splits a number across pages of changes", caughtBy: "changes/whole-seqs", create: memoryHandle(splitsNumbers) },
  { what: "keeps images that were written over", caughtBy: "changes/latest-image", create: memoryHandle(keepsImages) },
  { what: "tells a stale head with a page", caughtBy: "find/head", create: memoryHandle(tellsStaleHead) },
  { what: "does not see its own writes", caughtBy: "transaction/reads-own-writes", create: memoryHandle(forgetsOwnWrites) },
  { what: "tells at once what is no longer so", caughtBy: "transaction/peek", create: memoryHandle(peeksAtThePast) },
  { what: "lets ended handles write", caughtBy: "transaction/handles-end", create: memoryHandle(keepsHandlesAlive) },
  { what: "finds rows of a log only as they were appended", caughtBy: "rows/log-in-any-order", create: memoryHandle(keepsAppendOrder) },
  { what: "trims text", caughtBy: "rows/text", create: memoryHandle(trimsText) },
  { what: "rounds large numbers", caughtBy: "rows/numbers", create: memoryHandle(roundsNumbers) },
  { what: "orders text by language", caughtBy: "find/order-code-units", create: memoryHandle(ordersByLanguage) },
  { what: "skips ties at a page's end", caughtBy: "find/cursor", create: memoryHandle(skipsTies) },
  { what: "answers after it was closed", caughtBy: "close/refuses-later-calls", create: memoryHandle(staysOpen) },
  { what: "opens data of a newer version", caughtBy: "open/newer-refused", create: ignoresVersions },
  { what: "loses what a host commits", caughtBy: "host/commit-keeps", create: () => hostedHandle(losesJoins) },
  { what: "keeps what a host rolls back", caughtBy: "host/rollback-leaves-nothing", create: () => keepsRolledBack(hostedHandle()) },
  { what: "numbers joins of one transaction alike", caughtBy: "host/dense", create: () => hostedHandle(forgetsJoins) },
  { what: "leaves rejected work in a host's transaction", caughtBy: "host/work-rejects", create: () => hostedHandle(keepsRejectedWork) },
  { what: "tells before the host commits", caughtBy: "host/watch", create: () => hostedHandle(tellsEarly) },
  { what: "joins the transaction of other data", caughtBy: "host/foreign-refused", create: () => hostedHandle(joinsAnything) },
  { what: "lets two owners in", caughtBy: "open/exclusive", create: hasNoLock },
];
