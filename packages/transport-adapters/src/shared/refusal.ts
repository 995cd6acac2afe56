import { errorCodes, InventoryError, type InventoryErrorCode, isInventoryError, type Logger } from "@onhand/core";
import type { CloseReason } from "./close-codes";

/** What a client is told of an error: its code and details, never its cause. */
export interface Refused {
  readonly code: InventoryErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
}

/** A refusal in the words of the protocol. */
export const refusedBy = (code: InventoryErrorCode, details: Readonly<Record<string, unknown>> = {}): Refused => ({
  code,
  details,
  retryable: errorCodes[code].retryable,
});

const toldInFull: readonly InventoryErrorCode[] = ["QUEUE_FULL", "OUTCOME_UNKNOWN", "UNSUPPORTED"];

/**
 * What a client is told of anything caught. Whose fault it is decides: a caller's own mistake is told with all details;
 * of the host's troubles only the code leaves, since details may hold paths and a driver's words. An unknown error may
 * have struck after the command was applied, so its outcome is unknown.
 */
export function refusedFor(error: unknown, logger: Pick<Logger, "error">, facts: { readonly idempotencyKey?: string } = {}): Refused {
  if (!isInventoryError(error)) {
    logger.error({ error, ...facts }, "a client's request failed");
    return refusedBy("OUTCOME_UNKNOWN", facts);
  }
  const { code, details, retryable } = error;
  if (errorCodes[code].status < 500 || toldInFull.includes(code)) return { code, details: { ...details }, retryable };
  logger.error({ error, ...facts }, "a client's request failed");
  return refusedBy(code, code === "STORAGE_UNAVAILABLE" ? { reason: "the storage is not available" } : {});
}

/** The last word to a client: why its link ends, and when to come back. */
export interface Farewell extends Refused {
  readonly reason: CloseReason;
  readonly afterMs?: number;
}

const farewells = {
  unavailable: { code: "STORAGE_UNAVAILABLE", afterMs: 1_000 },
  expired: { code: "UNAUTHENTICATED", afterMs: 0 },
  slow: { code: "QUEUE_FULL", afterMs: 1_000 },
  silent: { code: "ABORTED", afterMs: 0 },
  limited: { code: "RATE_LIMITED", afterMs: 5_000 },
  replaced: { code: "ABORTED" },
  unauthenticated: { code: "UNAUTHENTICATED" },
  malformed: { code: "INVALID_INPUT" },
  mismatch: { code: "PROTOCOL_MISMATCH" },
} as const satisfies Record<CloseReason, { readonly code: InventoryErrorCode; readonly afterMs?: number }>;

/** The farewell for a reason. */
export function farewell(reason: CloseReason, details: Readonly<Record<string, unknown>> = {}): Farewell {
  const { code, ...when } = farewells[reason];
  return { ...refusedBy(code, details), ...when, reason };
}

/** An `INVALID_INPUT` about a frame as a whole. */
export const outOfTurn = (message: string) => new InventoryError("INVALID_INPUT", { issues: [{ path: "", message }] });
