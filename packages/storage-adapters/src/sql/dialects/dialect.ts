import type { Key, StorageCapabilities } from "@onhand/core";
import type { SqlFailure } from "../failures";
import type { Group } from "../group";
import type { ColumnLayout, Namespace, Quoting, TableLayout } from "../layout";
import type { RawRow } from "../rows";
import type { Parameters, Statement } from "../statement";

/** One connection of a pool or of a host, spoken to in statements. Its failures are `SqlFailure`s. */
export interface Session {
  /** The driver's connection. */
  readonly raw: unknown;
  /** Whether it may be used again. */
  readonly broken: boolean;
  run(statement: Statement): Promise<readonly RawRow[]>;
  /** Makes it unusable at once; whoever waits for an answer gets a failure. */
  destroy(): void;
}

/** How long a session waits. Milliseconds. */
export interface SessionLimits {
  /** For the answer to one statement; then the connection is given up. */
  readonly statementMs: number;
  /** For a row that somebody else has locked. */
  readonly lockMs: number;
}

/** Where a group goes to. */
export interface WritePlan {
  readonly namespace: Namespace;
  /** The quoted name of the head table. */
  readonly head: string;
  /** What listeners of the namespace listen to. */
  readonly channel: string;
  readonly limits: SessionLimits;
}

/** What the engine's own tables are like now, as far as it has any. */
export interface ExistingTables {
  /** Columns by table. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of indexes. */
  readonly indexes: ReadonlySet<string>;
}

/** What keeps others from creating or migrating the same tables. */
export interface SchemaLock {
  /** Short; distinct tables of one database have distinct ones. */
  readonly name: string;
  /** The schema the tables are in; undefined for that of the connection. */
  readonly schema: string | undefined;
  /** Whether a transaction is open that somebody else will end. */
  readonly inside: boolean;
}

/** What a database's settings promise, and which of them promise less than they could. */
export interface Durability {
  readonly durability: StorageCapabilities["durability"];
  readonly weak: readonly string[];
}

/** How one database is spoken to. Everything that differs between them is behind this. */
export interface Dialect extends Quoting {
  readonly name: "postgres" | "mysql" | "sqlite";
  placeholder(position: number): string;
  classify(error: unknown): SqlFailure;
  /** Speaks through a driver's connection. */
  session(raw: unknown, limits: SessionLimits): Session;

  /** Tables as they are created. `unique` and `indexes` are made with the table where the database can't add them safely later. */
  readonly ddl: {
    columnType(column: ColumnLayout, use: { readonly key: boolean; readonly unique: boolean; readonly indexed: boolean }): string;
    /** What stands behind the closing parenthesis of CREATE TABLE. `hot`: its rows are replaced all the time. */
    tableOptions(hot: boolean): string;
    readonly textType: string;
    /** A column of an index. */
    indexed(column: ColumnLayout, unique: boolean): string;
    /** The value an added column has in rows that are there already. */
    defaultOf(column: ColumnLayout): string;
    readonly ifNotExists: string;
    readonly partialIndexes: boolean;
    existing(session: Session, namespace: Namespace, names: readonly string[]): Promise<ExistingTables>;
    /** Runs work while no other process creates or migrates the same tables. */
    locked<T>(session: Session, lock: SchemaLock, work: () => Promise<T>): Promise<T>;
    /** Makes a schema where there is none; undefined where schemas are not ours to make. */
    createSchema?(name: string): string;
  };

  /** The values of a list as a subselect of one column. */
  list(parameters: Parameters, column: ColumnLayout, values: readonly (string | number)[]): string;
  /** The rows with these keys, as what stands behind FROM; they are called `t`. `suffix` ends the statement that reads them. */
  byKeys(parameters: Parameters, table: TableLayout, keys: readonly Key[], suffix: string): string;
  /** How a column's text is ordered by code unit; see text-order.ts. */
  readonly codeUnits: {
    ofColumn(sql: string): string;
    ofValue(parameters: Parameters, value: string): string;
    /** The text of which `ofColumn` gave this. */
    decode(raw: unknown): string;
  };
  /** A text column's value without case, for searching in it. */
  folded(sql: string): string;
  /** Whether `haystack` contains a text. */
  contains(haystack: string, needle: string): string;
  /** A sum, exactly, however large. */
  exactSum(sql: string): string;
  /** The least or greatest of a column of booleans. */
  booleanBound(how: "min" | "max", sql: string): string;
  /** Nulls first ascending, last descending, for a nullable column. */
  nulls(descending: boolean): string;

  /** Begins a transaction that will lock the head row. */
  begin(session: Session, plan: WritePlan): Promise<void>;
  commit(session: Session): Promise<void>;
  rollback(session: Session): Promise<void>;
  /** Locks the head row and reads it, in a transaction. */
  lockHead(session: Session, plan: WritePlan, columns: string): Promise<RawRow | undefined>;
  /** Behind a SELECT inside a host's transaction, whose snapshot may be older than the head row it waited for. */
  readonly currentRead: string;
  /**
   * Whether a host's transaction may be joined on what is believed of the head: with reads where they and the compare see one
   * state or the compare fails, without them where the transaction's own snapshot is older than what the compare sees.
   */
  readonly hostBelief: "with reads" | "without reads" | "never";
  /**
   * How processes take turns (see turns.ts), on a connection that has no other use: `begin` waits for as long as a lock is waited for.
   * The database ends the turn of a process that has stopped. Absent where one process at a time is the rule anyway.
   */
  readonly turns?: {
    begin(session: Session, plan: WritePlan): Promise<void>;
    end(session: Session, plan: WritePlan): Promise<void>;
  };
  /**
   * Writes a group inside a transaction. False when the head is not where the group expects it, and on PostgreSQL when a key that
   * was presumed absent is there: an error would spoil a host's transaction. Elsewhere that is a failure that can be undone.
   */
  write(session: Session, plan: WritePlan, group: Group): Promise<boolean>;
  /** Writes a group in a transaction of its own, in as few messages as can be. False, and nothing written, on a miss. */
  writeAlone(session: Session, plan: WritePlan, group: Group): Promise<boolean>;
  /** Runs reads that all see one committed snapshot. */
  snapshot<T>(session: Session, read: () => Promise<T>): Promise<T>;

  durability(session: Session): Promise<Durability>;
  /** Refuses a database that can't hold what is promised. */
  requirements(session: Session): Promise<string | undefined>;
  /** Whether a host's connection is in a transaction; undefined where only the database knows. */
  inTransaction(session: Session): Promise<boolean>;
  /** Keeps writes of a host's transaction together: all of `work` or none of it. */
  atomically<T>(session: Session, work: () => Promise<T>): Promise<T>;
  /** Calls back with what others commit, from a connection of its own; undefined where the database has no such thing. */
  listen?(
    acquireRaw: () => Promise<unknown>,
    channel: string,
    heard: (seq: number) => void,
    ended: (error: unknown) => void,
  ): Promise<() => void>;
}
