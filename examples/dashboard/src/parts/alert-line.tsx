import type { Alert } from "@onhand/core";
import { Check, UserRound, X } from "lucide-react";
import { useAction } from "../hooks/use-action";
import { useMay } from "../hooks/use-permissions";
import { usePlaceNames } from "../hooks/use-place-names";
import { alertLooks, reasonOf } from "../model/alerts";
import { formatTime } from "../model/format";
import { Badge } from "./badge";
import { Button } from "./button";
import { ProductName } from "./product-name";

interface AlertLineProps {
  readonly alert: Alert;
  /** Opens the choice of who looks after it; without it the alert is only shown. */
  readonly onAssign?: (alert: Alert) => void;
}

/** An alert: about what, why, since when, who looks after it, and what can be done about it. */
export function AlertLine({ alert, onAssign }: AlertLineProps) {
  const { type, sku, storeId, status, assignee, raisedAt, closedAt } = alert;
  const placeName = usePlaceNames();
  const [name, tone] = alertLooks[type];
  const now = Date.now();
  return (
    <li
      data-testid="alert"
      data-alert={alert.id}
      className="grid items-center gap-x-4 gap-y-2 px-4 py-3 sm:grid-cols-[7.5rem_minmax(0,1fr)_auto]"
    >
      <span className="flex items-center gap-2">
        <Badge tone={tone}>{name}</Badge>
        {status === "active" && <span className="font-semibold text-accent text-xs sm:hidden">New</span>}
      </span>
      <div className="min-w-0 space-y-0.5">
        <ProductName sku={sku} />
        <p className="text-sm text-soft">
          {status === "active" && <span className="hidden font-semibold text-accent sm:inline">New · </span>}
          {placeName(storeId)} · {reasonOf(alert)} · <time dateTime={new Date(raisedAt).toISOString()}>{formatTime(raisedAt, now)}</time>
          {closedAt !== undefined && ` to ${formatTime(closedAt, now)}`}
          {assignee !== undefined && (
            <>
              {" · "}
              <UserRound size={13} aria-hidden className="mb-0.5 inline" /> <span className="sr-only">looked after by </span>
              {assignee}
            </>
          )}
        </p>
      </div>
      {onAssign && <Deeds alert={alert} onAssign={onAssign} />}
    </li>
  );
}

function Deeds({ alert, onAssign }: { readonly alert: Alert; readonly onAssign: (alert: Alert) => void }) {
  const acknowledge = useAction("alerts.acknowledge", "The alert was not acknowledged");
  const dismiss = useAction("alerts.dismiss", "The alert was not dismissed");
  const mayAssign = useMay("alerts.assign");
  const { id, status } = alert;
  return (
    <div className="flex flex-wrap gap-2">
      {acknowledge.may && status === "active" && (
        <Button disabled={acknowledge.busy} onClick={() => acknowledge.run({ id }, "Acknowledged: it stays open until stock recovers")}>
          <Check size={15} aria-hidden /> Acknowledge
        </Button>
      )}
      {mayAssign && (
        <Button onClick={() => onAssign(alert)}>
          <UserRound size={15} aria-hidden /> Assign
        </Button>
      )}
      {dismiss.may && (
        <Button look="quiet" disabled={dismiss.busy} onClick={() => dismiss.run({ id }, "Dismissed: quiet until stock has recovered once")}>
          <X size={15} aria-hidden /> Dismiss
        </Button>
      )}
    </div>
  );
}
