import type { Money } from "@onhand/core";

/** One unit that was scanned. */
export interface ScannedLine {
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
  /** What holds it; absent while the answer is not known. */
  readonly reservationId?: string;
}

/**
 * One customer's purchase, as it is written down before anything is asked of the shop. Every step's key follows from it, so
 * whoever reads it can ask again.
 */
export interface Cart {
  readonly id: string;
  /** `paid`: the money is here, what was held is still to be sold. `cancelled`: it is still to be given back. */
  readonly status: "open" | "paying" | "paid" | "cancelled";
  readonly lines: readonly ScannedLine[];
  /** How often something was held, so that no key is used for two things. */
  readonly holds: number;
  /** How often the money was asked for, likewise. */
  readonly charges: number;
}

export const emptyCart = (id: string): Cart => ({ id, status: "open", lines: [], holds: 0, charges: 0 });

/** What the customer owes, in the currency's minor unit. A till has one currency. */
export const totalOf = ({ lines }: Cart): number => lines.reduce((sum, { price }) => sum + price.amount, 0);
