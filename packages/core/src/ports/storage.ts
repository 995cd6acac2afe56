import type { Key, Row, TableSet, Value } from "../domain/shared/rows";

/** What a storage promises, as data. Tests and documentation read it; nothing guesses. */
export interface StorageCapabilities {
  /** What a resolved transaction survives: nothing, the end of the process, or the loss of power. */
  readonly durability: "none" | "process" | "power-loss";
  /** Whether other inventories, in this process or another, may write to the same rows while this one is open. */
  readonly shared: boolean;
  /** Whether a command may join a transaction of the host. */
  readonly hostTransactions: boolean;
  /** Whether `OUTCOME_UNKNOWN` can be settled by asking the same storage again. When false it stays unusable until reopened. */
  readonly settlesUnknownOutcomes: boolean;
}

/** Where the ledger stands. `epoch` names one ledger's life: it changes only when the data is replaced by other data. */
export interface Head {
  readonly epoch: string;
  /** The number of the last committed command; 0 before the first. */
  readonly seq: number;
}

/** A condition on one column: equal to a value, one of several, or within bounds. Text bounds compare by code unit. */
export type Condition =
  | Value
  | { readonly in: readonly Value[] }
  | { readonly gt?: Value; readonly gte?: Value; readonly lt?: Value; readonly lte?: Value }
  | { readonly not: Value };

/** Conditions that all hold. A condition of null asks for null. */
export type Where = Readonly<Record<string, Condition>>;

/** One column to order by, ascending unless `descending`. Nulls come first ascending, last descending. */
export interface OrderBy {
  readonly column: string;
  readonly descending?: boolean;
}

/** A question to one table. */
export interface Query {
  readonly where?: Where;
  /** Rows where at least one of these text columns contains the text, regardless of case. */
  readonly search?: { readonly columns: readonly string[]; readonly text: string };
  /** The table's key columns are appended, so the order is total. The direction of the last entry is theirs too. */
  readonly orderBy?: readonly OrderBy[];
  /** Values of all order columns, the key's included, of the row before the page. */
  readonly after?: readonly Value[];
  readonly limit: number;
}

/** Rows of one committed snapshot, and where the ledger stood in it. */
export interface Page {
  readonly rows: readonly Row[];
  /** True when rows beyond the limit match. */
  readonly more: boolean;
  readonly head: number;
}

/**
 * What rows are grouped by: a column; the interval its value lies in, named by number: how many of the ascending `bounds` are
 * not above the value (days of any time zone are such intervals, and so are months); or a name that each of its texts is
 * given, such as the category of a product, null for those without one.
 */
export type Grouping =
  | string
  | { readonly column: string; readonly bounds: readonly number[]; readonly as: string }
  | { readonly column: string; readonly names: ReadonlyMap<string, string | null>; readonly as: string };

/** One figure about the rows of a group. A sum with `times` is that of the products of two columns; rows without one of them add nothing. */
export type Measure =
  | { readonly count: true }
  | { readonly sum: string; readonly times?: string }
  | { readonly min: string }
  | { readonly max: string };

/** Sums, counts and bounds over the rows that match, one answer per distinct combination of `by`. */
export interface Aggregation {
  readonly where?: Where;
  readonly by: readonly Grouping[];
  readonly measures: Readonly<Record<string, Measure>>;
  /** The most groups to answer; any of them where there are more. */
  readonly limit?: number;
}

/** One group of an aggregation: the `by` columns and the measures by name. A sum over no rows is absent, not zero. */
export type AggregateRow = Readonly<Record<string, Value>>;

/** A row image with the table it stands in. `row.seq` is when it was written. */
export interface RowChange {
  readonly table: string;
  readonly row: Row;
}

/** A page of changes. It holds whole seqs: it may pass the limit to finish the last one. */
export interface ChangePage {
  readonly items: readonly RowChange[];
  readonly more: boolean;
  readonly head: number;
}

/** Which changes to give, and how many. */
export interface ChangeOptions {
  readonly limit: number;
  readonly tables: readonly string[];
}

/** How current an answer must be. Unless said it holds everything committed before the question. */
export interface ReadOptions {
  /** `eventual`: a replica that lags behind may answer. */
  readonly consistency?: "strong" | "eventual";
  /** A replica may answer if it has come this far. */
  readonly minSeq?: number;
  /**
   * Once it is aborted nothing more is asked, and the caller is told its reason. A storage that can stops what it is working on; else that is
   * finished first.
   */
  readonly signal?: AbortSignal;
}

/** How a transaction is run. */
export interface TransactionOptions {
  /** A transaction of the host's own database to take part in: the host commits it or rolls it back. */
  readonly host?: unknown;
  /** Called when the storage learns that the host has committed, before `watch` tells; never where it has no way to learn it. */
  readonly committed?: () => void;
}

/** Ends what returned it. Calling it again does nothing. */
export type Stop = () => void;

/**
 * One write transaction. Reads see everything committed before and everything this transaction wrote.
 * Handles must not be used after the transaction has ended.
 */
export interface StorageTransaction {
  /** Locks the ledger against every other writer until the transaction ends, and tells where it stands. Called first. */
  head(): Promise<Head>;
  /** The rows with these keys, in the order of the keys; undefined where there is none. */
  get(table: string, keys: readonly Key[]): Promise<readonly (Row | undefined)[]>;
  /**
   * What `get` would answer for the key that is this one text, where it can be told at once: null where there is no such row,
   * undefined where it takes a read. A storage that holds no rows in memory leaves it out.
   */
  readonly peek?: (table: string, key: string) => Row | null | undefined;
  /** The rows that answer a query, this transaction's own writes included. */
  find(table: string, query: Query): Promise<Page>;
  /** What others committed after `since`, as {@link StorageAdapter.changes} tells it. Asked before anything is written. */
  changes(since: number, options: ChangeOptions): Promise<ChangePage>;
  /** Writes rows of a `state` table, replacing those with the same keys. Rows come in seq order, those of one seq in any; a key at most once. */
  put(table: string, rows: readonly Row[]): Promise<void>;
  /** Adds rows to a `log` table. Rows come in seq order, those of one seq in any; their keys are new. */
  append(table: string, rows: readonly Row[]): Promise<void>;
  /** Moves the head. Numbers only grow. */
  advance(seq: number): Promise<void>;
}

/**
 * Where rows are kept. The engine is its only caller and one call to `transaction` is under way at a time per inventory.
 *
 * Rows handed over are frozen and may be kept as they are; rows handed out must be frozen or copies.
 * Failures are `InventoryError`s: `STORAGE_UNAVAILABLE`, `STORAGE_CLOSED`, `STORAGE_LOCKED`, `STORAGE_FULL`,
 * `STORAGE_CORRUPT` or `OUTCOME_UNKNOWN`; what a driver said goes under `cause`.
 *
 * Every promise here is a case of the conformance suite; see docs/contracts/storage.md.
 */
export interface StorageAdapter {
  /** A short name for messages and reports, such as `csv`. */
  readonly name: string;
  readonly capabilities: StorageCapabilities;
  /**
   * Creates or migrates the tables and makes the storage usable. Refuses data of a newer version with `UNSUPPORTED`
   * and never changes it. Opening an open storage does nothing.
   */
  open(tables: TableSet): Promise<Head>;
  /**
   * Runs `work` in one transaction: either everything it wrote is kept, durably as `capabilities` says, when the
   * promise resolves, or nothing is. A rejection of `work` rolls back and is passed on. `OUTCOME_UNKNOWN` is the only
   * failure after which the writes may have been kept.
   *
   * `work` may be run again from the start after a conflict; only its last run counts.
   *
   * With `host`, `work` is run inside that transaction and the promise resolves when its writes are in it. They are
   * kept if and when the host commits; `watch` tells of them then. Without host transactions it is `UNSUPPORTED`.
   */
  transaction<T>(work: (tx: StorageTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Rows of one committed snapshot. Unknown tables and columns are programming mistakes: `TypeError`. */
  find(table: string, query: Query, options?: ReadOptions): Promise<Page>;
  /** Groups and sums rows where the data is. Sums are exact; one that no number holds exactly is a `RangeError`. */
  aggregate(table: string, aggregation: Aggregation, options?: ReadOptions): Promise<readonly AggregateRow[]>;
  /**
   * Row images of these tables with `seq > since`, in seq order, from one snapshot. `state` rows appear
   * once, as they are now.
   */
  changes(since: number, options: ChangeOptions): Promise<ChangePage>;
  /** Calls back with where the head is said to stand. A hint: it may come late, twice, for nothing, or from a commit of this very inventory. */
  watch(onHead: (seq: number) => void): Stop;
  /** Waits for what is under way, then lets go of everything. Later calls are `STORAGE_CLOSED`. Closing twice is fine. */
  close(): Promise<void>;
}

/** The part of a storage that answers questions. */
export type Reads = Pick<StorageAdapter, "find" | "aggregate">;
