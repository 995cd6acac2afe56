import { errorCodes, InventoryError, type InventoryErrorCode, isInventoryError } from "@onhand/core";

/** An error as RFC 9457 problem details. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: InventoryErrorCode;
  readonly details: object;
  readonly retryable: boolean;
}

const toldInFull: readonly InventoryErrorCode[] = ["QUEUE_FULL", "OUTCOME_UNKNOWN", "UNSUPPORTED"];

/** Whether an error is trouble of the host: its words name paths and holders, so they are for the log only. */
export const isOurs = (error: unknown): boolean =>
  !isInventoryError(error) || (errorCodes[error.code].status >= 500 && !toldInFull.includes(error.code));

/** What a caller may know of an error. */
function problemOf(error: unknown, status?: number): Problem {
  const { code, details, retryable, message } = isInventoryError(error) ? error : internal;
  const { summary, status: usual } = errorCodes[code];
  const ours = isOurs(error);
  return {
    type: `urn:onhand:error:${code.toLowerCase().replaceAll("_", "-")}`,
    title: summary,
    status: status ?? (isInventoryError(error) ? usual : 500),
    detail: ours ? `${code}: ${summary}` : message,
    code,
    details: ours ? {} : details,
    retryable,
  };
}

const internal = new InventoryError("STORAGE_UNAVAILABLE", { reason: "internal error" });

/** A response that says what went wrong, and when to come back where that may help. */
export function problemResponse(error: unknown, status?: number): Response {
  const problem = problemOf(error, status);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "Content-Type": "application/problem+json", ...(problem.retryable && { "Retry-After": retryAfter(error) }) },
  });
}

const retryAfter = (error: unknown): string =>
  String(isInventoryError(error, "RATE_LIMITED") ? Math.max(1, Math.ceil(error.details.retryAfterMs / 1_000)) : 1);
