import type { Product } from "@onhand/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useKeys } from "../hooks/use-keys";
import { Button } from "./button";
import { ProductPicker } from "./product-picker";

/** Scan, how many, Enter: notes what is on the shelf, and is ready for the next scan. */
export function CountEntry({ onCounted }: { readonly onCounted: (sku: string, counted: number) => unknown }) {
  const scan = useRef<HTMLInputElement>(null);
  const quantity = useRef<HTMLInputElement>(null);
  const [product, setProduct] = useState<Product>();
  useKeys({ scan });
  useEffect(() => {
    if (product) quantity.current?.focus();
  }, [product]);
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (!product) return;
    onCounted(product.sku, Number(new FormData(event.currentTarget).get("counted")));
    setProduct(undefined);
    scan.current?.focus();
  }
  return (
    <section className="panel space-y-3 p-4" aria-label="Count a product">
      <ProductPicker label="Scan what you count, or type its SKU or name" inputRef={scan} onPick={setProduct} />
      {product && (
        <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
          <label className="min-w-0 flex-1 space-y-1.5 text-sm">
            <span className="block truncate font-medium">How many of {product.name}?</span>
            <input
              ref={quantity}
              name="counted"
              type="number"
              min="0"
              step="any"
              required
              className="field h-11 w-full text-right text-base"
            />
          </label>
          <Button type="submit" look="main" className="h-11">
            Note
          </Button>
        </form>
      )}
    </section>
  );
}
