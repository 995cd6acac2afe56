// biome-ignore-all lint/a11y/useSemanticElements: rows out of view are not there and the others are placed by hand, which a table element can't do.
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons within take the focus.
import { useProduct } from "@onhand/react";
import { memo } from "react";
import { useDesk, useTotal } from "../desk";
import { useFlash } from "../hooks/use-flash";
import { formatMoney, formatQuantity } from "../model/format";
import { statusOf } from "../model/status";
import { StatusBadge } from "./status-badge";
import { StockBar } from "./stock-bar";

/** How wide the columns are; a phone has only the first and the last. */
export const columns =
  "grid grid-cols-[minmax(0,1fr)_9rem] sm:grid-cols-[minmax(0,1fr)_minmax(7rem,12rem)_7rem] xl:grid-cols-[minmax(0,1fr)_6.5rem_5.5rem_minmax(8rem,13rem)_7.5rem]";

/** Every row is this high, so that thousands of them need no measuring. */
export const rowHeight = 60;

interface ProductRowProps {
  readonly sku: string;
  /** Its place in the whole table, from 0. */
  readonly index: number;
  readonly top: number;
  /** Whether Tab leads here; the arrow keys go on to the other rows. */
  readonly isTabStop: boolean;
  readonly onOpen: (sku: string) => void;
}

/** A product in the table. It listens to its own product and its own total, and to nothing else. */
export const ProductRow = memo(function ProductRow({ sku, index, top, isTabStop, onOpen }: ProductRowProps) {
  const { lowMark } = useDesk();
  const product = useProduct(sku);
  const { available, pending } = useTotal(sku);
  const status = statusOf(available, lowMark);
  const flash = useFlash(sku, available);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-sku={sku}
      className={`${columns} absolute inset-x-0 items-center gap-x-4 border-line border-b px-4 hover:bg-well/60 has-[:focus-visible]:bg-well`}
      style={{ height: rowHeight, transform: `translateY(${top}px)` }}
    >
      {flash && (
        <span
          key={flash.count}
          aria-hidden
          className={`pointer-events-none absolute inset-0 ${flash.direction === "up" ? "animate-rise" : "animate-fall"}`}
        />
      )}
      <div role="cell" className="min-w-0">
        <button
          type="button"
          tabIndex={isTabStop ? 0 : -1}
          data-index={index}
          onClick={() => onOpen(sku)}
          className="block w-full truncate text-left font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
        >
          {product?.name ?? sku}
        </button>
        <span className="block truncate font-mono text-soft text-xs">{sku}</span>
      </div>
      <div role="cell" className="hidden truncate text-sm text-soft xl:block">
        {product?.category}
      </div>
      <div role="cell" className="hidden text-right text-sm xl:block">
        {product?.price && formatMoney(product.price)}
      </div>
      <div role="cell" className="hidden grid-cols-[minmax(0,1fr)_auto] items-center gap-3 sm:grid">
        <StockBar quantity={available} status={status} lowMark={lowMark} />
        <Quantity available={available} pending={pending} />
      </div>
      <div role="cell" className="flex items-center justify-end gap-3 sm:justify-start">
        <span className="sm:hidden">
          <Quantity available={available} pending={pending} />
        </span>
        <StatusBadge status={status} />
      </div>
    </div>
  );
});

/** A figure that the server has not confirmed yet is fainter. */
function Quantity({ available, pending }: { readonly available: number; readonly pending: number }) {
  return (
    <span data-testid="quantity" className={`block min-w-12 text-right font-semibold ${pending > 0 ? "opacity-60" : ""}`}>
      {formatQuantity(available)}
    </span>
  );
}
