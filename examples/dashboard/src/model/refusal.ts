import { type InventoryErrorCode, type InventoryErrorDetails, isInventoryError } from "@onhand/core";
import { formatQuantity } from "./format";

type Words = { readonly [Code in InventoryErrorCode]: string | ((details: InventoryErrorDetails<Code>) => string) };

const standing = (state: string): string => state.replaceAll("_", " ");

/** What each refusal means to somebody at this screen. */
const words: Words = {
  INVALID_INPUT: ({ issues }) => issues.map(({ message }) => message).join("; "),
  UNAUTHENTICATED: "Sign in first.",
  FORBIDDEN: "You may not do this.",
  UNKNOWN_PRODUCT: ({ sku }) => `There is no product ${sku}.`,
  UNKNOWN_STORE: ({ storeId }) => `There is no store ${storeId}.`,
  UNKNOWN_MOVEMENT: "There is no such movement.",
  UNKNOWN_RESERVATION: "There is no such hold.",
  UNKNOWN_ALERT: "There is no such alert.",
  UNKNOWN_LOT: ({ lot }) => `There is no lot ${lot}.`,
  UNKNOWN_TRANSFER: "There is no such transfer.",
  UNKNOWN_COUNT: "There is no such sheet.",
  UNKNOWN_THRESHOLD: "No threshold is set there.",
  UNKNOWN_SUPPLIER: ({ supplierId }) => `There is no supplier ${supplierId}.`,
  UNKNOWN_SUPPLIER_TERMS: "Nothing is agreed with this supplier for this product.",
  UNKNOWN_PURCHASE_ORDER: "There is no such order.",
  UNKNOWN_JOB: "The work is over for too long; start it again.",
  UNKNOWN_ROUTE: "The server doesn't know this page's question; reload the page.",
  ALREADY_EXISTS: ({ key }) => `${key} exists already.`,
  INSUFFICIENT_STOCK: ({ sku, requested, available }) =>
    `Of ${sku} ${formatQuantity(requested)} ${requested === 1 ? "is" : "are"} wanted and ${formatQuantity(available)} available.`,
  RESERVATION_SETTLED: ({ status }) => `The hold is ${standing(status)} already.`,
  INVALID_STATE: ({ state }) => `Somebody was faster, or it can't be done now: it is ${standing(state)}.`,
  HAS_STOCK: "There is still stock.",
  IDEMPOTENCY_MISMATCH: "This was sent before with other content.",
  RATE_LIMITED: "That was too much at once. Wait a moment.",
  QUEUE_FULL: "The server is busy. Try again in a moment.",
  STORAGE_UNAVAILABLE: "The server can't be reached, or can't reach its storage.",
  STORAGE_CLOSED: "The server is closing.",
  STORAGE_LOCKED: "Another program holds the server's storage.",
  STORAGE_FULL: "The server's storage is full.",
  STORAGE_CORRUPT: "The server's storage is damaged. Nothing was changed.",
  OUTCOME_UNKNOWN: "No answer came, so it may or may not have been done. Look before you try again.",
  UNSUPPORTED: "This server can't do that.",
  FORECAST_FAILED: "The forecast could not be made. Try again in a moment.",
  PROTOCOL_MISMATCH: "This page is older than its server. Reload it.",
  ABORTED: "It was given up before the server answered.",
};

/** Why something was refused, in words. */
export function describeRefusal(error: unknown): string {
  if (!isInventoryError(error)) return "Something unexpected happened.";
  const say = words[error.code];
  return typeof say === "string" ? say : (say as (details: object) => string)(error.details);
}
