import type { Change, Entity, FeedFilter } from "@onhand/core";
import { changeMatcher, levelKey, skuKeyOf } from "@onhand/core/protocol/client";

/** What is wanted of one entity: which rows, and of movements how many of the newest. */
export interface Wanted {
  readonly entity: Entity;
  readonly storeIds?: readonly string[];
  readonly skus?: readonly string[];
  readonly ids?: readonly string[];
  readonly history?: number;
}

const longestName = 200;
const mostNames = 250;
const mostHistory = 1_000;

const sorted = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();
const tidy = (text: string): string => text.trim().normalize("NFC");
const folded = (sku: string): string => skuKeyOf(tidy(sku));

/** The same wish in one spelling: lists sorted, without repetitions and without what can name nothing. */
export const canonicalWanted = ({ entity, storeIds, skus, ids, history }: Wanted): Wanted => ({
  entity,
  ...(storeIds && { storeIds: names(storeIds) }),
  ...(skus && { skus: names(skus) }),
  ...(ids && { ids: names(ids) }),
  ...(history !== undefined && { history: Math.min(Math.max(Math.floor(history), 0), mostHistory) }),
});

const names = (list: readonly string[]): readonly string[] =>
  sorted(list.map(tidy)).filter((name) => name.length > 0 && name.length <= longestName);

/** Whether a wish names nothing at all, so that its answer is known. */
export const isEmptyWanted = ({ storeIds, skus, ids }: Wanted): boolean =>
  storeIds?.length === 0 || skus?.length === 0 || ids?.length === 0;

/** A wish as it is asked of the server: a list too long for one frame is left out, and more comes than was wished for. */
export const askable = ({ storeIds, skus, ids, ...rest }: Wanted): Wanted => ({
  ...rest,
  ...(storeIds && storeIds.length <= mostNames && { storeIds }),
  ...(skus && skus.length <= mostNames && { skus }),
  ...(ids && ids.length <= mostNames && { ids }),
});

/** Names a canonical wish. */
export const wantedKey = (wanted: Wanted): string =>
  JSON.stringify([wanted.entity, wanted.storeIds ?? null, wanted.skus?.map(folded) ?? null, wanted.ids ?? null, wanted.history ?? null]);

/** A wish as the protocol says it. */
export const feedFilter = ({ entity, storeIds, skus, ids }: Wanted): FeedFilter => ({
  entities: [entity],
  ...(storeIds && { storeIds }),
  ...(skus && { skus }),
  ...(ids && { ids }),
});

/** Tells which changes a wish lets through. */
export const wantedMatcher = (wanted: Wanted): ((change: Change) => boolean) => changeMatcher(feedFilter(wanted));

/** Names what a wish lets through, however much of the past it wants. A server has one subscription of each. */
export const filterKey = ({ history: _, ...rest }: Wanted): string => wantedKey(rest);

/**
 * Tells which wishes this one answers as well. The newest movements of everything are not the newest of one
 * product, so of movements only the same ones are, and no more of them.
 */
export function coverer(wide: Wanted): (narrow: Wanted) => boolean {
  const storeIds = wide.storeIds && new Set(wide.storeIds);
  const skus = wide.skus && new Set(wide.skus.map(folded));
  const ids = wide.ids && new Set(wide.ids);
  const key = filterKey(wide);
  return (narrow) =>
    narrow.entity === wide.entity &&
    (wide.entity === "movement"
      ? filterKey(narrow) === key && (narrow.history ?? 0) <= (wide.history ?? 0)
      : holdsAll(storeIds, narrow.storeIds) &&
        holdsAll(skus, narrow.skus?.map(folded)) &&
        // What is over comes only to who asked for it by its id.
        (ids === undefined) === (narrow.ids === undefined) &&
        holdsAll(ids, narrow.ids));
}

const holdsAll = (set: ReadonlySet<string> | undefined, list: readonly string[] | undefined): boolean =>
  set === undefined || (list?.every((item) => set.has(item)) ?? false);

/** Names a product in the cache: two SKUs that differ only in case are one. */
export const productId = (sku: string): string => folded(sku);

/** Names a level in the cache. */
export const levelId = (key: { readonly sku: string; readonly storeId: string }): string =>
  levelKey({ sku: folded(key.sku), storeId: tidy(key.storeId) });

/** Names what a change is about in the cache. */
export function changeId(change: Change): string {
  if (change.entity === "level") return levelId(change.value);
  return change.entity === "product" ? productId(change.key) : change.key;
}
