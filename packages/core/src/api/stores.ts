import * as z from "zod";
import type { CreateStore, UpdateStore } from "../domain/catalog/commands";
import { archiveStore, createStore, updateStore } from "../domain/catalog/decide";
import { type Store, type StoreKind, type StoreRow, storeKinds, stores, toStore } from "../domain/catalog/tables";
import { parser } from "../domain/shared/parse";
import { pageFields, storeId } from "../domain/shared/schemas";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { ReadOptions, Reads } from "../ports/storage";
import { type List, type PageRequest, readPage } from "./paging";
import { type CommandOptions, defined } from "./products";
import { readsAt } from "./reads";
import { inputOf, type Run } from "./runner";

/** Which stores to list. */
export interface StoreFilter extends PageRequest {
  readonly kind?: StoreKind;
  /** Archived ones instead of those in use; `"any"` for both. */
  readonly archived?: boolean | "any";
}

/** What a store command made, and where it stands in the ledger. */
export type StoreReceipt = { readonly store: Store } & Receipt;

/** The places that hold goods. */
export interface StoresApi {
  /**
   * Adds a store.
   *
   * @throws {@link InventoryError} `ALREADY_EXISTS`.
   * @example
   * await inventory.stores.create({ id: "berlin", name: "Berlin, Torstraße" });
   */
  create(input: CreateStore): Promise<StoreReceipt>;
  /** Changes what is given and leaves the rest. @throws {@link InventoryError} `UNKNOWN_STORE`. */
  update(id: string, patch: Omit<UpdateStore, "id">): Promise<StoreReceipt>;
  /**
   * Closes a store. Its history stays; `update(id, { archived: false })` opens it again.
   *
   * @throws {@link InventoryError} `HAS_STOCK` while it holds or expects anything; `INVALID_STATE` when it is archived already.
   */
  archive(id: string, options?: CommandOptions): Promise<StoreReceipt>;
  /** @throws {@link InventoryError} `UNKNOWN_STORE`. */
  get(id: string, options?: ReadOptions): Promise<Store>;
  /** Stores in use, by id, a page at a time. */
  list(filter?: StoreFilter, options?: ReadOptions): Promise<List<Store>>;
}

const filterSchema = parser(
  z.strictObject({ kind: z.enum(storeKinds).optional(), archived: z.union([z.boolean(), z.literal("any")]).default(false), ...pageFields }),
);
const parseId = parser(z.strictObject({ id: storeId }));
/** What every question here takes, by its name. */
export const storeQueries = { get: parseId, list: filterSchema };

export function createStores(run: Run, storage: Reads): StoresApi {
  return {
    create: (input) => run(createStore, input),
    update: async (id, patch) => run(updateStore, inputOf(patch, { id })),
    archive: async (id, options) => run(archiveStore, inputOf(options, { id })),
    get: async (id, options) => toStore(await findStore(readsAt(storage, options), parseId({ id }).id)),
    async list(filter = {}, options) {
      const { kind, archived, limit, cursor } = filterSchema(filter);
      const where = { ...defined({ kind }), ...(archived !== "any" && { archived }) };
      const { items, nextCursor } = await readPage(readsAt(storage, options), stores, { where, limit, cursor }, (row) =>
        toStore(row as StoreRow),
      );
      return { items, ...(nextCursor !== undefined && { nextCursor }) };
    },
  };
}

export async function findStore(storage: Reads, id: string): Promise<StoreRow> {
  const { rows } = await storage.find(stores.name, { where: { id }, limit: 1 });
  if (rows[0]) return rows[0] as StoreRow;
  throw new InventoryError("UNKNOWN_STORE", { storeId: id });
}
