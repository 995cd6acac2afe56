/** One problem with a value the caller sent: where it stands in the input and what is wrong with it. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

/** One refused line of a batch. `index` counts from 0 in the order the lines were given. */
export interface LineRefusal {
  readonly index: number;
  readonly code: InventoryErrorCode;
  readonly [detail: string]: unknown;
}

interface OnLevel {
  readonly sku: string;
  readonly storeId: string;
}

interface Batch {
  /** Present when the command was a batch: every line that failed, not only the first. */
  readonly lines?: readonly LineRefusal[];
}

/** What each code says beside itself. Quantities are in the product's unit. */
export interface InventoryErrorDetailsByCode {
  INVALID_INPUT: Batch & { readonly issues: readonly InputIssue[] };
  UNAUTHENTICATED: { readonly reason?: string };
  FORBIDDEN: { readonly action: string; readonly resource?: unknown };
  UNKNOWN_PRODUCT: Batch & { readonly sku: string };
  UNKNOWN_STORE: Batch & { readonly storeId: string };
  UNKNOWN_MOVEMENT: { readonly id: string };
  UNKNOWN_RESERVATION: { readonly id: string };
  UNKNOWN_ALERT: { readonly id: string };
  UNKNOWN_LOT: { readonly sku: string; readonly lot: string };
  UNKNOWN_TRANSFER: { readonly id: string };
  UNKNOWN_COUNT: { readonly id: string };
  UNKNOWN_THRESHOLD: Partial<OnLevel>;
  UNKNOWN_SUPPLIER: { readonly supplierId: string };
  UNKNOWN_SUPPLIER_TERMS: { readonly supplierId: string; readonly sku: string };
  UNKNOWN_PURCHASE_ORDER: { readonly id: string };
  UNKNOWN_JOB: { readonly id: string };
  UNKNOWN_ROUTE: { readonly method: string; readonly path: string };
  ALREADY_EXISTS: Batch & { readonly entity: string; readonly key: string };
  INSUFFICIENT_STOCK: Batch & OnLevel & { readonly lot?: string; readonly requested: number; readonly available: number };
  RESERVATION_SETTLED: { readonly id: string; readonly status: string };
  INVALID_STATE: Batch & { readonly entity: string; readonly key: string; readonly state: string };
  HAS_STOCK: { readonly entity: string; readonly key: string; readonly levels: readonly (OnLevel & { readonly onHand: number })[] };
  IDEMPOTENCY_MISMATCH: { readonly idempotencyKey: string };
  RATE_LIMITED: { readonly retryAfterMs: number };
  QUEUE_FULL: { readonly limit: number };
  STORAGE_UNAVAILABLE: { readonly reason: string };
  STORAGE_CLOSED: Record<never, never>;
  STORAGE_LOCKED: { readonly holder: string };
  STORAGE_FULL: { readonly path?: string };
  STORAGE_CORRUPT: { readonly file?: string; readonly line?: number; readonly reason: string };
  OUTCOME_UNKNOWN: { readonly idempotencyKey?: string };
  UNSUPPORTED: { readonly feature: string };
  FORECAST_FAILED: { readonly provider: string; readonly reason: string };
  PROTOCOL_MISMATCH: { readonly expected: string; readonly received?: string };
  ABORTED: Record<never, never>;
}

/** The stable names of everything that can be refused or go wrong. Codes keep their meaning within a major version; messages do not. */
export type InventoryErrorCode = keyof InventoryErrorDetailsByCode;

/**
 * The details of an error with this code. `replayed` is true on a refusal that was first given to an earlier
 * call with the same idempotency key.
 */
export type InventoryErrorDetails<Code extends InventoryErrorCode = InventoryErrorCode> = InventoryErrorDetailsByCode[Code] & {
  readonly replayed?: boolean;
};

interface CodeFacts {
  /** The HTTP status a server answers with. */
  readonly status: number;
  /** Whether the same call may succeed later without anything else changing. */
  readonly retryable: boolean;
  readonly summary: string;
}

/** What every code means to a caller: the HTTP status, whether a retry can help, and one sentence. */
export const errorCodes = {
  INVALID_INPUT: { status: 400, retryable: false, summary: "The input has missing, unknown or ill-formed fields." },
  UNAUTHENTICATED: { status: 401, retryable: false, summary: "The caller is not known." },
  FORBIDDEN: { status: 403, retryable: false, summary: "The caller may not do this." },
  UNKNOWN_PRODUCT: { status: 404, retryable: false, summary: "No product has this SKU." },
  UNKNOWN_STORE: { status: 404, retryable: false, summary: "No store has this id." },
  UNKNOWN_MOVEMENT: { status: 404, retryable: false, summary: "No movement has this id." },
  UNKNOWN_RESERVATION: { status: 404, retryable: false, summary: "No reservation has this id." },
  UNKNOWN_ALERT: { status: 404, retryable: false, summary: "No alert has this id." },
  UNKNOWN_TRANSFER: { status: 404, retryable: false, summary: "No transfer has this id." },
  UNKNOWN_COUNT: { status: 404, retryable: false, summary: "No count has this id." },
  UNKNOWN_LOT: { status: 404, retryable: false, summary: "The product has no such lot or serial number." },
  UNKNOWN_THRESHOLD: { status: 404, retryable: false, summary: "No threshold is set for this." },
  UNKNOWN_SUPPLIER: { status: 404, retryable: false, summary: "No supplier has this id." },
  UNKNOWN_SUPPLIER_TERMS: { status: 404, retryable: false, summary: "No terms are set for this supplier and product." },
  UNKNOWN_PURCHASE_ORDER: { status: 404, retryable: false, summary: "No purchase order has this id." },
  UNKNOWN_JOB: { status: 404, retryable: false, summary: "No job has this id, or it is over for too long." },
  UNKNOWN_ROUTE: { status: 404, retryable: false, summary: "There is nothing at this path." },
  ALREADY_EXISTS: { status: 409, retryable: false, summary: "Something with this key exists." },
  INSUFFICIENT_STOCK: { status: 409, retryable: false, summary: "Not enough is available." },
  RESERVATION_SETTLED: { status: 409, retryable: false, summary: "The reservation was committed, released or has expired." },
  INVALID_STATE: { status: 409, retryable: false, summary: "This can't be done in the present state." },
  HAS_STOCK: { status: 409, retryable: false, summary: "There is still stock." },
  IDEMPOTENCY_MISMATCH: { status: 422, retryable: false, summary: "The idempotency key was used with another request." },
  RATE_LIMITED: { status: 429, retryable: true, summary: "Too many requests." },
  QUEUE_FULL: { status: 503, retryable: true, summary: "Too many commands are waiting." },
  STORAGE_UNAVAILABLE: { status: 503, retryable: true, summary: "The storage can't be reached or used." },
  STORAGE_CLOSED: { status: 503, retryable: false, summary: "The inventory was closed." },
  STORAGE_LOCKED: { status: 503, retryable: true, summary: "Another process holds the storage." },
  STORAGE_FULL: { status: 507, retryable: true, summary: "No space is left to write to." },
  STORAGE_CORRUPT: { status: 500, retryable: false, summary: "Stored data was damaged." },
  OUTCOME_UNKNOWN: {
    status: 504,
    retryable: true,
    summary: "It can't be known whether the command was applied; retry with the same idempotency key.",
  },
  UNSUPPORTED: { status: 501, retryable: false, summary: "This storage or transport can't do that." },
  FORECAST_FAILED: { status: 502, retryable: true, summary: "The forecast provider failed, or its answer was no forecast." },
  PROTOCOL_MISMATCH: { status: 426, retryable: false, summary: "The two sides speak different protocols." },
  ABORTED: { status: 499, retryable: true, summary: "The caller gave up." },
} as const satisfies Record<InventoryErrorCode, CodeFacts>;
