import { codeOf } from "./codes";

type Values = readonly (string | number | bigint | null)[];

/** The part of Node's StatementSync that is used. */
interface NodeStatement {
  columns(): readonly unknown[];
  setReadBigInts(on: boolean): void;
  setReturnArrays(on: boolean): void;
  all(...values: Values): unknown[];
  run(...values: Values): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
}

/** The part of Node's DatabaseSync that is used. */
interface NodeDatabase {
  readonly isTransaction: boolean;
  prepare(text: string): NodeStatement;
  function(name: string, options: { readonly deterministic: boolean }, body: (text: unknown) => unknown): void;
  exec(text: string): void;
  close(): void;
}

export type NodeDatabaseClass = new (filename: string, options?: { readonly readOnly?: boolean }) => NodeDatabase;

/** How a database is opened; what better-sqlite3 takes beside it means nothing here. */
interface OpenOptions {
  readonly readonly?: boolean | undefined;
}

/** What knex makes its databases of. */
export type DatabaseClass = new (filename: string, options?: OpenOptions) => object;

/** Node's own SQLite with the face of better-sqlite3, as far as knex and this storage look at it. */
export function databaseClass(Sqlite: NodeDatabaseClass): DatabaseClass {
  return class Database {
    readonly readonly: boolean;
    readonly #database: NodeDatabase;

    constructor(filename: string, { readonly: readOnly = false }: OpenOptions = {}) {
      this.readonly = readOnly;
      this.#database = named(() => new Sqlite(filename, { readOnly }));
    }

    get inTransaction(): boolean {
      return this.#database.isTransaction;
    }

    prepare(text: string): Statement {
      return new Statement(named(() => this.#database.prepare(text)));
    }

    pragma(text: string, { simple = false }: { readonly simple?: boolean } = {}): unknown {
      const rows = this.prepare(`PRAGMA ${text}`).all([]) as Readonly<Record<string, unknown>>[];
      return simple ? Object.values(rows[0] ?? {})[0] : rows;
    }

    function(name: string, options: { readonly deterministic: boolean }, body: (text: unknown) => unknown): void {
      this.#database.function(name, options, body);
    }

    exec(text: string): this {
      named(() => this.#database.exec(text));
      return this;
    }

    close(): void {
      this.#database.close();
    }
  };
}

class Statement {
  /** Whether it answers with rows. */
  readonly reader: boolean;

  constructor(private readonly statement: NodeStatement) {
    this.reader = statement.columns().length > 0;
  }

  safeIntegers(on: boolean): this {
    this.statement.setReadBigInts(on);
    return this;
  }

  raw(on: boolean): this {
    this.statement.setReturnArrays(on);
    return this;
  }

  all(values: Values): unknown[] {
    return named(() => this.statement.all(...values));
  }

  run(...values: Values | readonly [Values]): { readonly changes: number; readonly lastInsertRowid: number | bigint } {
    const { changes, lastInsertRowid } = named(() => this.statement.run(...(values.flat() as Values)));
    return { changes: Number(changes), lastInsertRowid };
  }
}

/** Gives an error of SQLite the name that better-sqlite3 gives it: Node has only the number. */
function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { errcode } = error as { readonly errcode?: unknown };
    if (typeof errcode === "number") Object.assign(error as Error, { code: codeOf(errcode) });
    throw error;
  }
}
