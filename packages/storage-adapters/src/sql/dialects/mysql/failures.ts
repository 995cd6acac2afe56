import { type FailureKind, isSqlFailure, type SqlFailure, sqlFailure } from "../../failures";

const byNumber: Readonly<Record<number, FailureKind>> = {
  1020: "conflict",
  1205: "conflict",
  1213: "conflict",
  3572: "conflict",
  1062: "duplicate",
  1021: "full",
  1041: "full",
  1114: "full",
  1044: "denied",
  1045: "denied",
  1142: "denied",
  1143: "denied",
  1227: "denied",
  1698: "denied",
  1049: "unreachable",
  1040: "unreachable",
  1203: "unreachable",
  1290: "read-only",
  1792: "read-only",
  1836: "read-only",
  1054: "corrupt",
  1146: "corrupt",
  1932: "corrupt",
  1264: "value",
  1366: "value",
  1406: "value",
  3819: "value",
  4025: "value",
  1053: "lost",
  1317: "conflict",
  1969: "conflict",
  1927: "lost",
  2006: "lost",
  2013: "lost",
  4031: "lost",
};

/** What an error of mysql2 means: the server's number where it sent one, else the link broke. */
export function classifyMysql(error: unknown): SqlFailure {
  if (isSqlFailure(error)) return error;
  const { errno, sqlState, fatal } = error as { readonly errno?: unknown; readonly sqlState?: unknown; readonly fatal?: unknown };
  if (typeof errno === "number" && errno > 0 && typeof sqlState === "string") return sqlFailure(byNumber[errno] ?? "other", error);
  // A mistake in how the driver is called has neither.
  return sqlFailure(fatal || errno !== undefined || "code" in (error as object) ? "lost" : "other", error);
}
