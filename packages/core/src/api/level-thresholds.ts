import { ruleOf, scopesOf } from "../domain/alerts/judge";
import { type Threshold, thresholds, toThreshold } from "../domain/alerts/tables";
import type { Reads } from "../ports/storage";
import { readView } from "./read-view";

type Place = { readonly sku: string; readonly storeId: string };

/** The thresholds that count for some levels. */
export async function readThresholds(reads: Reads, places: readonly Place[]): Promise<(place: Place) => Threshold | undefined> {
  const keys = places.flatMap((place) => scopesOf(place).map((key) => ({ table: thresholds, key })));
  const view = await readView(reads, () => keys);
  return (place) => {
    const row = ruleOf(view, place);
    return row && toThreshold(row);
  };
}
