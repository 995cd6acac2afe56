import type { Product } from "@onhand/core";

/** The product a scanned or typed code means; several when a barcode is not unique. */
export function findByCode(products: readonly Product[], code: string): readonly Product[] {
  const wanted = code.trim().toUpperCase();
  const bySku = products.filter(({ sku }) => sku.toUpperCase() === wanted);
  return bySku.length > 0 ? bySku : products.filter(({ barcode }) => barcode?.toUpperCase() === wanted);
}
