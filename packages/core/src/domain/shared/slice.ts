import type { InventoryErrorCode, Refusal } from "../../errors";
import type { Parser } from "./parse";
import type { Json, Key, Row, TableDefinition, Value, Write } from "./rows";

/** A table whose rows have a known shape. The shape lives in the types only. */
export interface Table<R extends Row> extends TableDefinition {
  readonly _row?: R;
}

/** Describes a table once; rows read through it are typed. */
export const defineTable = <R extends Row>(definition: TableDefinition): Table<R> => definition;

/** The rows a rule may look at: committed ones, and those of commands decided before it in the same group. */
export interface View {
  /** The row with this key, or its text; undefined when there is none. The key must have been named by `needs`. */
  get<R extends Row>(table: Table<R>, key: Key | string): R | undefined;
  /** All rows with these column values. The same question must have been named by `needs`. */
  find<R extends Row>(table: Table<R>, where: Readonly<Record<string, Value>>): readonly R[];
}

/** What must be loaded before a command is decided: a row by key, or all rows with some column values. */
export type Need =
  | { readonly table: TableDefinition; readonly key: Key }
  | { readonly table: TableDefinition; readonly where: Readonly<Record<string, Value>> };

/** What a rule knows beside rows: the time, and the number its command gets if it is accepted. */
export interface Context {
  readonly now: number;
  readonly seq: number;
}

/** What a rule answers: the rows to write and what the caller is told, or why not. A command that writes nothing takes no number. */
export type Decision<Result> = { readonly writes: readonly Write[]; readonly result: Result } | Refused;

/** Why something can't be done. */
export interface Refused {
  readonly refusal: Refusal;
}

/**
 * One command: what it reads and how it is decided. Pure; the engine may run it any number of times.
 *
 * `needs` is asked again until it names nothing that is not loaded yet, so it may build on rows it sees.
 */
export interface CommandDefinition<Input, Result> {
  /** Stable; also the action `authorize` is asked about. */
  readonly name: string;
  /** Parses a caller's input; throws `INVALID_INPUT`. */
  readonly parse: Parser<Input>;
  readonly needs: (input: Input, view: View, now: number) => readonly Need[];
  readonly decide: (view: View, input: Input, context: Context) => Decision<Result>;
  /** Every code `decide` may refuse with, for the documentation and its tests. */
  readonly refusals: readonly InventoryErrorCode[];
  /** How much of a group it takes; 1 unless said. A batch weighs as many as it has lines. */
  readonly weight?: (input: Input) => number;
  /** How the first result is kept for retries. Without it the whole result is stored beside the key. */
  readonly recall?: Recall<Result>;
}

/** What every command may be given beside its own fields. */
export interface CommandInput {
  readonly actor?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** A command of whatever kind: it parses what it is given, so by its name it can be run on anything. */
export type AnyCommand = CommandDefinition<CommandInput, unknown>;

/** The commands that a module exports: all it exports. */
export const commandsOf = (module: object): readonly AnyCommand[] => Object.values(module);

/** Gives a result back from rows that hold it anyway, so that it need not be stored twice. */
export interface Recall<Result> {
  /** What the rows don't hold; null when they hold everything. */
  readonly remember: (result: Result) => Json;
  readonly needs: (seq: number, remembered: Json) => readonly Need[];
  readonly restore: (view: View, seq: number, remembered: Json) => Result;
}

/** How rows of one table look to the outside: an entity of the feed. */
export interface EntityDefinition {
  readonly table: TableDefinition;
  readonly entity: string;
  /** Names the entity in caches and protocols. */
  readonly key: (row: Row) => string;
  readonly value: (row: Row) => object;
  /** Which rows are still of interest when nobody has asked for them by id; all unless said. What is over piles up for ever. */
  readonly current?: { readonly column: string; readonly in: readonly Value[] };
}

/** A fact that listeners hear of after commit. */
export interface SliceEvent {
  readonly type: string;
  readonly event: { readonly seq: number };
}

/**
 * What follows from every row that any command writes into a table, in the same command: how one slice builds on another
 * that knows nothing of it. Pure, like a rule.
 */
export interface Reaction {
  readonly to: TableDefinition;
  /** What must be loaded beside a row that may be written. Asked again like the needs of a command. */
  readonly needs: (key: Key, view: View, now: number) => readonly Need[];
  /**
   * The rows to write beside it, or why they can't be, which refuses the command. The view does not show what the command itself
   * writes, but what has followed from it so far.
   *
   * @param line - how many rows have followed in this command so far, for names that no two of them share.
   */
  readonly react: (row: Row, view: View, context: Context, line: number) => readonly Write[] | Refused;
}

/** Goods on their way to a level, scaled. */
export interface Expected {
  readonly sku: string;
  readonly storeId: string;
  readonly quantity: number;
  readonly decimals: number;
}

/** Rows of a slice that say what is on its way where: `incoming` of a level is the sum of them all. */
export interface IncomingSource {
  readonly table: TableDefinition;
  /** Which rows are still open; of others nothing is on its way. */
  readonly open: { readonly column: string; readonly in: readonly Value[] };
  /** What an open row has on its way. */
  readonly expected: (row: Row) => readonly Expected[];
}

/** A vertical slice of the domain. The engine takes a list of these and knows none of them. */
export interface Slice {
  readonly name: string;
  readonly commands: readonly AnyCommand[];
  readonly tables: readonly TableDefinition[];
  readonly entities: readonly EntityDefinition[];
  /** The facts in rows of this slice's tables that one or more commits wrote, in seq order. */
  readonly events: (writes: readonly Write[]) => readonly SliceEvent[];
  readonly reactions?: readonly Reaction[];
  /** Where it says what is on its way, for whoever adds up levels. */
  readonly incoming?: IncomingSource;
}
