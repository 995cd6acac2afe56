import type { StockTransfer } from "@onhand/core";
import { ArrowRight } from "lucide-react";
import { Link } from "wouter";
import { usePlaceNames } from "../hooks/use-place-names";
import { formatCount, formatDate } from "../model/format";
import { arrivedShare } from "../model/orders";
import { isOverdue, transferLooks } from "../model/transfers";
import { Badge } from "./badge";
import { Progress } from "./progress";

/** A transfer in a list, and the way to it. */
export function TransferRow({ transfer }: { readonly transfer: StockTransfer }) {
  const placeName = usePlaceNames();
  const { id, from, to, status, lines, expectedAt, closedAt, actor } = transfer;
  const [name, tone] = transferLooks[status];
  const overdue = isOverdue(transfer, Date.now());
  return (
    <li
      data-testid="transfer"
      data-transfer={id}
      className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-3 hover:bg-well/60 sm:grid-cols-[minmax(0,1fr)_9rem_7.5rem]"
    >
      <div className="min-w-0">
        <Link href={`/transfers/${id}`} className="block truncate font-medium after:absolute after:inset-0">
          {placeName(from)} <ArrowRight size={14} role="img" aria-label="to" className="mb-0.5 inline text-soft" /> {placeName(to)}
        </Link>
        <p className="truncate text-sm text-soft">
          {formatCount(lines.length, "product")}
          {actor !== undefined && ` · sent by ${actor}`}
        </p>
      </div>
      <div className="col-span-2 row-start-2 space-y-1.5 text-sm sm:col-span-1 sm:row-start-auto">
        <p className={overdue ? "font-medium text-bad" : "text-soft"}>
          {closedAt !== undefined
            ? formatDate(closedAt)
            : expectedAt !== undefined
              ? `${overdue ? "was due" : "due"} ${formatDate(expectedAt)}`
              : "no date"}
        </p>
        <Progress share={arrivedShare(lines)} />
      </div>
      <Badge tone={overdue ? "bad" : tone}>{name}</Badge>
    </li>
  );
}
