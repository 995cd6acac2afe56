import type { PurchaseOrder } from "@onhand/core";
import { Link } from "wouter";
import { usePlaceNames } from "../hooks/use-place-names";
import { useSupplierNames } from "../hooks/use-supplier-names";
import { formatCount, formatDate, formatMoney } from "../model/format";
import { arrivedShare, isLate, orderLooks, orderName, orderValue } from "../model/orders";
import { Badge } from "./badge";
import { Progress } from "./progress";

/** An order in a list, and the way to it. */
export function OrderRow({ order }: { readonly order: PurchaseOrder }) {
  const supplierName = useSupplierNames();
  const placeName = usePlaceNames();
  const [status, tone] = orderLooks[order.status];
  const value = orderValue(order);
  const late = isLate(order, Date.now());
  return (
    <li
      data-testid="order"
      data-order={order.id}
      className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-3 hover:bg-well/60 sm:grid-cols-[minmax(0,1fr)_8rem_9rem_7.5rem]"
    >
      <div className="min-w-0">
        <Link href={`/orders/${order.id}`} className="block truncate font-medium after:absolute after:inset-0">
          {supplierName(order.supplierId)}
        </Link>
        <p className="text-sm text-soft sm:truncate">
          {orderName(order)} · {formatCount(order.lines.length, "product")} for {placeName(order.storeId)}
        </p>
      </div>
      <p className="text-right text-sm sm:order-none">{value ? formatMoney(value) : "–"}</p>
      <div className="space-y-1.5 text-sm">
        <p className={late ? "font-medium text-bad" : "text-soft"}>{dateText(order, late)}</p>
        {order.submittedAt !== undefined && <Progress share={arrivedShare(order.lines)} />}
      </div>
      <span className="text-right sm:text-left">
        <Badge tone={late ? "bad" : tone}>{late ? `${status}, late` : status}</Badge>
      </span>
    </li>
  );
}

function dateText({ status, expectedAt, closedAt, createdAt }: PurchaseOrder, late: boolean): string {
  if (closedAt !== undefined) return formatDate(closedAt);
  if (status === "draft" || expectedAt === undefined) return `made ${formatDate(createdAt)}`;
  return `${late ? "was due" : "due"} ${formatDate(expectedAt)}`;
}
