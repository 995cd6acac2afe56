import type { Change, FeedFilter } from "../api/feed-types";
import { skuKeyOf } from "../domain/shared/schemas";

/**
 * One form for all filters that let the same changes through: lists sorted and without repetition, SKUs in lower case.
 *
 * @returns an equal filter; two such filters have the same JSON exactly when they are equal.
 * @example
 * canonicalFilter({ entities: ["store", "level", "store"] }); // { entities: ["level", "store"] }
 */
export function canonicalFilter(filter: {
  readonly entities: FeedFilter["entities"];
  readonly storeIds?: readonly string[] | undefined;
  readonly skus?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
}): FeedFilter {
  return {
    entities: sorted(filter.entities),
    ...(filter.storeIds && { storeIds: sorted(filter.storeIds) }),
    ...(filter.skus && { skus: sorted(filter.skus.map(skuKeyOf)) }),
    ...(filter.ids && { ids: sorted(filter.ids) }),
  };
}

/**
 * Compiles a filter into a test for single changes. SKUs match regardless of case, as everywhere.
 *
 * @example
 * const berlin = changeMatcher({ entities: ["level"], storeIds: ["berlin"] });
 * const shown = batch.changes.filter(berlin);
 */
export function changeMatcher(filter: FeedFilter): (change: Change) => boolean {
  const entities = new Set(filter.entities);
  const storeIds = filter.storeIds && new Set(filter.storeIds);
  const skus = filter.skus && new Set(filter.skus.map(skuKeyOf));
  const ids = filter.ids && new Set(filter.ids);
  return (change) => {
    if (!entities.has(change.entity)) return false;
    if (ids && (change.entity === "reservation" || change.entity === "alert") && !ids.has(change.value.id)) return false;
    const { sku, storeId, formerStoreIds = [] } = changeSubject(change);
    if (sku !== undefined && skus && !skus.has(skuKeyOf(sku))) return false;
    return storeId === undefined || !storeIds || storeIds.has(storeId) || formerStoreIds.some((id) => storeIds.has(id));
  };
}

/** What a change is about. */
export interface ChangeSubject {
  readonly sku?: string;
  readonly storeId?: string;
  /** Where a reservation was before: whoever follows a store must hear that something has left it. */
  readonly formerStoreIds?: readonly string[];
}

/**
 * What a change is about: the product, the store, or the product at a store.
 *
 * @example
 * changeSubject(levelChange); // { sku: "P001", storeId: "berlin" }
 */
export function changeSubject(change: Change): ChangeSubject {
  switch (change.entity) {
    case "product":
      return { sku: change.value.sku };
    case "store":
      return { storeId: change.value.id };
    case "level":
    case "movement":
    case "alert":
      return { sku: change.value.sku, storeId: change.value.storeId };
    case "reservation": {
      const { sku, storeId, movedFrom } = change.value;
      return { sku, storeId, ...(movedFrom && { formerStoreIds: movedFrom }) };
    }
  }
}

const sorted = <T extends string>(values: readonly T[]): T[] => [...new Set(values)].sort();
