import type { Refusal } from "../../errors";
import type { ProductRow } from "../catalog/tables";
import { fromScaled } from "../shared/quantity";
import type { Need, View } from "../shared/slice";
import { lotNeeds, openAt, otherExpiry } from "./choose";
import { invalidLots, mustName, type NamedLot, scaledLots } from "./named";
import { lotLevels, lots } from "./tables";

/** The most lots one line may be judged by: they stand in its row. */
const maximumLots = 2_000;

/** What was found of a lot beside what the books say of it, scaled. A date is kept of lots that the books don't know. */
export type LotTally = { readonly lot: string; readonly counted: number; readonly expected: number; readonly expiresAt?: number };

/** What somebody found of a product at a store. */
export interface Found {
  readonly product: ProductRow;
  readonly storeId: string;
  /** All that was found, scaled. */
  readonly counted: number;
  readonly named: readonly NamedLot[] | undefined;
}

/** The rows that judging what was found reads: of a tracked product the lots that are there by the books, and those that are named. */
export const tallyNeeds = (
  product: ProductRow | undefined,
  storeId: string,
  view: View,
  named: readonly NamedLot[] | undefined,
): readonly Need[] => [...lotNeeds(product, storeId, view, undefined), ...(named ? lotNeeds(product, storeId, view, named) : [])];

/**
 * Puts what was found of each lot beside what the books say of it at this moment; what is not named was not there. Nothing is
 * named only where nothing was found: who counts blind must not learn that the books say the same. Undefined of an untracked product.
 */
export function tallyLots(view: View, { product, storeId, counted, named }: Found): readonly LotTally[] | Refusal | undefined {
  const { sku, tracking, decimals } = product;
  if (tracking === null) return named && invalidLots(`must be left out: ${sku} is not tracked`);
  if (!named && counted !== 0) return mustName(product);
  const found = scaledLots(product, named ?? []);
  if ("code" in found) return found;
  if (found.reduce((sum, { quantity }) => sum + quantity, 0) !== counted)
    return invalidLots(`must add up to the ${fromScaled(counted, decimals)} that were counted`);
  const expected = new Map(view.find(lotLevels, openAt(sku, storeId)).map((row) => [row.lot, row.quantity]));
  const tallies: LotTally[] = [];
  for (const { lot, quantity, expiresAt } of found) {
    const known = view.get(lots, [sku, lot]);
    const refusal = otherExpiry(known, expiresAt);
    if (refusal) return refusal;
    const dated = !known && expiresAt !== undefined && { expiresAt };
    tallies.push({ lot, counted: quantity, expected: expected.get(lot) ?? 0, ...dated });
    expected.delete(lot);
  }
  for (const [lot, quantity] of expected) tallies.push({ lot, counted: 0, expected: quantity });
  return tallies.length > maximumLots ? invalidLots(`must not be more than ${maximumLots}, with those that should be there`) : tallies;
}

/** What approval books of each lot: by how much it was off. */
export const lotDifferences = (tallies: readonly LotTally[]) =>
  tallies
    .filter(({ counted, expected }) => counted !== expected)
    .map(({ lot, counted, expected, expiresAt }) => ({ lot, delta: counted - expected, expiresAt }));
