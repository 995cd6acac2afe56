import * as z from "zod";
import type { SetThreshold, ThresholdScope } from "../domain/alerts/commands";
import { removeThreshold, setThreshold, type ThresholdResult } from "../domain/alerts/decide";
import { scopesOf } from "../domain/alerts/judge";
import { type Threshold, type ThresholdRow, thresholds, toThreshold } from "../domain/alerts/tables";
import { parser } from "../domain/shared/parse";
import { keyText } from "../domain/shared/rows";
import { pageFields, sku, storeId } from "../domain/shared/schemas";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { ReadOptions, Reads, Where } from "../ports/storage";
import { type List, type PageRequest, readPage } from "./paging";
import { type CommandOptions, findProduct } from "./products";
import { readsAt } from "./reads";
import { inputOf, type Run } from "./runner";
import { findStore } from "./stores";

/** What a threshold command made, the alerts it raised or resolved, and where it stands in the ledger. */
export type ThresholdReceipt = ThresholdResult & Receipt;

/** Which thresholds to list: of a product, of a store, or all. Defaults are listed where they were set, not where they count. */
export interface ThresholdFilter extends PageRequest {
  readonly sku?: string;
  readonly storeId?: string;
}

/**
 * When stock is low and when it is too much. A threshold is for a product at a store, for a product at every store (no `storeId`), for
 * every product of a store (no `sku`), or for everything. The first of these that is set counts, as a whole.
 *
 * @see docs/guides/alerts.md
 */
export interface ThresholdsApi {
  /**
   * Sets a threshold in place of the one before it. Alerts of the product it is for are raised and resolved in the same command; one for every
   * product counts for each level from its next change on, and for the others when {@link createMonitor} checks them.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`; `INVALID_INPUT` when `maximum` is less than `reorderPoint`.
   * @example
   * await inventory.thresholds.set({ sku: "TEA-50", storeId: "berlin", reorderPoint: 12, reorderQuantity: 48 });
   * await inventory.thresholds.set({ storeId: "berlin", reorderPoint: 3 });
   */
  set(input: SetThreshold): Promise<ThresholdReceipt>;
  /** Takes a threshold away; the next wider one counts then. @throws {@link InventoryError} `UNKNOWN_THRESHOLD`. */
  remove(scope: ThresholdScope, options?: CommandOptions): Promise<ThresholdReceipt>;
  /** The threshold that counts for a level; it says itself what it is for. @throws {@link InventoryError} `UNKNOWN_THRESHOLD`, `UNKNOWN_PRODUCT`, `UNKNOWN_STORE`. */
  get(scope: ThresholdScope, options?: ReadOptions): Promise<Threshold>;
  /** Thresholds by SKU, then store, defaults first, a page at a time. */
  list(filter?: ThresholdFilter, options?: ReadOptions): Promise<List<Threshold>>;
}

const scope = { sku: sku.optional(), storeId: storeId.optional() };
const parseScope = parser(z.strictObject(scope));
const parseFilter = parser(z.strictObject({ ...scope, ...pageFields }));
/** What every question here takes, by its name. */
export const thresholdQueries = { get: parseScope, list: parseFilter };

export function createThresholds(run: Run, storage: Reads): ThresholdsApi {
  return {
    set: (input) => run(setThreshold, input),
    remove: async (given, options) => run(removeThreshold, inputOf(options, { ...given })),

    async get(given, options) {
      const reads = readsAt(storage, options);
      const wanted = parseScope(given);
      const product = wanted.sku === undefined ? undefined : await findProduct(reads, wanted.sku);
      const store = wanted.storeId === undefined ? undefined : await findStore(reads, wanted.storeId);
      const place = { sku: product?.sku ?? "", storeId: store?.id ?? "" };
      const where = { sku: { in: [place.sku, ""] }, storeId: { in: [place.storeId, ""] }, removed: false };
      const { rows } = await reads.find(thresholds.name, { where, limit: 4 });
      const found = new Map((rows as readonly ThresholdRow[]).map((row) => [keyText([row.sku, row.storeId]), row]));
      const row = scopesOf(place)
        .map((key) => found.get(keyText(key)))
        .find((each) => each !== undefined);
      if (row) return toThreshold(row);
      throw new InventoryError("UNKNOWN_THRESHOLD", { ...(product && { sku: product.sku }), ...(store && { storeId: store.id }) });
    },

    async list(filter = {}, options) {
      const reads = readsAt(storage, options);
      const { limit, cursor, ...key } = parseFilter(filter);
      const where: Where = {
        removed: false,
        ...(key.sku !== undefined && { sku: (await findProduct(reads, key.sku)).sku }),
        ...(key.storeId !== undefined && { storeId: (await findStore(reads, key.storeId)).id }),
      };
      const { items, nextCursor } = await readPage(reads, thresholds, { where, limit, cursor }, (row) => toThreshold(row as ThresholdRow));
      return { items, ...(nextCursor !== undefined && { nextCursor }) };
    },
  };
}
