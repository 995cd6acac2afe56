import { isInventoryError, type Product } from "@onhand/core";
import { formatQuantity } from "./format";
import { statusOf } from "./status";

/** What to say of something done, and how loudly. */
export interface Report {
  readonly kind: "success" | "warning" | "error";
  readonly text: string;
  readonly description?: string;
}

/** What the scan field does. */
export const modes = ["sell", "add"] as const;
export type Mode = (typeof modes)[number];

const done = { sell: "Sold", add: "Added" } as const satisfies Record<Mode, string>;

/** Tells of a command that was done: a warning when little or nothing is left where it was done. */
export function reportDone(facts: {
  readonly mode: Mode;
  readonly product: Product;
  readonly quantity: number;
  readonly place: string;
  readonly available: number;
  readonly lowMark: number;
}): Report {
  const { mode, product, quantity, place, available } = facts;
  const text = `${done[mode]} ${formatQuantity(quantity)} × ${product.name}`;
  const status = statusOf(available, facts.lowMark);
  if (mode === "add" || status === "in-stock")
    return { kind: "success", text, description: `${formatQuantity(available)} available at ${place}` };
  const left = status === "out" ? "None left" : `Only ${formatQuantity(available)} left`;
  return { kind: "warning", text, description: `${left} at ${place}` };
}

/** Tells why a command was refused. */
export function reportRefusal(error: unknown, facts: { readonly product: Product; readonly place: string }): Report {
  const { product, place } = facts;
  if (isInventoryError(error, "INSUFFICIENT_STOCK")) {
    const { available, requested } = error.details;
    return {
      kind: "error",
      text: `Not enough ${product.name}`,
      description: `${formatQuantity(requested)} wanted, ${formatQuantity(available)} available at ${place}`,
    };
  }
  if (isInventoryError(error, "INVALID_INPUT")) {
    return { kind: "error", text: "That can't be booked", description: error.details.issues.map(({ message }) => message).join("; ") };
  }
  return { kind: "error", text: `${product.name} was not booked`, description: isInventoryError(error) ? error.code : "unexpected error" };
}
