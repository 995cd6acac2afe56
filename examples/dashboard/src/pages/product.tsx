import type { Alert, LotLevel, Product } from "@onhand/core";
import { useAlerts, useMovements, useProduct, useReservations } from "@onhand/react";
import { useQuery } from "@tanstack/react-query";
import { CalendarClock, Printer } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useParams } from "wouter";
import { useDesk } from "../desk";
import { useLots } from "../hooks/use-lots";
import { useMay } from "../hooks/use-permissions";
import { usePlaceNames } from "../hooks/use-place-names";
import { useSupplierNames } from "../hooks/use-supplier-names";
import { api } from "../model/api";
import { formatCount, formatDate, formatLastDay, formatMoney, formatQuantity } from "../model/format";
import { AlertLine } from "../parts/alert-line";
import { AssignSheet } from "../parts/assign-sheet";
import { Button } from "../parts/button";
import { DemandChart } from "../parts/demand-chart";
import { Facts } from "../parts/field";
import { LabelSheet } from "../parts/label-sheet";
import { LotSheet } from "../parts/lot-sheet";
import { Missing } from "../parts/missing";
import { MovementLine } from "../parts/movement-line";
import { Page } from "../parts/page";
import { Shelves } from "../parts/shelves";

/** Everything there is to know of one product. */
export function ProductPage() {
  const { sku = "" } = useParams<{ sku: string }>();
  const product = useProduct(sku);
  if (!product) return <Missing name="product" id={sku} row={(client) => client.product(sku)} back={["/", "All products"]} />;
  return <ProductPanels key={product.sku} product={product} />;
}

function ProductPanels({ product }: { readonly product: Product }) {
  const [labelling, setLabelling] = useState(false);
  const { sku, name } = product;
  return (
    <Page
      title={name}
      actions={
        <Button onClick={() => setLabelling(true)}>
          <Printer size={16} aria-hidden /> Label
        </Button>
      }
    >
      <About product={product} />
      <OpenAlerts sku={sku} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <Panel title="Where it is">
            <Shelves sku={sku} />
          </Panel>
          <Demand sku={sku} />
          {product.tracking !== undefined && <Lots sku={sku} />}
          <Holds sku={sku} />
        </div>
        <History sku={sku} />
      </div>
      <LabelSheet product={product} open={labelling} onClose={() => setLabelling(false)} />
    </Page>
  );
}

function Panel({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="panel p-4" aria-label={title}>
      <h2 className="pb-3 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function About({ product }: { readonly product: Product }) {
  const { sku, barcode, category, price, cost, unit, supplierId, images, archived } = product;
  const supplierName = useSupplierNames();
  const [image] = images ?? [];
  return (
    <section className="panel flex flex-col gap-4 p-4 sm:flex-row" aria-label="About the product">
      {image !== undefined && <img src={image} alt="" className="size-28 shrink-0 rounded-lg bg-well object-cover" />}
      <div className="min-w-0 flex-1">
        <Facts
          facts={[
            [
              "SKU",
              <span key="sku" className="font-mono">
                {sku}
              </span>,
            ],
            ["Barcode", barcode],
            ["Category", category],
            ["Unit", unit],
            ["Price", price && formatMoney(price)],
            ["Cost", cost && formatMoney(cost)],
            ["Supplier", supplierId && supplierName(supplierId)],
            ["In use", archived ? "archived" : "yes"],
          ]}
        />
      </div>
    </section>
  );
}

function OpenAlerts({ sku }: { readonly sku: string }) {
  const alerts = useAlerts({ sku }, ({ items }) => items);
  const [assigning, setAssigning] = useState<Alert>();
  if (alerts.length === 0) return null;
  return (
    <>
      <ul className="panel divide-y divide-line" aria-label="Open alerts">
        {alerts.map((alert) => (
          <AlertLine key={alert.id} alert={alert} onAssign={setAssigning} />
        ))}
      </ul>
      <AssignSheet alert={assigning} onClose={() => setAssigning(undefined)} />
    </>
  );
}

const horizonDays = 14;

function Demand({ sku }: { readonly sku: string }) {
  const { storeId } = useDesk();
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const { data, status, error } = useQuery({
    queryKey: ["demand", sku, storeId],
    queryFn: () => api.forecasts.demand({ sku, horizonDays, timeZone, ...(storeId !== undefined && { storeId }) }),
  });
  return (
    <Panel title="Demand">
      {data && data.history.length > 0 ? (
        <>
          <DemandChart forecast={data} />
          <p className="pt-2 text-sm text-soft" data-testid="demand">
            <span className="font-semibold text-ink">{formatQuantity(Math.round(data.total))}</span> expected in the next{" "}
            {formatCount(horizonDays, "day")} · {nameMethod(data.method)}
          </p>
        </>
      ) : (
        <p role={status === "error" ? "alert" : undefined} className="text-sm text-soft">
          {status === "pending" ? "Loading…" : status === "error" ? `No forecast: ${String(error)}` : "It has no day behind it yet."}
        </p>
      )}
    </Panel>
  );
}

/** `holtWinters` as people write it: `holt winters`. */
const nameMethod = (method: string): string =>
  method.replaceAll(/[-_]/gu, " ").replaceAll(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);

function Lots({ sku }: { readonly sku: string }) {
  const placeName = usePlaceNames();
  const since = useMovements({ sku, limit: 1 }, ({ items }) => items[0]?.seq);
  const lots = useLots({ sku, since });
  const mayUpdate = useMay("lots.update");
  const [edited, setEdited] = useState<LotLevel>();
  return (
    <Panel title="Lots">
      {lots.length === 0 && <p className="text-sm text-soft">None in stock.</p>}
      <ul className="space-y-1.5 text-sm">
        {lots.map((level) => {
          const { lot, storeId, quantity, expiresAt } = level;
          const place = placeName(storeId);
          return (
            <li key={`${storeId}/${lot}`} data-testid="lot" className="flex items-center gap-3">
              <span className="w-20 shrink-0 truncate font-mono">{lot}</span>
              <span className="min-w-0 flex-1 break-words text-soft sm:truncate">
                {place}
                {expiresAt !== undefined && ` · until ${formatLastDay(expiresAt)}`}
              </span>
              <span className="font-semibold">{formatQuantity(quantity)}</span>
              {mayUpdate && (
                <Button look="quiet" onClick={() => setEdited(level)} aria-label={`Change when lot ${lot} at ${place} expires`}>
                  <CalendarClock size={16} aria-hidden />
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      <LotSheet lot={edited} onClose={() => setEdited(undefined)} />
    </Panel>
  );
}

function Holds({ sku }: { readonly sku: string }) {
  const placeName = usePlaceNames();
  const holds = useReservations({ sku }, ({ items }) => items);
  if (holds.length === 0) return null;
  return (
    <Panel title="Promised">
      <ul className="space-y-1.5 text-sm">
        {holds.map(({ id, storeId, held, reference, expiresAt }) => (
          <li key={id} className="flex gap-3">
            <span className="min-w-0 flex-1 truncate">
              {reference ? `${reference.type} ${reference.id}` : id}
              <span className="text-soft">
                {" "}
                · {placeName(storeId)} · until {formatDate(expiresAt)}
              </span>
            </span>
            <span className="font-semibold">{formatQuantity(held)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const shownMovements = 40;

function History({ sku }: { readonly sku: string }) {
  const { storeId } = useDesk();
  const { items, status } = useMovements({ sku, limit: shownMovements, ...(storeId !== undefined && { storeId }) });
  const placeName = usePlaceNames();
  const now = Date.now();
  return (
    <Panel title="Latest movements">
      {items.length === 0 && <p className="text-sm text-soft">{status === "ready" ? "It never moved." : "Loading…"}</p>}
      <ol>
        {items.map((movement) => {
          const { id, storeId: at, reference, onHandAfter } = movement;
          const title = reference
            ? `${reference.type.replaceAll("_", " ")} ${reference.id}`
            : `then ${formatQuantity(onHandAfter)} on hand`;
          return <MovementLine key={id} movement={movement} title={title} place={placeName(at)} now={now} />;
        })}
      </ol>
    </Panel>
  );
}
