import type { Explained } from "@onhand/core";
import { useStockLevel } from "@onhand/react";
import { usePages } from "../hooks/use-pages";
import { api } from "../model/api";
import { describeMovement, formatChange, formatQuantity, formatTime } from "../model/format";
import { More, Nothing } from "./page";
import { Sheet } from "./sheet";

interface Place {
  readonly sku: string;
  readonly storeId: string;
  readonly name: string;
}

/** Why a figure is what it is: everything that made it, newest first. */
export function ExplanationSheet({ place, onClose }: { readonly place: Place | undefined; readonly onClose: () => void }) {
  return (
    <Sheet open={place !== undefined} onClose={onClose} title={place ? `Why? ${place.name}` : ""} place="side">
      {place && <Explanation {...place} />}
    </Sheet>
  );
}

function Explanation({ sku, storeId }: Place) {
  const level = useStockLevel({ sku, storeId });
  const { items, more, busy, ...loading } = usePages(["explanation", sku, storeId, level?.seq], (page) =>
    api.stock.explain({ sku, storeId, limit: 50, ...page }),
  );
  if (items.length === 0) return <Nothing {...loading}>It never moved, so there is nothing here.</Nothing>;
  return (
    <div className="space-y-3" data-testid="explanation">
      {level && (
        <p className="rounded-lg bg-well px-4 py-3 text-sm">
          <span className="font-semibold">{formatQuantity(level.onHand)}</span> on hand
          {level.reserved > 0 && <>, {formatQuantity(level.reserved)} promised</>}, so{" "}
          <span className="font-semibold">{formatQuantity(level.available)}</span> available. This is what made it so:
        </p>
      )}
      <ol>
        {items.map((item) => (
          <Cause key={keyOf(item)} item={item} />
        ))}
      </ol>
      <More onMore={more} busy={busy} />
    </div>
  );
}

const keyOf = (item: Explained): string =>
  item.kind === "movement" ? item.movement.id : item.kind === "hold" ? `${item.reservationId}-${item.seq}-${item.change}` : "lapsed";

function Cause({ item }: { readonly item: Explained }) {
  return (
    <li className="flex items-baseline gap-3 py-1.5 text-sm" data-testid="cause">
      <span className={`w-10 shrink-0 text-right font-semibold ${item.onHand > 0 ? "text-good" : "text-ink"}`}>
        {item.onHand === 0 ? "" : formatChange(item.onHand)}
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate">{nameOf(item)}</span>
        <span className="block truncate text-soft text-xs">{detailsOf(item)}</span>
      </span>
      <time dateTime={new Date(item.at).toISOString()} className="shrink-0 text-soft text-xs">
        {formatTime(item.at, Date.now())}
      </time>
    </li>
  );
}

function nameOf(item: Explained): string {
  if (item.kind === "movement") return describeMovement(item.movement);
  return item.kind === "hold" ? `Hold ${item.change}` : "Holds ran out";
}

function detailsOf(item: Explained): string {
  const promised = item.reserved === 0 ? undefined : `${formatChange(item.reserved)} promised`;
  if (item.kind !== "movement") return [promised, item.kind === "hold" && (item.actor ?? item.reservationId)].filter(Boolean).join(" · ");
  const { reference, actor, onHandAfter } = item.movement;
  return [`then ${formatQuantity(onHandAfter)} on hand`, promised, reference && `${reference.type} ${reference.id}`, actor]
    .filter(Boolean)
    .join(" · ");
}
