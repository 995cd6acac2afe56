import { usePurchaseOrders } from "@onhand/react";
import { Plus } from "lucide-react";
import { Link, useParams } from "wouter";
import { useDesk } from "../desk";
import { usePages } from "../hooks/use-pages";
import { useMay } from "../hooks/use-permissions";
import { api } from "../model/api";
import { buttonLook } from "../parts/button";
import { OrderRow } from "../parts/order-row";
import { More, Nothing, Page } from "../parts/page";
import { Proposals } from "../parts/proposals";
import { Suppliers } from "../parts/suppliers";
import { Tabs } from "../parts/tabs";

const tabs = [
  ["/orders", "Open"],
  ["/orders/received", "Received"],
  ["/orders/cancelled", "Cancelled"],
  ["/orders/proposals", "To reorder"],
  ["/orders/suppliers", "Suppliers"],
] as const;

/** Orders to suppliers, what should be ordered next, and who the suppliers are. */
export function OrdersPage() {
  const { part = "" } = useParams<{ part?: string }>();
  const mayCreate = useMay("purchaseOrders.create");
  return (
    <Page
      title="Orders"
      actions={
        mayCreate && (
          <Link href="/orders/new" className={buttonLook("main")}>
            <Plus size={16} aria-hidden /> New order
          </Link>
        )
      }
    >
      <Tabs name="Orders" tabs={tabs} />
      {part === "" && <OpenOrders />}
      {(part === "received" || part === "cancelled") && <ClosedOrders status={part} />}
      {part === "proposals" && <Proposals />}
      {part === "suppliers" && <Suppliers />}
    </Page>
  );
}

function OpenOrders() {
  const { storeId } = useDesk();
  const { items, ...loading } = usePurchaseOrders(storeId === undefined ? {} : { storeId });
  if (items.length === 0) return <Nothing {...loading}>Nothing is drafted or on its way.</Nothing>;
  return (
    <ul className="panel divide-y divide-line">
      {items.map((order) => (
        <OrderRow key={order.id} order={order} />
      ))}
    </ul>
  );
}

function ClosedOrders({ status }: { readonly status: "received" | "cancelled" }) {
  const { storeId } = useDesk();
  const at = storeId === undefined ? {} : { storeId };
  const open = usePurchaseOrders(at, ({ keys }) => keys);
  const { items, more, busy, ...loading } = usePages(["orders", status, storeId, open], (page) =>
    api.purchaseOrders.list({ status, ...at, ...page }),
  );
  if (items.length === 0) return <Nothing {...loading}>No order was {status} yet.</Nothing>;
  return (
    <>
      <ul className="panel divide-y divide-line">
        {items.map((order) => (
          <OrderRow key={order.id} order={order} />
        ))}
      </ul>
      <More onMore={more} busy={busy} />
    </>
  );
}
