import type { Json, StorageAdapter, TableDefinition, TableSet } from "@onhand/core";

/** Why an endpoint stands still: somebody paused it, it answered 410, it failed for too long, or it has all the dead letters there may be. */
export type PauseReason = "asked" | "gone" | "failing" | "dead_letters";

/** A delivery that was given up. What it told is read from the ledger when it is delivered after all. */
export interface DeadLetter {
  readonly id: string;
  /** It told of everything after this number of the ledger, up to and including `to`. */
  readonly from: number;
  readonly to: number;
  readonly attempts: number;
  /** What went wrong with the last attempt. */
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly diedAt: number;
}

/** All that is kept of an endpoint. Plain JSON of bounded size. */
export interface WebhookRecord {
  /** The ledger that `position` is about. */
  readonly epoch: string;
  /** Everything up to this number is delivered or a dead letter. */
  readonly position: number;
  /** How often it was sent back. */
  readonly replays: number;
  readonly paused: PauseReason | null;
  /** When the first attempt failed since the last that succeeded; epoch milliseconds. */
  readonly failingSince: number | null;
  readonly deadLetters: readonly DeadLetter[];
  /** Who delivers; null when nobody does and whoever looks next may. */
  readonly holder: string | null;
  /** How often the record was written: 1 the first time, one more with each. */
  readonly version: number;
}

/** Keeps a record for each endpoint, durably. The processes that run an endpoint share it: it is how only one of them delivers. */
export interface WebhookStore {
  /** The record saved last, by whichever process; undefined before the first. */
  load(endpoint: string): Promise<WebhookRecord | undefined>;
  /**
   * Keeps a record in place of the one whose `version` is one less, or of none where it is 1: wholly, or not at all where another is
   * there by then. Says which. After a rejection either may be there.
   */
  save(endpoint: string, record: WebhookRecord): Promise<boolean>;
}

const endpoints: TableDefinition = {
  name: "webhook_endpoints",
  kind: "state",
  key: ["endpoint"],
  columns: { endpoint: { type: "text" }, record: { type: "json" } },
  indexes: [],
};
const tables: TableSet = { version: 1, tables: [endpoints] };

/**
 * Keeps the records of endpoints in a storage of their own: any adapter, in a namespace or a directory that no inventory has. Processes that
 * share the storage, as they can on SQL, share the endpoints.
 *
 * @param storage - opened here; whoever made it closes it, after the webhooks have stopped.
 * @throws {@link InventoryError} what the storage refuses to open with.
 * @example
 * const store = await openWebhookStore(csvStorage({ directory: "./webhooks" }));
 */
export async function openWebhookStore(storage: StorageAdapter): Promise<WebhookStore> {
  await storage.open(tables);
  // A storage has one transaction under way at a time.
  let last: Promise<unknown> = Promise.resolve();
  return {
    async load(endpoint) {
      const { rows } = await storage.find(endpoints.name, { where: { endpoint }, limit: 1 });
      return rows[0]?.record as WebhookRecord | undefined;
    },
    save(endpoint, record) {
      const saved = last.then(() => write(storage, endpoint, record));
      // Who asked for it hears of its failure.
      last = saved.catch(() => undefined);
      return saved;
    },
  };
}

const write = (storage: StorageAdapter, endpoint: string, record: WebhookRecord): Promise<boolean> =>
  storage.transaction(async (tx) => {
    const seq = (await tx.head()).seq + 1;
    const [before] = await tx.get(endpoints.name, [[endpoint]]);
    if (((before?.record as WebhookRecord | undefined)?.version ?? 0) !== record.version - 1) return false;
    await tx.put(endpoints.name, [{ endpoint, record: record as unknown as Json, seq }]);
    await tx.advance(seq);
    return true;
  });
