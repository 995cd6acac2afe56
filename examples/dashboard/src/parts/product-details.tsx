import type { Product } from "@onhand/core";
import { useMovements, useProduct, useStockLevel } from "@onhand/react";
import { ArrowRight } from "lucide-react";
import { Link } from "wouter";
import { useDesk, usePlaces } from "../desk";
import { formatMoney, formatQuantity } from "../model/format";
import { statusOf } from "../model/status";
import { buttonLook } from "./button";
import { MovementLine } from "./movement-line";
import { productPath } from "./product-name";
import { Sheet } from "./sheet";
import { StatusBadge } from "./status-badge";
import { StockBar } from "./stock-bar";

const shown = 25;

/** One product: what it is, where it stands, and what happened to it. */
export function ProductDetails({ sku, onClose }: { readonly sku: string | undefined; readonly onClose: () => void }) {
  return (
    <Sheet open={sku !== undefined} title="Product" onClose={onClose} place="side">
      {sku !== undefined && <Details sku={sku} />}
    </Sheet>
  );
}

function Details({ sku }: { readonly sku: string }) {
  const product = useProduct(sku);
  const places = usePlaces();
  if (!product) return <p className="text-sm text-soft">Loading…</p>;
  return (
    <div className="space-y-6" data-testid="details">
      <div>
        <p className="font-semibold text-lg leading-snug">{product.name}</p>
        <p className="mt-0.5 font-mono text-soft text-sm">{product.sku}</p>
      </div>
      <Link href={productPath(product.sku)} className={buttonLook()}>
        Everything about it <ArrowRight size={15} aria-hidden />
      </Link>
      <Facts product={product} />
      <section>
        <h3 className="pb-2 font-semibold text-sm">Where it is</h3>
        <ul className="space-y-3">
          {places.map(({ id, name }) => (
            <Shelf key={id} sku={sku} storeId={id} name={name} />
          ))}
        </ul>
      </section>
      <History sku={sku} />
    </div>
  );
}

function Facts({ product }: { readonly product: Product }) {
  const { category, barcode, price, unit } = product;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["Category", category],
    ["Barcode", barcode],
    ["Price", price && formatMoney(price)],
    ["Unit", unit],
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 text-sm">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt className="text-soft text-xs">{name}</dt>
          <dd>{value ?? "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

function Shelf({ sku, storeId, name }: { readonly sku: string; readonly storeId: string; readonly name: string }) {
  const { lowMark } = useDesk();
  const available = useStockLevel({ sku, storeId }, (level) => level?.available ?? 0);
  const status = statusOf(available, lowMark);
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_3rem_6.5rem] items-center gap-x-3 gap-y-1 text-sm">
      <span className="truncate">{name}</span>
      <span className="text-right font-semibold">{formatQuantity(available)}</span>
      <span className="text-right">
        <StatusBadge status={status} />
      </span>
      <span className="col-span-3">
        <StockBar quantity={available} status={status} lowMark={lowMark} />
      </span>
    </li>
  );
}

function History({ sku }: { readonly sku: string }) {
  const { items, status } = useMovements({ sku, limit: shown });
  const places = new Map(usePlaces().map(({ id, name }) => [id, name]));
  const now = Date.now();
  return (
    <section>
      <h3 className="pb-1 font-semibold text-sm">Latest movements</h3>
      {items.length === 0 && <p className="py-2 text-sm text-soft">{status === "ready" ? "It never moved." : "Loading…"}</p>}
      <ol>
        {items.map((movement) => {
          const { id, storeId, reference, onHandAfter } = movement;
          const title = reference ? `${reference.type} ${reference.id}` : `then ${formatQuantity(onHandAfter)} on hand`;
          return <MovementLine key={id} movement={movement} title={title} place={places.get(storeId) ?? storeId} now={now} />;
        })}
      </ol>
    </section>
  );
}
