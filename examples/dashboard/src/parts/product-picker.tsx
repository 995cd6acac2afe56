import type { Product } from "@onhand/core";
import { ScanBarcode } from "lucide-react";
import { type KeyboardEvent, type RefObject, useState } from "react";
import { useCatalogue } from "../desk";
import { findByCode } from "../model/codes";
import { searchFor } from "../model/order";

interface ProductPickerProps {
  readonly label: string;
  readonly onPick: (product: Product) => void;
  /** Which products can be picked; all in use unless said. */
  readonly among?: (product: Product) => boolean;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
}

const most = 6;

/** Finds a product by scan, SKU, barcode or words. Enter takes what was scanned, or the only one that matches. */
export function ProductPicker({ label, onPick, among = () => true, inputRef }: ProductPickerProps) {
  const { products, isReady } = useCatalogue();
  const [text, setText] = useState("");
  const wanted = text.trim();
  const matches = wanted === "" ? [] : products.filter((product) => among(product) && searchFor(wanted)(product));
  const pick = (product: Product) => {
    setText("");
    onPick(product);
  };
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape") setText("");
    if (event.key !== "Enter") return;
    event.preventDefault();
    const [exact, second] = findByCode(products.filter(among), wanted);
    const [first] = matches;
    if (exact && !second) pick(exact);
    else if (first && matches.length === 1) pick(first);
  }
  return (
    <div className="space-y-2">
      <label className="relative block">
        <span className="sr-only">{label}</span>
        <ScanBarcode size={16} aria-hidden className="-translate-y-1/2 absolute top-1/2 left-3 text-accent" />
        <input
          ref={inputRef}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder={label}
          autoComplete="off"
          spellCheck={false}
          className="field w-full pl-9"
        />
      </label>
      {wanted !== "" && (
        <ul aria-label="Products that match" className="panel divide-y divide-line overflow-hidden text-sm">
          {matches.slice(0, most).map((product) => (
            <li key={product.sku}>
              <button
                type="button"
                onClick={() => pick(product)}
                className="flex w-full items-baseline gap-3 px-3 py-2 text-left hover:bg-well"
              >
                <span className="min-w-0 flex-1 truncate">{product.name}</span>
                <span className="shrink-0 font-mono text-soft text-xs">{product.sku}</span>
              </button>
            </li>
          ))}
          {matches.length === 0 && <li className="px-3 py-2 text-soft">{isReady ? "No product matches." : "Loading products…"}</li>}
          {matches.length > most && <li className="px-3 py-2 text-soft text-xs">and {matches.length - most} more</li>}
        </ul>
      )}
    </div>
  );
}
