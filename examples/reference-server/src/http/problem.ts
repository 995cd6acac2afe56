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

/** What a caller may know of an error. Anything that is no coded refusal is a fault of ours, and its words stay here. */
function problemOf(error: unknown, status?: number): Problem {
  const known = isInventoryError(error) ? error : new InventoryError("STORAGE_UNAVAILABLE", { reason: "internal error" });
  const { code, details, retryable } = known;
  return {
    type: `urn:onhand:error:${code.toLowerCase().replaceAll("_", "-")}`,
    title: errorCodes[code].summary,
    status: status ?? (isInventoryError(error) ? errorCodes[code].status : 500),
    detail: known.message,
    code,
    details,
    retryable,
  };
}

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
