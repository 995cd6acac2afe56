// biome-ignore-all lint/a11y/useSemanticElements: rows out of view are not there and the others are placed by hand, which a table element can't do.
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons within take the focus.
import { useProduct } from "@onhand/react";
import { memo } from "react";
import { useDesk, useTotal } from "../desk";
import { useFlash } from "../hooks/use-flash";
import { formatMoney, formatQuantity } from "../model/format";
import { statusOf } from "../model/status";
import type { Total } from "../model/totals";
import { StatusBadge } from "./status-badge";
import { StockBar } from "./stock-bar";

/** How wide the columns are; a phone has only the first and the last. */
export const columns =
  "grid gap-x-4 desk:gap-x-6 grid-cols-[minmax(0,1fr)_auto] sm:grid-cols-[minmax(0,1fr)_minmax(8rem,13rem)_7rem] desk:grid-cols-[minmax(0,1fr)_6rem_5rem_minmax(8rem,14rem)_7rem]";

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
  const total = useTotal(sku);
  const flash = useFlash(sku, total?.available);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-sku={sku}
      className={`${columns} absolute inset-x-0 items-center border-line border-b px-4 hover:bg-well/60 has-[:focus-visible]:bg-well`}
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
      <div role="cell" className="hidden truncate text-sm text-soft desk:block">
        {product?.category}
      </div>
      <div role="cell" className="hidden text-right text-sm desk:block">
        {product?.price && formatMoney(product.price)}
      </div>
      <Stock total={total} lowMark={lowMark} />
    </div>
  );
});

/** How much there is and what that means; empty until it is known. */
function Stock({ total, lowMark }: { readonly total: Total | undefined; readonly lowMark: number }) {
  if (!total) return <div role="cell" aria-busy className="col-span-2" />;
  const status = statusOf(total.available, lowMark);
  return (
    <>
      <div role="cell" className="hidden grid-cols-[minmax(0,1fr)_auto] items-center gap-3 sm:grid">
        <StockBar quantity={total.available} status={status} lowMark={lowMark} />
        <Quantity total={total} />
      </div>
      <div role="cell" className="flex flex-col items-end gap-0.5 sm:items-start">
        <span className="sm:hidden">
          <Quantity total={total} />
        </span>
        <StatusBadge status={status} />
      </div>
    </>
  );
}

/** A figure that the server has not confirmed yet looks unfinished. */
function Quantity({ total }: { readonly total: Total }) {
  return (
    <span
      data-testid="quantity"
      className={`block min-w-12 text-right font-semibold leading-5 ${total.pending > 0 ? "text-soft italic" : ""}`}
    >
      {formatQuantity(total.available)}
    </span>
  );
}
