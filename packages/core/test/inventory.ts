import {
  createInventory,
  type Inventory,
  type InventoryErrorCode,
  type InventoryErrorDetails,
  type InventoryOptions,
  isInventoryError,
} from "@onhand/core";
import { addExamples, type ManualClock, manualClock } from "@onhand/core/testing";
import { memoryStorage } from "@onhand/storage-adapters/memory";

/** The last number {@link addExamples} takes. */
export const examplesEnd = 8;
export const berlin = { sku: "TEA-50", storeId: "berlin" };

/** An inventory in memory with the example products and stores, and its clock. */
export async function exampleInventory(options: Partial<InventoryOptions> = {}): Promise<Inventory & { readonly clock: ManualClock }> {
  const clock = manualClock();
  const inventory = await createInventory({ storage: memoryStorage(), clock, ...options });
  await addExamples(inventory);
  return { ...inventory, clock };
}

/** What a call was refused with: the code, with the details. Fails when it was not refused. */
export async function refusalOf(call: Promise<unknown>): Promise<{ code: InventoryErrorCode } & InventoryErrorDetails> {
  const error = await call.then(
    () => new Error("was not refused"),
    (thrown: unknown) => thrown,
  );
  if (!isInventoryError(error)) throw error;
  return { code: error.code, ...error.details };
}
