import { type FailureKind, isSqlFailure, type SqlFailure, sqlFailure } from "../../failures";

const byState: Readonly<Record<string, FailureKind>> = {
  "40001": "conflict",
  "40P01": "conflict",
  "55P03": "conflict",
  // The statement's time was up: the server took it back.
  "57014": "conflict",
  "23505": "duplicate",
  "25006": "read-only",
  "25P02": "ended",
  "3D000": "unreachable",
  "3F000": "corrupt",
  "42P01": "corrupt",
  "42703": "corrupt",
  "42501": "denied",
  "53100": "full",
};

const byClass: Readonly<Record<string, FailureKind>> = {
  "08": "lost",
  "22": "value",
  "23": "value",
  "28": "denied",
  "53": "unreachable",
  "54": "value",
  "57": "lost",
  "58": "lost",
  XX: "corrupt",
};

/** What an error of pg means: the server's five characters where it sent any, else the link broke. */
export function classifyPostgres(error: unknown): SqlFailure {
  if (isSqlFailure(error)) return error;
  const { code, severity } = error as { readonly code?: unknown; readonly severity?: unknown };
  if (typeof code !== "string" || severity === undefined) return sqlFailure("lost", error);
  return sqlFailure(byState[code] ?? byClass[code.slice(0, 2)] ?? "other", error);
}
