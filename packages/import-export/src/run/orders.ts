import { InventoryError, isInventoryError, type PurchaseOrder, type Reference, type Supplier } from "@onhand/core";
import { allOf } from "../export/table";
import type { PurchasingTarget } from "./job";

/** The order with a reference; of several the newest. */
export async function orderBy(inventory: PurchasingTarget, reference: Reference): Promise<PurchaseOrder | undefined> {
  return (await inventory.purchaseOrders.list({ reference, limit: 1 })).items[0];
}

/**
 * Finds the supplier that a file means: by its id, or by what an attribute says where the format's files number suppliers.
 *
 * @throws {@link InventoryError} `UNKNOWN_SUPPLIER`.
 */
export function createSupplierFinder(inventory: PurchasingTarget, attribute: string | undefined): (name: string) => Promise<string> {
  let numbered: Promise<ReadonlyMap<unknown, string>> | undefined;
  return async (name) => {
    if (attribute !== undefined) {
      numbered ??= suppliersBy(inventory, ({ attributes }) => attributes[attribute]);
      const id = (await numbered).get(name);
      if (id !== undefined) return id;
    }
    try {
      return (await inventory.suppliers.get(name)).id;
    } catch (error) {
      if (isInventoryError(error, "INVALID_INPUT")) throw new InventoryError("UNKNOWN_SUPPLIER", { supplierId: name });
      throw error;
    }
  };
}

async function suppliersBy(inventory: PurchasingTarget, nameOf: (supplier: Supplier) => unknown): Promise<ReadonlyMap<unknown, string>> {
  const found = new Map<unknown, string>();
  for await (const supplier of allOf((page) => inventory.suppliers.list({ limit: 1_000, ...page })))
    found.set(nameOf(supplier), supplier.id);
  return found;
}
