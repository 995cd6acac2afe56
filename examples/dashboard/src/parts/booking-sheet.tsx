import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Booking } from "../hooks/use-booking";
import { amountOfLots, plainAmount, toAmount } from "../model/lots";
import { AmountField } from "./amount-field";
import { Button } from "./button";
import { LotsField } from "./lots-field";
import { Sheet } from "./sheet";

interface BookingSheetProps {
  /** What was scanned of a tracked product; undefined: nothing. */
  readonly booking: Booking | undefined;
  readonly onClose: () => void;
  readonly onNamed: (booking: Booking) => unknown;
}

/** Asks which lots or serial numbers were scanned, where that can't be told without. */
export function BookingSheet({ booking, onClose, onNamed }: BookingSheetProps) {
  return (
    <Sheet
      open={booking !== undefined}
      title={booking?.product.tracking === "serial" ? "Which serial numbers?" : "Which lots?"}
      onClose={onClose}
      place="middle"
    >
      {booking && (
        <BookingForm
          booking={booking}
          onSubmit={(named) => {
            onClose();
            onNamed(named);
          }}
        />
      )}
    </Sheet>
  );
}

function BookingForm({ booking, onSubmit }: { readonly booking: Booking; readonly onSubmit: (named: Booking) => void }) {
  const { mode, product, quantity, place } = booking;
  const form = useRef<HTMLFormElement>(null);
  const [amount, setAmount] = useState(product.tracking === "lot" ? amountOfLots([{ lot: "", quantity }]) : plainAmount(quantity));
  useEffect(() => form.current?.querySelector<HTMLElement>("ul input, textarea")?.focus(), []);
  function submit(event: FormEvent): void {
    event.preventDefault();
    onSubmit({ ...booking, ...toAmount(amount) });
  }
  return (
    <form ref={form} onSubmit={submit} className="space-y-3">
      <div className="flex items-center gap-3 text-sm">
        <p className="min-w-0 flex-1">
          <span className="block font-medium">{product.name}</span>
          <span className="text-soft">{mode === "sell" ? `sold at ${place.name}` : `added at ${place.name}`}</span>
        </p>
        <AmountField label={`Quantity of ${product.sku}`} amount={amount} onAmount={setAmount} className="w-24" />
      </div>
      <LotsField sku={product.sku} amount={amount} onAmount={setAmount} />
      <div className="flex justify-end">
        <Button type="submit" look="main">
          {mode === "sell" ? "Sell" : "Add"}
        </Button>
      </div>
    </form>
  );
}
