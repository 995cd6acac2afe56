import * as z from "zod";
import { parser } from "../shared/parse";
import { attributes, commandFields, currency, decimals, images, label, name, price, sku, storeId } from "../shared/schemas";
import { costingMethods, storeKinds, trackings } from "./tables";

const barcode = label;
const backorderLimit = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER);

const createProduct = z.strictObject({
  sku,
  name,
  barcode: barcode.optional(),
  category: label.optional(),
  supplierId: label.optional(),
  unit: label.optional(),
  decimals: decimals.default(0),
  price: price.optional(),
  cost: price.optional(),
  costing: z.strictObject({ method: z.enum(costingMethods), currency }).optional(),
  tracking: z.enum(trackings).optional(),
  backorderLimit: backorderLimit.default(0),
  /** Addresses of pictures, `https://…`, at most 20; the first is the one to show. */
  images: images.optional(),
  attributes: attributes.default({}),
  ...commandFields,
});

/** What may be changed of a product; null clears a field. Its `sku` and `decimals` are for ever. */
const productPatch = {
  name: name.optional(),
  barcode: barcode.nullable().optional(),
  category: label.nullable().optional(),
  supplierId: label.nullable().optional(),
  unit: label.nullable().optional(),
  price: price.nullable().optional(),
  cost: price.nullable().optional(),
  tracking: z.enum(trackings).nullable().optional(),
  backorderLimit: backorderLimit.optional(),
  images: images.nullable().optional(),
  attributes: attributes.optional(),
  /** Takes a product out of the archive. */
  archived: z.literal(false).optional(),
};

const createStore = z.strictObject({ id: storeId, name, kind: z.enum(storeKinds).default("store"), ...commandFields });
const storePatch = { name: name.optional(), kind: z.enum(storeKinds).optional(), archived: z.literal(false).optional() };

const updateProduct = z.strictObject({ sku, ...productPatch, ...commandFields });
const archiveProduct = z.strictObject({ sku, ...commandFields });
const updateStore = z.strictObject({ id: storeId, ...storePatch, ...commandFields });
const archiveStore = z.strictObject({ id: storeId, ...commandFields });

export const parse = {
  createProduct: parser(createProduct),
  updateProduct: parser(updateProduct),
  archiveProduct: parser(archiveProduct),
  createStore: parser(createStore),
  updateStore: parser(updateStore),
  archiveStore: parser(archiveStore),
};

/** A new product. Only `sku` and `name` are required. */
export type CreateProduct = z.input<typeof createProduct>;
/** Changes to the product with this SKU. Absent fields stay; null clears an optional one. */
export type UpdateProduct = z.input<typeof updateProduct>;
/** A new store. */
export type CreateStore = z.input<typeof createStore>;
/** Changes to the store with this id. */
export type UpdateStore = z.input<typeof updateStore>;

export type ParsedCreateProduct = z.output<typeof createProduct>;
export type ParsedUpdateProduct = z.output<typeof updateProduct>;
export type ParsedArchiveProduct = z.output<typeof archiveProduct>;
export type ParsedCreateStore = z.output<typeof createStore>;
export type ParsedUpdateStore = z.output<typeof updateStore>;
export type ParsedArchiveStore = z.output<typeof archiveStore>;
