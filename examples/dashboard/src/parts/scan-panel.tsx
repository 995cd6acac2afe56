import type { Store } from "@onhand/core";
import { ScanBarcode } from "lucide-react";
import { type FormEvent, type RefObject, useRef, useState } from "react";
import { useCatalogue, useDesk, usePlaces } from "../desk";
import { type Booking, useBooking } from "../hooks/use-booking";
import { findByCode } from "../model/codes";
import { mustNameLots } from "../model/lots";
import type { Mode } from "../model/report";
import { say } from "../say";
import { BookingSheet } from "./booking-sheet";
import { QuantityField } from "./quantity-field";
import { ModeChoice, QuickFill } from "./scan-controls";

/** Scan, quantity, Enter: sells or adds, and is ready for the next scan. */
export function ScanPanel({ inputRef }: { readonly inputRef: RefObject<HTMLInputElement | null> }) {
  const { products, isReady } = useCatalogue();
  const [code, setCode] = useState("");
  const [quantity, setQuantity] = useState("1");
  const [mode, setMode] = useState<Mode>("sell");
  const [place, choosePlace] = usePlace();
  const [unnamed, setUnnamed] = useState<Booking>();
  const book = useBooking();
  const quantityInput = useRef<HTMLInputElement>(null);
  const backToScan = () => inputRef.current?.focus();

  function chooseMode(next: Mode): void {
    setMode(next);
    backToScan();
  }

  function fill(amount: number): void {
    setQuantity(String(amount));
    backToScan();
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (place === undefined || code.trim() === "") return backToScan();
    if (!isReady) return void say({ kind: "warning", text: "Products are still loading", description: "Press Enter again in a moment." });
    const found = findByCode(products, code);
    const [product] = found;
    if (!product || found.length > 1) {
      say({ kind: "error", text: `${product ? "Several products have" : "No product has"} the code ${code.trim()}` });
      return inputRef.current?.select();
    }
    const wanted = Number(quantity);
    if (!(wanted > 0)) {
      say({ kind: "error", text: "The quantity must be more than 0" });
      return quantityInput.current?.select();
    }
    const booking = { mode, product, quantity: wanted, place };
    if (mustNameLots(product, mode)) setUnnamed(booking);
    else void book(booking);
    setCode("");
    setQuantity("1");
    backToScan();
  }

  return (
    <>
      <form onSubmit={submit} className="panel space-y-3 p-4" aria-label="Scan" data-testid="scan">
        <div className="flex items-center justify-between gap-3">
          <label htmlFor="scan-code" className="flex items-center gap-2 font-semibold">
            <ScanBarcode size={18} aria-hidden className="text-accent" /> Scan
          </label>
          <ModeChoice mode={mode} onMode={chooseMode} />
        </div>
        <input
          ref={inputRef}
          id="scan-code"
          value={code}
          onChange={(event) => setCode(event.target.value.toUpperCase())}
          placeholder={isReady ? "SKU or barcode" : "Loading products…"}
          autoComplete="off"
          autoCapitalize="characters"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="done"
          className="field h-11 w-full font-mono text-base tracking-wide"
        />
        <div className="flex gap-2">
          <QuantityField
            aria-label="Quantity"
            ref={quantityInput}
            value={quantity}
            onChange={(event) => setQuantity(event.target.value)}
            required
            className="flex-1"
          />
          <QuickFill onFill={fill} />
        </div>
        <div className="flex gap-2">
          <PlaceChoice place={place} onPlace={choosePlace} />
          <button
            type="submit"
            disabled={place === undefined}
            className="h-9 min-w-24 shrink-0 rounded-lg bg-accent px-4 font-semibold text-accent-ink text-sm transition-opacity hover:opacity-90 disabled:opacity-50"
          >
            {mode === "sell" ? "Sell" : "Add"}
          </button>
        </div>
      </form>
      <BookingSheet booking={unnamed} onClose={() => setUnnamed(undefined)} onNamed={book} />
    </>
  );
}

/** Where goods are booked: the store that is looked at, unless another was chosen here. */
function usePlace(): readonly [Store | undefined, (id: string) => void] {
  const { storeId } = useDesk();
  const places = usePlaces();
  const [chosen, setChosen] = useState<{ readonly id: string; readonly while: string | undefined }>();
  const id = chosen && chosen.while === storeId ? chosen.id : storeId;
  const place = places.find((store) => store.id === id) ?? places.find(({ kind }) => kind === "store") ?? places[0];
  return [place, (next) => setChosen({ id: next, while: storeId })];
}

function PlaceChoice({ place, onPlace }: { readonly place: Store | undefined; readonly onPlace: (id: string) => void }) {
  const places = usePlaces();
  return (
    <select
      aria-label="Book at store"
      value={place?.id ?? ""}
      onChange={(event) => onPlace(event.target.value)}
      className="field flex-1 py-0"
    >
      {places.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
