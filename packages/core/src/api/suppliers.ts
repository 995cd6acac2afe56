import * as z from "zod";
import { parser } from "../domain/shared/parse";
import { label, pageFields, searchText, sku } from "../domain/shared/schemas";
import type { CreateSupplier, SetSupplierTerms, SupplierTermsKey, UpdateSupplier } from "../domain/suppliers/commands";
import { archiveSupplier, createSupplier, removeTerms, setTerms, updateSupplier } from "../domain/suppliers/decide";
import {
  type Supplier,
  type SupplierRow,
  type SupplierTerms,
  type SupplierTermsRow,
  suppliers,
  supplierTerms,
  toSupplier,
  toSupplierTerms,
} from "../domain/suppliers/tables";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { ReadOptions, Reads, Where } from "../ports/storage";
import { type List, type PageRequest, readPage } from "./paging";
import { type CommandOptions, defined, findProduct } from "./products";
import { readsAt } from "./reads";
import { inputOf, type Run } from "./runner";

/** Which suppliers to list. */
export interface SupplierFilter extends PageRequest {
  /** Part of the id, the name, the contact or the e-mail address, regardless of case. */
  readonly search?: string;
  /** Archived ones instead of those in use; `"any"` for both. */
  readonly archived?: boolean | "any";
}

/** Which terms to list: of a supplier, of a product, or all. */
export interface SupplierTermsFilter extends PageRequest {
  readonly supplierId?: string;
  readonly sku?: string;
}

/** What a supplier command made, and where it stands in the ledger. */
export type SupplierReceipt = { readonly supplier: Supplier } & Receipt;

/** The terms a command set or took away, and where it stands in the ledger. */
export type SupplierTermsReceipt = { readonly terms: SupplierTerms } & Receipt;

/**
 * Who sells to us, and on what terms.
 *
 * A product's `supplierId` says whom it is usually ordered from. Terms are for one supplier and one product, which may have several.
 *
 * @see docs/guides/purchasing.md
 */
export interface SuppliersApi {
  /**
   * Adds a supplier.
   *
   * @param input.leadTimeDays - whole days from an order until the goods are on the shelf, 0 to 365.
   * @throws {@link InventoryError} `ALREADY_EXISTS`.
   * @example
   * await inventory.suppliers.create({ id: "porzellan-weiss", name: "Porzellan Weiß GmbH", currency: "EUR", leadTimeDays: 21 });
   */
  create(input: CreateSupplier): Promise<SupplierReceipt>;
  /** Changes what is given and leaves the rest; null clears an optional field. @throws {@link InventoryError} `UNKNOWN_SUPPLIER`. */
  update(id: string, patch: Omit<UpdateSupplier, "id">): Promise<SupplierReceipt>;
  /**
   * Takes a supplier out of use: nothing new is ordered there. What was submitted may still be received, and `update(id, { archived: false })` brings it back.
   *
   * @throws {@link InventoryError} `UNKNOWN_SUPPLIER`; `INVALID_STATE` when it is archived already.
   */
  archive(id: string, options?: CommandOptions): Promise<SupplierReceipt>;
  /** @throws {@link InventoryError} `UNKNOWN_SUPPLIER`. */
  get(id: string, options?: ReadOptions): Promise<Supplier>;
  /** Suppliers in use, by id, a page at a time. */
  list(filter?: SupplierFilter, options?: ReadOptions): Promise<List<Supplier>>;
  /**
   * Says how a supplier has a product, in place of what was said before. Orders take `unitCost` and `supplierSku` from it, {@link ForecastsApi.reorder} the rest.
   *
   * @param input.minimum - the least that can be ordered, in the product's unit.
   * @param input.multiple - what an order is a multiple of, in the product's unit.
   * @param input.leadTimeDays - where this product takes longer or comes faster than others of the supplier.
   * @throws {@link InventoryError} `UNKNOWN_SUPPLIER`, `UNKNOWN_PRODUCT`; `INVALID_INPUT` for a cost in another currency than the supplier's.
   * @example
   * await inventory.suppliers.setTerms({
   *   supplierId: "porzellan-weiss", sku: "CUP", unitCost: { amount: 310, currency: "EUR" }, minimum: 48, multiple: 12,
   * });
   */
  setTerms(input: SetSupplierTerms): Promise<SupplierTermsReceipt>;
  /** Takes terms away. @throws {@link InventoryError} `UNKNOWN_SUPPLIER_TERMS`. */
  removeTerms(key: SupplierTermsKey, options?: CommandOptions): Promise<SupplierTermsReceipt>;
  /** Terms by supplier, then SKU, a page at a time. @throws {@link InventoryError} `UNKNOWN_PRODUCT`. */
  listTerms(filter?: SupplierTermsFilter, options?: ReadOptions): Promise<List<SupplierTerms>>;
}

const parseFilter = parser(
  z.strictObject({
    search: searchText.optional(),
    archived: z.union([z.boolean(), z.literal("any")]).default(false),
    ...pageFields,
  }),
);
const parseTermsFilter = parser(z.strictObject({ supplierId: label.optional(), sku: sku.optional(), ...pageFields }));
const parseId = parser(z.strictObject({ id: label }));
/** What every question here takes, by its name. */
export const supplierQueries = { get: parseId, list: parseFilter, listTerms: parseTermsFilter };

const searched = ["id", "name", "contact", "email"];

export function createSuppliers(run: Run, storage: Reads): SuppliersApi {
  return {
    create: (input) => run(createSupplier, input),
    update: async (id, patch) => run(updateSupplier, inputOf(patch, { id })),
    archive: async (id, options) => run(archiveSupplier, inputOf(options, { id })),

    async get(given, options) {
      const { id } = parseId({ id: given });
      const { rows } = await readsAt(storage, options).find(suppliers.name, { where: { id }, limit: 1 });
      if (rows[0]) return toSupplier(rows[0] as SupplierRow);
      throw new InventoryError("UNKNOWN_SUPPLIER", { supplierId: id });
    },

    async list(filter = {}, options) {
      const { search, archived, limit, cursor } = parseFilter(filter);
      const query = {
        where: archived === "any" ? {} : { archived },
        limit,
        cursor,
        ...(search && { search: { columns: searched, text: search } }),
      };
      const { items, nextCursor } = await readPage(readsAt(storage, options), suppliers, query, (row) => toSupplier(row as SupplierRow));
      return { items, ...(nextCursor !== undefined && { nextCursor }) };
    },

    setTerms: (input) => run(setTerms, input),
    removeTerms: async (key, options) => run(removeTerms, inputOf(options, { ...key })),

    async listTerms(filter = {}, options) {
      const reads = readsAt(storage, options);
      const { limit, cursor, supplierId, sku: product } = parseTermsFilter(filter);
      const where: Where = {
        removed: false,
        ...defined({ supplierId }),
        ...(product !== undefined && { sku: (await findProduct(reads, product)).sku }),
      };
      const { items, nextCursor } = await readPage(reads, supplierTerms, { where, limit, cursor }, (row) =>
        toSupplierTerms(row as SupplierTermsRow),
      );
      return { items, ...(nextCursor !== undefined && { nextCursor }) };
    },
  };
}
