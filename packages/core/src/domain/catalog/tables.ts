import { fromScaled } from "../shared/quantity";
import type { Json, Row } from "../shared/rows";
import type { Money } from "../shared/schemas";
import { defineTable, type EntityDefinition } from "../shared/slice";

/** The host's own fields of a product, where no schema says more. */
export interface AnyAttributes {
  readonly [key: string]: Json;
}

/** How a product's goods are told apart: by lots with an expiry date, or each by its serial number. */
export const trackings = ["lot", "serial"] as const;
/** One of {@link trackings}. */
export type Tracking = (typeof trackings)[number];

/** How a product's goods are costed: at what all of them cost on average, or the oldest first. */
export const costingMethods = ["average", "fifo"] as const;
/** One of {@link costingMethods}. */
export type CostingMethod = (typeof costingMethods)[number];

/** How a product is costed, and in which currency (ISO 4217). */
export interface Costing {
  readonly method: CostingMethod;
  readonly currency: string;
}

/** Something that can be kept in stock. Quantities are in `unit`. */
export interface Product<Attributes = AnyAttributes> {
  /** As it was given, unique regardless of case; it never changes. */
  readonly sku: string;
  readonly name: string;
  readonly barcode?: string;
  readonly category?: string;
  readonly supplierId?: string;
  /** What one of it is: `piece`, `kg`, `m`. */
  readonly unit?: string;
  /** How many decimals its quantities have; it never changes. */
  readonly decimals: number;
  readonly price?: Money;
  readonly cost?: Money;
  /** Absent where nobody keeps account of what its goods cost. */
  readonly costing?: Costing;
  /** Absent where its goods are all the same. */
  readonly tracking?: Tracking;
  /** How far below zero `available` may go, in the product's unit. */
  readonly backorderLimit: number;
  /** Addresses of pictures, the first the one to show. */
  readonly images?: readonly string[];
  readonly attributes: Attributes;
  readonly archived: boolean;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
  /** The command that last changed it. */
  readonly seq: number;
}

/** A place that holds goods. */
export interface Store {
  readonly id: string;
  readonly name: string;
  readonly kind: StoreKind;
  readonly archived: boolean;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
  /** The command that last changed it. */
  readonly seq: number;
}

/** What a place is for. Goods in `transit` are between two others. */
export const storeKinds = ["store", "warehouse", "transit"] as const;
/** One of {@link storeKinds}. */
export type StoreKind = (typeof storeKinds)[number];

export interface ProductRow extends Row {
  readonly skuKey: string;
  readonly sku: string;
  readonly name: string;
  readonly barcode: string | null;
  readonly category: string | null;
  readonly supplierId: string | null;
  readonly unit: string | null;
  readonly decimals: number;
  readonly priceAmount: number | null;
  readonly priceCurrency: string | null;
  readonly costAmount: number | null;
  readonly costCurrency: string | null;
  readonly costing: CostingMethod | null;
  readonly costingCurrency: string | null;
  readonly tracking: Tracking | null;
  readonly backorderLimit: number;
  readonly images: readonly string[] | null;
  readonly attributes: { readonly [key: string]: Json };
  readonly archived: boolean;
  readonly createdSeq: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const products = defineTable<ProductRow>({
  name: "products",
  kind: "state",
  key: ["skuKey"],
  columns: {
    skuKey: { type: "text" },
    sku: { type: "text" },
    name: { type: "text" },
    barcode: { type: "text", nullable: true },
    category: { type: "text", nullable: true },
    supplierId: { type: "text", nullable: true },
    unit: { type: "text", nullable: true },
    decimals: { type: "integer" },
    priceAmount: { type: "integer", nullable: true },
    priceCurrency: { type: "text", nullable: true },
    costAmount: { type: "integer", nullable: true },
    costCurrency: { type: "text", nullable: true },
    costing: { type: "text", nullable: true },
    costingCurrency: { type: "text", nullable: true },
    tracking: { type: "text", nullable: true },
    backorderLimit: { type: "integer", scaledBy: "decimals" },
    images: { type: "json", nullable: true },
    attributes: { type: "json" },
    archived: { type: "boolean" },
    createdSeq: { type: "integer" },
    createdAt: { type: "timestamp" },
    updatedAt: { type: "timestamp" },
  },
  indexes: [["barcode"], ["category"]],
});

export interface StoreRow extends Row {
  readonly id: string;
  readonly name: string;
  readonly kind: StoreKind;
  readonly archived: boolean;
  /** Whether a threshold may concern levels of this store. */
  readonly watched: boolean;
  readonly createdSeq: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const stores = defineTable<StoreRow>({
  name: "stores",
  kind: "state",
  key: ["id"],
  columns: {
    id: { type: "text" },
    name: { type: "text" },
    kind: { type: "text" },
    archived: { type: "boolean" },
    watched: { type: "boolean" },
    createdSeq: { type: "integer" },
    createdAt: { type: "timestamp" },
    updatedAt: { type: "timestamp" },
  },
  indexes: [],
});

export const toProduct = (row: ProductRow): Product => ({
  sku: row.sku,
  name: row.name,
  ...(row.barcode !== null && { barcode: row.barcode }),
  ...(row.category !== null && { category: row.category }),
  ...(row.supplierId !== null && { supplierId: row.supplierId }),
  ...(row.unit !== null && { unit: row.unit }),
  decimals: row.decimals,
  ...(row.priceAmount !== null && row.priceCurrency !== null && { price: { amount: row.priceAmount, currency: row.priceCurrency } }),
  ...(row.costAmount !== null && row.costCurrency !== null && { cost: { amount: row.costAmount, currency: row.costCurrency } }),
  ...(row.costing !== null && row.costingCurrency !== null && { costing: { method: row.costing, currency: row.costingCurrency } }),
  ...(row.tracking !== null && { tracking: row.tracking }),
  backorderLimit: fromScaled(row.backorderLimit, row.decimals),
  ...(row.images !== null && { images: [...row.images] }),
  attributes: structuredClone(row.attributes),
  archived: row.archived,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  seq: row.seq,
});

export const toStore = (row: StoreRow): Store => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  archived: row.archived,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  seq: row.seq,
});

export const productEntity: EntityDefinition = {
  table: products,
  entity: "product",
  key: (row) => (row as ProductRow).sku,
  value: (row) => toProduct(row as ProductRow),
};

export const storeEntity: EntityDefinition = {
  table: stores,
  entity: "store",
  key: (row) => (row as StoreRow).id,
  value: (row) => toStore(row as StoreRow),
};
