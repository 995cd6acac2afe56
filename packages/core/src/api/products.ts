import * as z from "zod";
import type { CreateProduct, UpdateProduct } from "../domain/catalog/commands";
import { archiveProduct, createProduct, updateProduct } from "../domain/catalog/decide";
import { type AnyAttributes, type Product, type ProductRow, products, toProduct } from "../domain/catalog/tables";
import { parser } from "../domain/shared/parse";
import { label, pageFields, searchText, sku } from "../domain/shared/schemas";
import { skuKeyOf } from "../domain/shared/sku-key";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { ReadOptions, Reads, Where } from "../ports/storage";
import { type List, type PageRequest, readPage } from "./paging";
import { readsAt } from "./reads";
import { inputOf, type Run } from "./runner";

/** Who does a command, and the key that makes its retries safe. */
export interface CommandOptions {
  readonly actor?: string;
  readonly idempotencyKey?: string;
}

/** Which products to list. Everything given must hold. */
export interface ProductFilter extends PageRequest {
  /** Part of the SKU, the name, the barcode or the category, regardless of case. */
  readonly search?: string;
  readonly category?: string;
  readonly barcode?: string;
  readonly supplierId?: string;
  /** Archived ones instead of those in use; `"any"` for both. */
  readonly archived?: boolean | "any";
  /** By SKU unless said. */
  readonly orderBy?: "sku" | "name" | "updatedAt";
  readonly descending?: boolean;
}

/** What a product command made, and where it stands in the ledger. */
export type ProductReceipt<Attributes = AnyAttributes> = { readonly product: Product<Attributes> } & Receipt;

/** A command's input where the host's schema says what `attributes` are; they may be left out where the schema asks for none. */
type WithAttributes<Input, Given> = Omit<Input, "attributes"> &
  (Record<never, never> extends Given ? { readonly attributes?: Given | undefined } : { readonly attributes: Given });

/** Tells where pictures of a product are, as absolute addresses, the one to show first. */
export type ImagesOf<Attributes = AnyAttributes> = (product: Product<Attributes>) => readonly string[] | Promise<readonly string[]>;

/** The products of an inventory. */
export interface ProductsApi<Attributes = AnyAttributes, GivenAttributes = Attributes> {
  /**
   * Adds a product. It has no stock until it is received.
   *
   * @throws {@link InventoryError} `ALREADY_EXISTS` when a SKU is taken, regardless of case.
   * @example
   * await inventory.products.create({ sku: "TEA-50", name: "Green tea 50 g", price: { amount: 499, currency: "EUR" } });
   */
  create(input: WithAttributes<CreateProduct, GivenAttributes>): Promise<ProductReceipt<Attributes>>;
  /**
   * Changes what is given and leaves the rest; null clears an optional field. `sku` and `decimals` never change.
   *
   * @throws {@link InventoryError} `UNKNOWN_PRODUCT`; `INVALID_STATE` when a lower `backorderLimit` is already passed somewhere.
   */
  update(
    sku: string,
    patch: Omit<UpdateProduct, "sku" | "attributes"> & { readonly attributes?: GivenAttributes | undefined },
  ): Promise<ProductReceipt<Attributes>>;
  /**
   * Takes a product out of use. Its history stays; `update(sku, { archived: false })` brings it back.
   *
   * @throws {@link InventoryError} `HAS_STOCK` while any store has or expects some; `INVALID_STATE` when it is archived already.
   */
  archive(sku: string, options?: CommandOptions): Promise<ProductReceipt<Attributes>>;
  /** @throws {@link InventoryError} `UNKNOWN_PRODUCT`. */
  get(sku: string, options?: ReadOptions): Promise<Product<Attributes>>;
  /** Products in use, by SKU, a page at a time. */
  list(filter?: ProductFilter, options?: ReadOptions): Promise<List<Product<Attributes>>>;
  /** Where pictures of a product are: its own `images`, or else what `imagesOf` of the inventory says; none without either. @throws {@link InventoryError} `UNKNOWN_PRODUCT`. */
  images(sku: string, options?: ReadOptions): Promise<readonly string[]>;
}

const filterSchema = parser(
  z.strictObject({
    search: searchText.optional(),
    category: label.optional(),
    barcode: label.optional(),
    supplierId: label.optional(),
    archived: z.union([z.boolean(), z.literal("any")]).default(false),
    orderBy: z.enum(["sku", "name", "updatedAt"]).default("sku"),
    descending: z.boolean().default(false),
    ...pageFields,
  }),
);
const parseSku = parser(z.strictObject({ sku }));
/** What every question here takes, by its name. */
export const productQueries = { get: parseSku, list: filterSchema, images: parseSku };

const searched = ["sku", "name", "barcode", "category"];

export function createProducts<Attributes, GivenAttributes>(
  run: Run,
  storage: Reads,
  imagesOf?: ImagesOf<Attributes>,
): ProductsApi<Attributes, GivenAttributes> {
  // By the schema of this inventory, which rows are written by.
  const typed = (row: ProductRow) => toProduct(row) as unknown as Product<Attributes>;
  const get = async (key: string, options?: ReadOptions) => typed(await findProduct(readsAt(storage, options), parseSku({ sku: key }).sku));
  const commands: Pick<ProductsApi, "create" | "update" | "archive"> = {
    create: (input) => run(createProduct, input),
    update: async (key, patch) => run(updateProduct, inputOf(patch, { sku: key })),
    archive: async (key, options) => run(archiveProduct, inputOf(options, { sku: key })),
  };
  return {
    ...(commands as unknown as Pick<ProductsApi<Attributes, GivenAttributes>, keyof typeof commands>),
    get,
    async images(key, options) {
      const product = await get(key, options);
      return product.images ?? (await imagesOf?.(product)) ?? [];
    },
    async list(filter = {}, options) {
      const { search, archived, orderBy, descending, limit, cursor, ...equal } = filterSchema(filter);
      const where: Where = { ...defined(equal), ...(archived !== "any" && { archived }) };
      const column = orderBy === "sku" ? "skuKey" : orderBy;
      const query = {
        where,
        limit,
        cursor,
        orderBy: [{ column, descending }],
        ...(search && { search: { columns: searched, text: search } }),
      };
      const { items, nextCursor } = await readPage(readsAt(storage, options), products, query, (row) => typed(row as ProductRow));
      return { items, ...(nextCursor !== undefined && { nextCursor }) };
    },
  };
}

/** The product a caller means, however they spell its SKU. */
export async function findProduct(storage: Reads, given: string): Promise<ProductRow> {
  const { rows } = await storage.find(products.name, { where: { skuKey: skuKeyOf(given) }, limit: 1 });
  if (rows[0]) return rows[0] as ProductRow;
  throw new InventoryError("UNKNOWN_PRODUCT", { sku: given });
}

/** A condition for each field that is given. */
export const defined = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
