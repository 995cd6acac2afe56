import { InventoryError, type StorageAdapter } from "@onhand/core";

const kinds = {
  csv: async (directory: string) => {
    if (directory === "") throw unusable("csv: is followed by a directory, such as csv:./data");
    const { csvStorage } = await import("@onhand/storage-adapters/csv");
    return csvStorage({ directory });
  },
  memory: async (rest: string) => {
    if (rest !== "") throw unusable("memory: takes nothing after the colon");
    const { memoryStorage } = await import("@onhand/storage-adapters/memory");
    return memoryStorage();
  },
} as const satisfies Record<string, (rest: string) => Promise<StorageAdapter>>;

/**
 * The storage that an address names: `csv:DIRECTORY` or `memory:`. Only the one that is named is loaded.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` when the address names no storage.
 * @example
 * const inventory = await createInventory({ storage: await storageFromUrl("csv:./data") });
 */
export async function storageFromUrl(address: string): Promise<StorageAdapter> {
  const [, kind = "", rest = ""] = /^(\w+):(.*)$/su.exec(address) ?? [];
  if (Object.hasOwn(kinds, kind)) return kinds[kind as keyof typeof kinds](rest);
  throw unusable(`must be csv:DIRECTORY or memory:, not ${JSON.stringify(address.slice(0, 100))}`);
}

const unusable = (message: string) => new InventoryError("INVALID_INPUT", { issues: [{ path: "storage", message }] });
