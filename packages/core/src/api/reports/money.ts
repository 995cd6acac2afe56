import { type Amount, rounded } from "../../domain/costing/amount";
import type { Money } from "../../domain/shared/schemas";

/** Amounts by currency, rounded, in the order of their codes. */
export const moneyOf = (amounts: ReadonlyMap<string, Amount>): readonly Money[] =>
  [...amounts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, amount]) => ({ amount: rounded(amount), currency }));
