import { InventoryError } from "@onhand/core";

/** What went wrong in a database, in our words. */
export type FailureKind =
  /** Another transaction was in the way; the same work may succeed at once. */
  | "conflict"
  /** A row with this key exists. */
  | "duplicate"
  /** The connection broke or gave no answer in time, before anything was asked to be committed. */
  | "lost"
  /** The same after a commit was asked for. */
  | "unknown"
  | "unreachable"
  | "denied"
  | "read-only"
  | "full"
  /** A table or column is missing, or the file is damaged. */
  | "corrupt"
  /** A value the database does not take. */
  | "value"
  /** The host's transaction is over, or has failed and can only be rolled back. */
  | "ended"
  | "other";

/** A driver's error with its meaning. It stays inside the adapter. */
export interface SqlFailure extends Error {
  readonly kind: FailureKind;
}

const brand = Symbol("sql failure");

/** Gives a driver's error its meaning. */
export const sqlFailure = (kind: FailureKind, cause: unknown): SqlFailure =>
  Object.assign(new Error(kind, { cause }), { kind, [brand]: true });

export const isSqlFailure = (error: unknown): error is SqlFailure => typeof error === "object" && error !== null && brand in error;

const reasons = {
  conflict: "others kept it busy for too long",
  lost: "the connection was lost or gave no answer in time",
  unreachable: "the database can't be reached",
  denied: "the database refused these credentials or this right",
  "read-only": "the database is read-only",
  other: "the database refused the work",
} as const;

/** What a caller is told. What the driver said, and the SQL with the values in it, goes under `cause` only. */
export function toInventoryError(error: unknown): unknown {
  if (!isSqlFailure(error)) return error;
  const options = { cause: error.cause };
  switch (error.kind) {
    case "unknown":
      return new InventoryError("OUTCOME_UNKNOWN", {}, options);
    case "full":
      return new InventoryError("STORAGE_FULL", {}, options);
    case "corrupt":
      return new InventoryError("STORAGE_CORRUPT", { reason: "a table or column is missing, or the database is damaged" }, options);
    case "value":
      return new InventoryError("INVALID_INPUT", { issues: [{ path: "", message: "the database does not take this value" }] }, options);
    case "ended":
      return new InventoryError(
        "INVALID_INPUT",
        { issues: [{ path: "host", message: "the transaction has failed or ended: roll it back and run it again" }] },
        options,
      );
    case "duplicate":
      return new TypeError("a row with this key exists already", options);
    default:
      return new InventoryError("STORAGE_UNAVAILABLE", { reason: reasons[error.kind] }, options);
  }
}

/** Runs work and tells a caller what went wrong in words of the inventory. */
export async function inInventoryTerms<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toInventoryError(error);
  }
}

/** A failure while a commit was under way: whether it happened can't be told from a connection that broke. */
export function commitFailure(error: unknown): unknown {
  if (!isSqlFailure(error)) return error;
  return error.kind === "lost" || error.kind === "other" ? sqlFailure("unknown", error.cause) : error;
}
