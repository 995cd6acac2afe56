import { consoleLogger, errorCodes, InventoryError, type InventoryErrorCode, isInventoryError, type Logger } from "@onhand/core";
import type { Context } from "hono";
import { refusedFor } from "../shared/refusal";
import { type AnswerHeaders, answerWith } from "./answer";
import type { HttpEnv } from "./exchange";

/** An error as RFC 9457 problem details. */
export interface Problem {
  /** Names the kind of error: `urn:onhand:error:insufficient-stock`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: InventoryErrorCode;
  /** What the code says beside itself, as in `InventoryError.details`. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Whether the same request may succeed later without anything else changing. */
  readonly retryable: boolean;
  readonly requestId: string;
}

/** What is known of the request that failed. */
export interface Failed {
  readonly requestId: string;
  readonly logger: Logger;
  /** Whether something may have been applied when the error struck. */
  readonly writes?: boolean;
  readonly idempotencyKey?: string | undefined;
}

// HTTP has statuses of its own for some mistakes, whatever their code usually has.
const statuses = new WeakMap<InventoryError, number>();

/** An error that is answered with another status than its code's. */
export function answeredWith(status: number, error: InventoryError): InventoryError {
  statuses.set(error, status);
  return error;
}

/** A mistake in a request as a whole, or in one field of it. */
export const malformed = (message: string, path = ""): InventoryError =>
  new InventoryError("INVALID_INPUT", { issues: [{ path, message }] });

/**
 * What a caller may know of anything caught. The host's troubles are told by their code alone and logged; an unknown error of a command
 * may have struck after the commit, so its outcome is unknown.
 */
export function problemOf(caught: unknown, { requestId, logger, writes = false, idempotencyKey }: Failed): Problem {
  const error = isInventoryError(caught) || writes ? caught : internal(caught);
  const log = { error: (facts: Parameters<Logger["error"]>[0], message: string) => logger.error({ requestId, ...facts }, message) };
  const { code, details, retryable } = refusedFor(error, log, idempotencyKey === undefined ? {} : { idempotencyKey });
  const { summary, status } = errorCodes[code];
  const issues = "issues" in details ? (details.issues as readonly { path: string; message: string }[]) : [];
  return {
    type: typeOf(code),
    title: summary,
    status: statuses.get(error as InventoryError) ?? status,
    detail: issues.length > 0 ? issues.map(({ path, message }) => `${path} ${message}`.trim()).join("; ") : summary,
    code,
    details,
    retryable,
    requestId,
  };
}

/** A failure of a question that nobody foresaw: nothing was changed, so it is no `OUTCOME_UNKNOWN`. */
const internal = (cause: unknown): InventoryError =>
  answeredWith(500, new InventoryError("STORAGE_UNAVAILABLE", { reason: "internal error" }, { cause }));

/** The `type` of a code's problems. */
const typeOf = (code: string): string => `urn:onhand:error:${code.toLowerCase().replaceAll("_", "-")}`;

/** A response that says what went wrong, and when to come back where that may help. */
export const problemResponse = (context: Context<HttpEnv>, problem: Problem, headers: AnswerHeaders = {}): Response =>
  answerWith(context, JSON.stringify(problem), problem.status, { ...headersOf(problem), ...headers });

/**
 * What a route of the host's own answers when something went wrong, in the words of the others.
 *
 * @param options.status - instead of the status that the error's code usually has.
 * @returns a response with problem details (RFC 9457). What is no `InventoryError` is told by its code alone, and logged.
 * @example
 * app.onError((error) => problemFor(error, { logger }));
 */
export function problemFor(caught: unknown, options: { readonly logger?: Logger; readonly status?: number } = {}): Response {
  const { logger = consoleLogger, status } = options;
  if (status !== undefined && isInventoryError(caught)) answeredWith(status, caught);
  const problem = problemOf(caught, { requestId: globalThis.crypto.randomUUID(), logger });
  return new Response(JSON.stringify(problem), { status: problem.status, headers: headersOf(problem) });
}

const headersOf = ({ status, retryable, details }: Problem): AnswerHeaders => ({
  "content-type": "application/problem+json",
  "cache-control": "no-store",
  ...(retryable && { "retry-after": retryAfter(details) }),
  ...(status === 401 && { "www-authenticate": "Bearer" }),
});

const retryAfter = ({ retryAfterMs }: Problem["details"]): string =>
  String(typeof retryAfterMs === "number" ? Math.max(1, Math.ceil(retryAfterMs / 1_000)) : 1);
