import { useProduct } from "@onhand/react";
import { Link } from "wouter";

/** A product's name and SKU, and the way to its page. */
export function ProductName({ sku }: { readonly sku: string }) {
  const name = useProduct(sku, (product) => product?.name) ?? sku;
  return (
    <span className="block min-w-0">
      <Link href={productPath(sku)} className="line-clamp-2 font-medium hover:underline sm:line-clamp-1">
        {name}
      </Link>
      <span className="block truncate font-mono text-soft text-xs">{sku}</span>
    </span>
  );
}

export const productPath = (sku: string): string => `/products/${encodeURIComponent(sku)}`;
