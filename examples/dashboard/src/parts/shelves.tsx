import { useStockLevel } from "@onhand/react";
import { useState } from "react";
import { useDesk, usePlaces } from "../desk";
import { formatQuantity } from "../model/format";
import { statusOf } from "../model/status";
import { ExplanationSheet } from "./explanation-sheet";
import { StatusBadge } from "./status-badge";
import { StockBar } from "./stock-bar";

/** How much of a product is at every store, live, and why. */
export function Shelves({ sku }: { readonly sku: string }) {
  const places = usePlaces();
  const [asked, setAsked] = useState<{ readonly storeId: string; readonly name: string }>();
  return (
    <>
      <ul className="space-y-4">
        {places.map(({ id, name }) => (
          <Shelf key={id} sku={sku} storeId={id} name={name} onWhy={() => setAsked({ storeId: id, name })} />
        ))}
      </ul>
      <ExplanationSheet place={asked && { sku, ...asked }} onClose={() => setAsked(undefined)} />
    </>
  );
}

interface ShelfProps {
  readonly sku: string;
  readonly storeId: string;
  readonly name: string;
  readonly onWhy: () => void;
}

function Shelf({ sku, storeId, name, onWhy }: ShelfProps) {
  const { lowMark } = useDesk();
  const { onHand, reserved, available, incoming } = useStockLevel({ sku, storeId }) ?? {
    onHand: 0,
    reserved: 0,
    available: 0,
    incoming: 0,
  };
  const status = statusOf(available, lowMark);
  const facts = [
    `${formatQuantity(onHand)} on hand`,
    reserved > 0 && `${formatQuantity(reserved)} promised`,
    incoming > 0 && `${formatQuantity(incoming)} incoming`,
  ];
  return (
    <li data-testid="shelf" className="grid grid-cols-[minmax(0,1fr)_auto_auto] items-center gap-x-3 gap-y-1.5 text-sm">
      <span className="min-w-0">
        <span className="block truncate">{name}</span>
        <span className="block truncate text-soft text-xs">{facts.filter(Boolean).join(" · ")}</span>
      </span>
      <StatusBadge status={status} />
      <button
        type="button"
        onClick={onWhy}
        aria-label={`Why ${formatQuantity(available)} at ${name}?`}
        title="Why?"
        className="min-w-12 rounded-lg px-2 py-1 text-right font-semibold text-base underline decoration-dotted decoration-soft underline-offset-4 hover:bg-well"
      >
        {formatQuantity(available)}
      </button>
      <span className="col-span-3">
        <StockBar quantity={available} status={status} lowMark={lowMark} />
      </span>
    </li>
  );
}
