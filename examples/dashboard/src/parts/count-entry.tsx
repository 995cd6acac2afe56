import type { Product } from "@onhand/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useKeys } from "../hooks/use-keys";
import { type Amount, amountOfLots, plainAmount, toAmount } from "../model/lots";
import { AmountField } from "./amount-field";
import { Button } from "./button";
import { LotsField } from "./lots-field";
import { ProductPicker } from "./product-picker";

/** Scan, how many, Enter: notes what is on the shelf, and is ready for the next scan. */
export function CountEntry({ onCounted }: { readonly onCounted: (sku: string, counted: Amount) => unknown }) {
  const scan = useRef<HTMLInputElement>(null);
  const [product, setProduct] = useState<Product>();
  useKeys({ scan });
  return (
    <section className="panel space-y-3 p-4" aria-label="Count a product">
      <ProductPicker label="Scan what you count, or type its SKU or name" inputRef={scan} onPick={setProduct} />
      {product && (
        <CountForm
          key={product.sku}
          product={product}
          onSubmit={(counted) => {
            onCounted(product.sku, counted);
            setProduct(undefined);
            scan.current?.focus();
          }}
        />
      )}
    </section>
  );
}

function CountForm({ product, onSubmit }: { readonly product: Product; readonly onSubmit: (counted: Amount) => void }) {
  const { sku, name, tracking } = product;
  const form = useRef<HTMLFormElement>(null);
  const [amount, setAmount] = useState(tracking === "lot" ? amountOfLots([{ lot: "", quantity: "" }]) : plainAmount(""));
  const first = tracking === undefined ? "input" : "ul input, textarea";
  useEffect(() => form.current?.querySelector<HTMLElement>(first)?.focus(), [first]);
  function submit(event: FormEvent): void {
    event.preventDefault();
    onSubmit(toAmount(amount));
  }
  return (
    <form ref={form} onSubmit={submit} className="max-w-xl space-y-3">
      <div className="flex items-center gap-3">
        <p className="min-w-0 flex-1 font-medium text-sm">How many of {name}?</p>
        <AmountField label={`How many of ${name}?`} amount={amount} onAmount={setAmount} className="h-11 w-28 text-base leading-11" />
        <Button type="submit" look="main" className="h-11">
          Note
        </Button>
      </div>
      <LotsField sku={sku} amount={amount} onAmount={setAmount} />
    </form>
  );
}
