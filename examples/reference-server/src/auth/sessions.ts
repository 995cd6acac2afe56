import { randomBytes } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { InventoryError } from "@onhand/core";
import Database from "better-sqlite3";

/** A sign-in, and what followed from it: of its tokens only the latest is good, and only its hash is kept. */
export interface Family {
  readonly id: string;
  readonly name: string;
  /** Names the password that was used; with another the family ends. */
  readonly credential: Buffer;
  readonly latest: Buffer;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

/** What outlives a server of those who signed in. Everything is on disk when a call returns; failures are `STORAGE_UNAVAILABLE`. */
export interface Sessions {
  /** A secret of this place, the same for every server that opens it. */
  readonly secret: Buffer;
  /** Keeps a new family. Those that have ended by `now` go, and of 10,000 the oldest. */
  add(family: Family, now: number): void;
  /** Whose family it is. */
  nameOf(id: string): string | undefined;
  /** Sets the family's latest token, where all that is given is still so; says if it was. Of two servers that do it at once one does. */
  rotate(family: Omit<Family, "name" | "endsAt">, next: Buffer, now: number): boolean;
  remove(id: string): void;
  close(): void;
}

const maximumFamilies = 10_000;
const inMemory = ":memory:";

const schema = `
  create table if not exists families (
    id text primary key, name text not null, credential blob not null, latest blob not null, ends_at integer not null
  ) strict;
  create index if not exists families_by_end on families (ends_at);
  create table if not exists secrets (id integer primary key check (id = 1), value blob not null) strict;
`;

/**
 * Opens the sessions in a SQLite file, which is made where there is none. Only its owner may read it. Several servers may share it.
 *
 * @param file - or `:memory:`, for sessions that end with the process.
 * @throws {@link InventoryError} `STORAGE_UNAVAILABLE` when it can't be opened or is something else.
 */
export function openSessions(file: string): Sessions {
  const inTerms = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (!isDriverError(error)) throw error;
      throw new InventoryError("STORAGE_UNAVAILABLE", { reason: `the sessions in ${file} can't be used: ${error.code}` }, { cause: error });
    }
  };
  return inTerms(() => {
    const database = open(file);
    const run = (sql: string) => {
      const statement = database.prepare(sql);
      return (...values: unknown[]): number => inTerms(() => statement.run(...values).changes);
    };
    const find = (sql: string) => {
      const statement = database.prepare(sql).pluck();
      return (...values: unknown[]): unknown => inTerms(() => statement.get(...values));
    };
    run("insert or ignore into secrets values (1, ?)")(randomBytes(32));
    const sweep = run("delete from families where ends_at <= ?");
    const makeRoom = run(
      `delete from families where id in (select id from families order by ends_at desc limit -1 offset ${maximumFamilies - 1})`,
    );
    const insert = run("insert into families values (?, ?, ?, ?, ?)");
    const nameOf = find("select name from families where id = ?");
    const update = run("update families set latest = ? where id = ? and credential = ? and latest = ? and ends_at > ?");
    const remove = run("delete from families where id = ?");
    const add = database.transaction(({ id, name, credential, latest, endsAt }: Family, now: number) => {
      sweep(now);
      makeRoom();
      insert(id, name, credential, latest, endsAt);
    });
    return {
      secret: find("select value from secrets")() as Buffer,
      add: (family, now) => inTerms(() => add.immediate(family, now)),
      nameOf: (id) => nameOf(id) as string | undefined,
      rotate: ({ id, credential, latest }, next, now) => update(next, id, credential, latest, now) === 1,
      remove: (id) => void remove(id),
      close: () => void database.close(),
    };
  });
}

function open(file: string): Database.Database {
  // Made before SQLite would, so that nobody else may read it for a moment; what SQLite puts beside it has the same mode.
  if (file !== inMemory) closeSync(openSync(file, "a", 0o600));
  const database = new Database(file);
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.exec(schema);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const isDriverError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && "code" in error && typeof error.code === "string";
