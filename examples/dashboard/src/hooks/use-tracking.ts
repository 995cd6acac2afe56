import type { Product } from "@onhand/core";
import { useProducts } from "@onhand/react";

/** Which of some products are kept by lot or by serial number. */
export function useTracking(skus: readonly string[]): (sku: string) => Product["tracking"] {
  const items = useProducts({ skus }, (list) => list.items);
  return (sku) => items.find((product) => product.sku === sku)?.tracking;
}
