import { checkCommand, InventoryError, isInventoryError } from "@onhand/core";
import type { Target } from "./job";

/** How the places of a file become stores. */
export interface StoreOptions {
  /** Where everything is, in a file that does not say. */
  readonly storeId?: string;
  /** The store ids of places the file calls something else. */
  readonly stores?: Readonly<Record<string, string>>;
  /** Makes stores that are not known, under the name the file gives them. */
  readonly createStores?: boolean;
}

/** Finds the store that a file means: as `stores` says, by its id, by its name. */
export interface StoreFinder {
  /** @throws {@link InventoryError} `UNKNOWN_STORE`, or `INVALID_INPUT` when it can't be made under that name. */
  find(name: string): Promise<string>;
  /** Stores that would have to be made for the file. */
  readonly missing: ReadonlySet<string>;
}

/** Stores are made when `write` is set; until then those that are missing are only noted. */
export function createStoreFinder(inventory: Target, options: StoreOptions, write: boolean, actor: string | undefined): StoreFinder {
  const found = new Map<string, Promise<string>>();
  const missing = new Set<string>();
  let byName: Promise<ReadonlyMap<string, string | undefined>> | undefined;

  async function search(name: string): Promise<string> {
    const id = options.stores && Object.hasOwn(options.stores, name) ? (options.stores[name] as string) : name;
    try {
      return (await inventory.stores.get(id)).id;
    } catch (error) {
      if (!isInventoryError(error, "UNKNOWN_STORE") && !isInventoryError(error, "INVALID_INPUT")) throw error;
      byName ??= storesByName(inventory);
      const named = (await byName).get(id);
      if (named !== undefined) return named;
      if (!options.createStores) throw new InventoryError("UNKNOWN_STORE", { storeId: id });
      return make(id);
    }
  }

  async function make(id: string): Promise<string> {
    checkCommand("stores.create", { id, name: id });
    missing.add(id);
    if (!write) return id;
    try {
      await inventory.stores.create({ id, name: id, ...(actor !== undefined && { actor }) });
    } catch (error) {
      if (!isInventoryError(error, "ALREADY_EXISTS")) throw error;
    }
    return id;
  }

  return {
    missing,
    find(name) {
      const known = found.get(name) ?? search(name);
      found.set(name, known);
      return known;
    },
  };
}

/** Store ids by name; undefined for a name that two stores share, which therefore names neither. */
async function storesByName(inventory: Target): Promise<ReadonlyMap<string, string | undefined>> {
  const names = new Map<string, string | undefined>();
  let cursor: string | undefined;
  do {
    const page = await inventory.stores.list({ limit: 1_000, ...(cursor !== undefined && { cursor }) });
    for (const { id, name } of page.items) names.set(name, names.has(name) ? undefined : id);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return names;
}
