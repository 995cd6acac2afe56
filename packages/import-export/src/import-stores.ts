import { type CreateStore, isInventoryError, type Store } from "@onhand/core";
import { readStore } from "./map/store";
import { type ImportOptions, type Item, itemsOf, type Job, type Run, runImport, type Target } from "./run/job";
import { oneByOne } from "./run/one-by-one";
import type { Fate, ImportReport } from "./run/report";
import { settle } from "./run/settle";
import type { Source } from "./source/source";

interface StoreItem extends Item {
  readonly store: CreateStore;
}

/**
 * Imports stores from a CSV or XLSX file. A store whose id exists is left as it is and counts as `unchanged`.
 *
 * @throws {@link InventoryError} as {@link importProducts}.
 * @example
 * await importStores(inventory, await openAsBlob("locations.csv"), { onError: "refuse" });
 * @see docs/guides/import-export.md
 */
export const importStores = (inventory: Target, source: Source, options: ImportOptions): Promise<ImportReport> =>
  runImport("stores", source, options, [], (run) => storeJob(inventory, run, options));

function storeJob(inventory: Target, { file, id }: Run, options: ImportOptions): Job<StoreItem> {
  const actor = options.actor === undefined ? {} : { actor: options.actor };

  async function existing(storeId: string): Promise<Store | undefined> {
    try {
      return await inventory.stores.get(storeId);
    } catch (error) {
      if (isInventoryError(error, "UNKNOWN_STORE")) return undefined;
      throw error;
    }
  }

  async function write({ store, line }: StoreItem): Promise<Fate> {
    if (await existing(store.id)) return "unchanged";
    const { replayed } = await settle(`${id}:${line}`, (idempotencyKey) => inventory.stores.create({ ...store, ...actor, idempotencyKey }));
    return replayed ? "replayed" : "applied";
  }

  const made = new Set<string>();
  return oneByOne({
    id,
    onError: options.onError,
    items: (records, reporter) =>
      itemsOf(records, reporter, (record, findings) => {
        const store = readStore(record, file.preset, findings);
        return store && { line: record.line, weight: 1, store };
      }),
    async foretell({ store }) {
      if (made.has(store.id) || (await existing(store.id))) return "unchanged";
      made.add(store.id);
      return "applied";
    },
    write,
  });
}
