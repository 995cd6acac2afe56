import type { Product } from "../domain/catalog/tables";
import type { SupplyTerms } from "../domain/forecasts/reorder";
import type { Money } from "../domain/shared/schemas";
import { type SupplierRow, standing, suppliers, supplierTerms, toSupplierTerms } from "../domain/suppliers/tables";
import type { Reads } from "../ports/storage";
import { defined } from "./products";
import { readView } from "./read-view";

/** How a product is had from the supplier it is usually ordered from, as far as anybody has said. */
export interface AgreedTerms {
  readonly terms: Partial<Pick<SupplyTerms, "leadTimeDays" | "minimum" | "multiple">>;
  readonly unitCost: Money | undefined;
}

/** What was agreed on about some products with their suppliers. */
export async function readSupplyTerms(reads: Reads, products: readonly Product[]): Promise<(product: Product) => AgreedTerms> {
  const view = await readView(reads, () =>
    products.flatMap(({ supplierId, sku }) =>
      supplierId === undefined
        ? []
        : [
            { table: suppliers, key: [supplierId] },
            { table: supplierTerms, key: [supplierId, sku] },
          ],
    ),
  );
  return ({ supplierId, sku, cost }) => {
    if (supplierId === undefined) return { terms: {}, unitCost: cost };
    const supplier = view.get(suppliers, [supplierId]);
    const row = standing(view.get(supplierTerms, [supplierId, sku]));
    const { leadTimeDays = supplier?.leadTimeDays ?? undefined, minimum, multiple, unitCost } = row ? toSupplierTerms(row) : {};
    return { terms: defined({ leadTimeDays, minimum, multiple }), unitCost: unitCost ?? inCurrency(supplier, cost) };
  };
}

/** What a product usually costs is no price of a supplier who bills in other money. */
const inCurrency = (supplier: SupplierRow | undefined, cost: Money | undefined): Money | undefined =>
  supplier && supplier.currency !== null && supplier.currency !== cost?.currency ? undefined : cost;
