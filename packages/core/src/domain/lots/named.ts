import { type Refusal, refuse } from "../../errors";
import type { ProductRow } from "../catalog/tables";
import { toScaled } from "../shared/quantity";

/** A lot as a caller names it: how much of it, in the product's unit. */
export interface NamedLot {
  readonly lot: string;
  readonly quantity: number;
  readonly expiresAt?: number | undefined;
}

/** A named lot, scaled. */
export interface ScaledLot {
  readonly lot: string;
  readonly quantity: number;
  readonly expiresAt: number | undefined;
}

/** Lots as a caller names them, scaled, or what is wrong with one. */
export function scaledLots(product: ProductRow, named: readonly NamedLot[]): readonly ScaledLot[] | Refusal {
  const seen = new Set<string>();
  const scaled: ScaledLot[] = [];
  for (const { lot, quantity, expiresAt } of named) {
    if (seen.has(lot)) return invalidLots(`must name ${lot} once`);
    seen.add(lot);
    const exact = toScaled(quantity, product.decimals);
    if (exact === undefined) return invalidLots(`must have quantities of at most ${product.decimals} decimals`);
    if (product.tracking === "serial" && exact !== 1) return invalidLots(`must have a quantity of 1 for the serial number ${lot}`);
    scaled.push({ lot, quantity: exact, expiresAt });
  }
  return scaled;
}

/** What is wrong with the lots somebody names. */
export const invalidLots = (message: string): Refusal => refuse("INVALID_INPUT", { issues: [{ path: "lots", message }] });

/** The refusal of a tracked product without its lots. */
export const mustName = ({ sku, tracking }: ProductRow): Refusal =>
  invalidLots(tracking === "serial" ? "must name the serial number of each piece" : `must name the lots: ${sku} is tracked by lot`);
