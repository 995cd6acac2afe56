import { type FailureKind, isSqlFailure, type SqlFailure, sqlFailure } from "../../failures";

const kinds: readonly (readonly [prefix: string, kind: FailureKind])[] = [
  ["SQLITE_BUSY", "conflict"],
  ["SQLITE_LOCKED", "conflict"],
  ["SQLITE_CONSTRAINT_PRIMARYKEY", "duplicate"],
  ["SQLITE_CONSTRAINT_UNIQUE", "duplicate"],
  ["SQLITE_CONSTRAINT", "value"],
  ["SQLITE_MISMATCH", "value"],
  ["SQLITE_TOOBIG", "value"],
  ["SQLITE_FULL", "full"],
  // The index of the write-ahead log could not grow.
  ["SQLITE_IOERR_SHMSIZE", "full"],
  ["SQLITE_READONLY", "read-only"],
  ["SQLITE_CANTOPEN", "unreachable"],
  ["SQLITE_AUTH", "denied"],
  ["SQLITE_PERM", "denied"],
  ["SQLITE_IOERR", "lost"],
  ["SQLITE_CORRUPT", "corrupt"],
  ["SQLITE_NOTADB", "corrupt"],
];

/** What an error of better-sqlite3 means. */
export function classifySqlite(error: unknown): SqlFailure {
  if (isSqlFailure(error)) return error;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === "string") {
    const known = kinds.find(([prefix]) => code.startsWith(prefix));
    if (known) return sqlFailure(known[1], error);
  }
  if (/^no such (table|column)/.test(String(message))) return sqlFailure("corrupt", error);
  return sqlFailure("other", error);
}
