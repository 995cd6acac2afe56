import type { PurchaseOrder, PurchaseOrderLine } from "@onhand/core";
import { usePurchaseOrder } from "@onhand/react";
import { useState } from "react";
import { useParams } from "wouter";
import { useAction } from "../hooks/use-action";
import { usePlaceNames } from "../hooks/use-place-names";
import { useSupplierNames } from "../hooks/use-supplier-names";
import { formatDate, formatMoney, formatQuantity } from "../model/format";
import { isLate, orderLooks, orderName, orderValue } from "../model/orders";
import { ArrivalSheet } from "../parts/arrival-sheet";
import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { ConfirmSheet } from "../parts/confirm-sheet";
import { EditLinesSheet } from "../parts/edit-lines-sheet";
import { Facts } from "../parts/field";
import { Missing } from "../parts/missing";
import { Page } from "../parts/page";
import { ProductName } from "../parts/product-name";
import { Progress } from "../parts/progress";

/** One order: what was ordered, what has come, and what can be done next. */
export function OrderPage() {
  const { id = "" } = useParams<{ id: string }>();
  const order = usePurchaseOrder(id);
  if (!order) return <Missing name="order" id={id} row={(client) => client.purchaseOrder(id)} back={["/orders", "All orders"]} />;
  return <OrderDetails order={order} />;
}

function OrderDetails({ order }: { readonly order: PurchaseOrder }) {
  const supplierName = useSupplierNames();
  const placeName = usePlaceNames();
  const [status, tone] = orderLooks[order.status];
  const late = isLate(order, Date.now());
  const value = orderValue(order);
  return (
    <Page title={`Order ${orderName(order)}`} actions={<Deeds order={order} />}>
      <section className="panel space-y-4 p-4" aria-label="About the order">
        <Badge tone={late ? "bad" : tone}>{late ? `${status}, late` : status}</Badge>
        <Facts
          facts={[
            ["Supplier", supplierName(order.supplierId)],
            ["Deliver to", placeName(order.storeId)],
            ["Value", value && formatMoney(value)],
            ["Expected", order.expectedAt && formatDate(order.expectedAt)],
            ["Made", formatDate(order.createdAt)],
            ["By", order.actor],
            ["Ordered", order.submittedAt && formatDate(order.submittedAt)],
            ["Closed", order.closedAt && formatDate(order.closedAt)],
          ]}
        />
      </section>
      <ul className="panel divide-y divide-line" aria-label="Lines">
        {order.lines.map((line) => (
          <Line key={line.sku} line={line} />
        ))}
        {order.lines.length === 0 && <li className="px-4 py-10 text-center text-soft">Nothing is on it yet.</li>}
      </ul>
    </Page>
  );
}

function Line({ line: { sku, quantity, received, incoming, unitCost } }: { readonly line: PurchaseOrderLine }) {
  return (
    <li
      data-testid="line"
      className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[minmax(0,1fr)_7rem_12rem]"
    >
      <ProductName sku={sku} />
      <span className="text-right text-sm text-soft">{unitCost && `${formatMoney(unitCost)} each`}</span>
      <div className="col-span-2 space-y-1.5 text-sm sm:col-span-1">
        <p>
          <span className="font-semibold">{formatQuantity(received)}</span> of {formatQuantity(quantity)} here
          {incoming > 0 && <span className="text-soft"> · {formatQuantity(incoming)} to come</span>}
        </p>
        <Progress share={quantity === 0 ? 0 : Math.min(1, received / quantity)} />
      </div>
    </li>
  );
}

type Open = "receive" | "edit" | "cancel";

function Deeds({ order }: { readonly order: PurchaseOrder }) {
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const { id, status, lines } = order;
  const submit = useAction("purchaseOrders.submit", "The order was not submitted");
  const receive = useAction("purchaseOrders.receive", "Nothing was taken in");
  const cancel = useAction("purchaseOrders.cancel", "The order was not cancelled");
  const update = useAction("purchaseOrders.update", "The order was not changed");
  const isComing = status === "submitted" || status === "partially_received";
  return (
    <>
      {cancel.may && (status === "draft" || isComing) && (
        <Button look="risky" onClick={() => setOpen("cancel")}>
          Cancel order
        </Button>
      )}
      {update.may && status === "draft" && <Button onClick={() => setOpen("edit")}>Change lines</Button>}
      {submit.may && status === "draft" && (
        <Button
          look="main"
          disabled={submit.busy || lines.length === 0}
          onClick={() => submit.run({ id }, "Submitted: the goods count as incoming")}
        >
          Submit
        </Button>
      )}
      {receive.may && isComing && (
        <Button look="main" onClick={() => setOpen("receive")}>
          Take in goods
        </Button>
      )}
      <ArrivalSheet
        open={open === "receive"}
        lines={lines.map(({ sku, incoming }) => ({ sku, coming: incoming }))}
        onClose={close}
        onArrived={async (arrived) => (await receive.run({ id, lines: [...arrived] }, "Taken in")) !== undefined}
      />
      <EditLinesSheet
        open={open === "edit"}
        lines={lines}
        onClose={close}
        onSave={async (wanted) => (await update.run({ id, lines: [...wanted] }, "Changed")) !== undefined}
      />
      <ConfirmSheet
        open={open === "cancel"}
        title="Cancel this order?"
        deed="Cancel order"
        onClose={close}
        onConfirm={() => cancel.run({ id }, "Cancelled: what has come stays")}
      >
        What has come stays. What has not is not expected any more.
      </ConfirmSheet>
    </>
  );
}
