import type { Change, FeedFilter } from "../api/feed-types";
import { skuKeyOf } from "../domain/shared/sku-key";

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
    const id = ids && idOf(change);
    if (id !== undefined && !ids?.has(id)) return false;
    if (change.entity === "transfer") {
      const { from, to, lines } = change.value;
      return (!storeIds || storeIds.has(from) || storeIds.has(to)) && (!skus || lines.some(({ sku }) => skus.has(skuKeyOf(sku))));
    }
    if (change.entity === "purchaseOrder" && skus && !change.value.lines.some((line) => skus.has(skuKeyOf(line.sku)))) return false;
    const { sku, storeId, formerStoreIds = [] } = changeSubject(change);
    if (sku !== undefined && skus && !skus.has(skuKeyOf(sku))) return false;
    return storeId === undefined || !storeIds || storeIds.has(storeId) || formerStoreIds.some((id) => storeIds.has(id));
  };
}

/** What a change is about. */
export interface ChangeSubject {
  readonly sku?: string;
  readonly storeId?: string;
  /** Of a transfer: where the goods come from, and where they go. */
  readonly from?: string;
  readonly to?: string;
  /** Where a reservation was before: whoever follows a store must hear that something has left it. */
  readonly formerStoreIds?: readonly string[];
}

/**
 * What a change is about: the product, the store, or the product at a store; of a transfer the two stores.
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
    case "countLine":
      return { sku: change.value.sku, storeId: change.value.storeId };
    case "reservation": {
      const { sku, storeId, movedFrom } = change.value;
      return { sku, storeId, ...(movedFrom && { formerStoreIds: movedFrom }) };
    }
    case "count":
      return { storeId: change.value.storeId };
    case "transfer":
      return { from: change.value.from, to: change.value.to };
    case "purchaseOrder":
      return { storeId: change.value.storeId };
    case "supplier":
      return {};
  }
}

/** What `ids` of a filter name, of those entities that have ids. */
function idOf(change: Change): string | undefined {
  switch (change.entity) {
    case "reservation":
    case "alert":
    case "transfer":
    case "count":
    case "purchaseOrder":
      return change.value.id;
    case "countLine":
      return change.value.countId;
    default:
      return undefined;
  }
}

const sorted = <T extends string>(values: readonly T[]): T[] => [...new Set(values)].sort();
