import { refuse } from "../../errors";
import { thresholds } from "../alerts/tables";
import { expiryNeeds, reservedAt } from "../reservations/expiry";
import { invalid, tooFine } from "../shared/invalid";
import { changed } from "../shared/patch";
import { fromScaled, toScaled } from "../shared/quantity";
import type { Money } from "../shared/schemas";
import { skuKeyOf } from "../shared/sku-key";
import type { CommandDefinition, Context, Decision, Need, View } from "../shared/slice";
import { type LevelRow, levels } from "../stock/tables";
import { openTransfers, transfers } from "../transfers/tables";
import {
  type ParsedArchiveProduct,
  type ParsedArchiveStore,
  type ParsedCreateProduct,
  type ParsedCreateStore,
  type ParsedUpdateProduct,
  type ParsedUpdateStore,
  parse,
} from "./commands";
import { type Product, type ProductRow, products, type Store, type StoreRow, stores, toProduct, toStore } from "./tables";

type ProductResult = { readonly product: Product };
type StoreResult = { readonly store: Store };

const productKey = (input: { readonly sku: string }) => [skuKeyOf(input.sku)];
const needsProduct = (input: { readonly sku: string }) => [{ table: products, key: productKey(input) }];
const needsStore = (input: { readonly id: string }) => [{ table: stores, key: [input.id] }];

const wroteProduct = (row: ProductRow): Decision<ProductResult> => ({
  writes: [{ table: products.name, row }],
  result: { product: toProduct(row) },
});
const wroteStore = (row: StoreRow): Decision<StoreResult> => ({ writes: [{ table: stores.name, row }], result: { store: toStore(row) } });

export const createProduct: CommandDefinition<ParsedCreateProduct, ProductResult> = {
  name: "products.create",
  parse: parse.createProduct,
  refusals: ["ALREADY_EXISTS", "INVALID_INPUT"],
  needs: needsProduct,
  decide(view, input, { now, seq }) {
    const existing = view.get(products, productKey(input));
    if (existing) return { refusal: refuse("ALREADY_EXISTS", { entity: "product", key: existing.sku }) };
    const backorderLimit = toScaled(input.backorderLimit, input.decimals);
    if (backorderLimit === undefined) return { refusal: tooFine("backorderLimit", input.decimals) };
    const refusal = untrackable({ tracking: input.tracking ?? null, backorderLimit, decimals: input.decimals });
    if (refusal) return { refusal };
    return wroteProduct({
      seq,
      skuKey: skuKeyOf(input.sku),
      sku: input.sku,
      name: input.name,
      barcode: input.barcode ?? null,
      category: input.category ?? null,
      supplierId: input.supplierId ?? null,
      unit: input.unit ?? null,
      decimals: input.decimals,
      priceAmount: input.price?.amount ?? null,
      priceCurrency: input.price?.currency ?? null,
      costAmount: input.cost?.amount ?? null,
      costCurrency: input.cost?.currency ?? null,
      costing: input.costing?.method ?? null,
      costingCurrency: input.costing?.currency ?? null,
      tracking: input.tracking ?? null,
      backorderLimit,
      images: input.images ?? null,
      attributes: input.attributes,
      archived: false,
      createdSeq: seq,
      createdAt: now,
      updatedAt: now,
    });
  },
};

export const updateProduct: CommandDefinition<ParsedUpdateProduct, ProductResult> = {
  name: "products.update",
  parse: parse.updateProduct,
  refusals: ["UNKNOWN_PRODUCT", "INVALID_INPUT", "INVALID_STATE"],
  needs(input, view, now) {
    const row = view.get(products, productKey(input));
    return row && (input.backorderLimit !== undefined || input.tracking !== undefined)
      ? [...needsProduct(input), ...levelNeeds(view, { sku: row.sku }, now)]
      : needsProduct(input);
  },
  decide(view, input, { now, seq }) {
    const before = view.get(products, productKey(input));
    if (!before) return { refusal: refuse("UNKNOWN_PRODUCT", { sku: input.sku }) };
    const backorderLimit = input.backorderLimit === undefined ? before.backorderLimit : toScaled(input.backorderLimit, before.decimals);
    if (backorderLimit === undefined) return { refusal: tooFine("backorderLimit", before.decimals) };
    if (
      backorderLimit < before.backorderLimit &&
      view.find(levels, { sku: before.sku }).some((level) => level.onHand - reservedAt(view, level, now) < -backorderLimit)
    ) {
      return { refusal: refuse("INVALID_STATE", { entity: "product", key: before.sku, state: "backordered beyond the new limit" }) };
    }
    const tracking = changed(input.tracking, before.tracking);
    const refusal = untrackable({ tracking, backorderLimit, decimals: before.decimals });
    if (refusal) return { refusal };
    if (tracking !== before.tracking && view.find(levels, { sku: before.sku }).some(inUse(view, now)))
      return { refusal: refuse("INVALID_STATE", { entity: "product", key: before.sku, state: "in stock: its tracking can't change" }) };
    const { price, cost } = input;
    return wroteProduct({
      ...before,
      seq,
      updatedAt: now,
      name: input.name ?? before.name,
      barcode: changed(input.barcode, before.barcode),
      category: changed(input.category, before.category),
      supplierId: changed(input.supplierId, before.supplierId),
      unit: changed(input.unit, before.unit),
      priceAmount: changed(part(price, "amount"), before.priceAmount),
      priceCurrency: changed(part(price, "currency"), before.priceCurrency),
      costAmount: changed(part(cost, "amount"), before.costAmount),
      costCurrency: changed(part(cost, "currency"), before.costCurrency),
      tracking,
      backorderLimit,
      images: changed(input.images, before.images),
      attributes: input.attributes ?? before.attributes,
      archived: input.archived ?? before.archived,
    });
  },
};

export const archiveProduct: CommandDefinition<ParsedArchiveProduct, ProductResult> = {
  name: "products.archive",
  parse: parse.archiveProduct,
  refusals: ["UNKNOWN_PRODUCT", "HAS_STOCK", "INVALID_STATE"],
  needs(input, view, now) {
    const row = view.get(products, productKey(input));
    return row ? [...needsProduct(input), ...levelNeeds(view, { sku: row.sku }, now)] : needsProduct(input);
  },
  decide(view, input, { now, seq }) {
    const before = view.get(products, productKey(input));
    if (!before) return { refusal: refuse("UNKNOWN_PRODUCT", { sku: input.sku }) };
    if (before.archived) return { refusal: refuse("INVALID_STATE", { entity: "product", key: before.sku, state: "archived" }) };
    const left = view.find(levels, { sku: before.sku }).filter(inUse(view, now));
    if (left.length > 0) return { refusal: refuse("HAS_STOCK", { entity: "product", key: before.sku, levels: named(left) }) };
    return wroteProduct({ ...before, seq, updatedAt: now, archived: true });
  },
};

export const createStore: CommandDefinition<ParsedCreateStore, StoreResult> = {
  name: "stores.create",
  parse: parse.createStore,
  refusals: ["ALREADY_EXISTS"],
  needs: (input) => [...needsStore(input), everyStoresThresholds],
  decide(view, input, { now, seq }) {
    if (view.get(stores, [input.id])) return { refusal: refuse("ALREADY_EXISTS", { entity: "store", key: input.id }) };
    return wroteStore({
      seq,
      id: input.id,
      name: input.name,
      kind: input.kind,
      archived: false,
      watched: view.find(thresholds, everyStoresThresholds.where).some((threshold) => !threshold.removed),
      createdSeq: seq,
      createdAt: now,
      updatedAt: now,
    });
  },
};

export const updateStore: CommandDefinition<ParsedUpdateStore, StoreResult> = {
  name: "stores.update",
  parse: parse.updateStore,
  refusals: ["UNKNOWN_STORE"],
  needs: needsStore,
  decide: (view, input, context) =>
    existingStore(view, input, (before) =>
      wroteStore({
        ...before,
        ...stamp(context),
        name: input.name ?? before.name,
        kind: input.kind ?? before.kind,
        archived: input.archived ?? before.archived,
      }),
    ),
};

export const archiveStore: CommandDefinition<ParsedArchiveStore, StoreResult> = {
  name: "stores.archive",
  parse: parse.archiveStore,
  refusals: ["UNKNOWN_STORE", "HAS_STOCK", "INVALID_STATE"],
  needs: (input, view, now) => [...needsStore(input), ...levelNeeds(view, { storeId: input.id }, now), ...shippedFrom(input.id)],
  decide: (view, input, context) =>
    existingStore(view, input, (before) => {
      if (before.archived) return { refusal: refuse("INVALID_STATE", { entity: "store", key: before.id, state: "archived" }) };
      const left = view.find(levels, { storeId: before.id }).filter(inUse(view, context.now));
      if (left.length > 0) return { refusal: refuse("HAS_STOCK", { entity: "store", key: before.id, levels: named(left) }) };
      if (shippedFrom(before.id).some(({ table, where }) => view.find(table, where).length > 0))
        return { refusal: refuse("INVALID_STATE", { entity: "store", key: before.id, state: "goods from it are in transit" }) };
      return wroteStore({ ...before, ...stamp(context), archived: true });
    }),
};

/** Transfers whose goods would have nowhere to go back to. */
const shippedFrom = (fromStoreId: string) => openTransfers.map((status) => ({ table: transfers, where: { fromStoreId, status } }));

/** Thresholds that are for every store are for a new one too. */
const everyStoresThresholds = { table: thresholds, where: { storeId: "" } };

const stamp = ({ now, seq }: Context) => ({ seq, updatedAt: now });

function existingStore(view: View, input: { readonly id: string }, then: (row: StoreRow) => Decision<StoreResult>): Decision<StoreResult> {
  const row = view.get(stores, [input.id]);
  return row ? then(row) : { refusal: refuse("UNKNOWN_STORE", { storeId: input.id }) };
}

/** Levels, and what of them may have run out. */
const levelNeeds = (view: View, where: { readonly sku: string } | { readonly storeId: string }, now: number): readonly Need[] => [
  { table: levels, where },
  ...view.find(levels, where).flatMap((level) => expiryNeeds(level, now)),
];

const part = <K extends keyof Money>(money: Money | null | undefined, column: K): Money[K] | null | undefined =>
  money ? money[column] : (money as null | undefined);

/** Nobody knows which lot goods are of that are not there, and a serial number is of one whole piece. */
function untrackable({ tracking, backorderLimit, decimals }: Pick<ProductRow, "tracking" | "backorderLimit" | "decimals">) {
  if (tracking === null) return undefined;
  if (backorderLimit > 0) return invalid("backorderLimit", "must be 0 of a product that is tracked");
  return tracking === "serial" && decimals > 0 ? invalid("tracking", "must not be serial of a product with decimals") : undefined;
}

const inUse =
  (view: View, now: number) =>
  (level: LevelRow): boolean =>
    level.onHand !== 0 || level.incoming !== 0 || reservedAt(view, level, now) !== 0;

const maximumNamedLevels = 20;
const named = (rows: readonly LevelRow[]) =>
  rows.slice(0, maximumNamedLevels).map(({ sku, storeId, onHand, decimals }) => ({ sku, storeId, onHand: fromScaled(onHand, decimals) }));
