import type { StockTransfer } from "@onhand/core";
import { ArrowRight } from "lucide-react";
import { usePlaceNames } from "../hooks/use-place-names";
import { formatCount, formatDate } from "../model/format";
import { arrivedShare } from "../model/orders";
import { isOverdue, transferLooks } from "../model/transfers";
import { Badge } from "./badge";
import { ProgressRow } from "./progress-row";

/** A transfer in a list, and the way to it. */
export function TransferRow({ transfer }: { readonly transfer: StockTransfer }) {
  const placeName = usePlaceNames();
  const { id, from, to, status, lines, actor } = transfer;
  const [name, tone] = transferLooks[status];
  const overdue = isOverdue(transfer, Date.now());
  return (
    <ProgressRow
      kind="transfer"
      path={`/transfers/${id}`}
      title={
        <>
          {placeName(from)} <ArrowRight size={14} role="img" aria-label="to" className="mb-0.5 inline text-soft" /> {placeName(to)}
        </>
      }
      details={[formatCount(lines.length, "product"), actor !== undefined && `sent by ${actor}`].filter(Boolean).join(" · ")}
      standing={<p className={overdue ? "font-medium text-bad" : "text-soft"}>{dateText(transfer, overdue)}</p>}
      share={arrivedShare(lines)}
      badge={<Badge tone={overdue ? "bad" : tone}>{name}</Badge>}
    />
  );
}

function dateText({ closedAt, expectedAt }: StockTransfer, overdue: boolean): string {
  if (closedAt !== undefined) return formatDate(closedAt);
  return expectedAt === undefined ? "no date" : `${overdue ? "was due" : "due"} ${formatDate(expectedAt)}`;
}
