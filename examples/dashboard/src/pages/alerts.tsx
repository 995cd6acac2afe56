import type { Alert, AlertStatus, AlertType } from "@onhand/core";
import { useAlerts } from "@onhand/react";
import { useState } from "react";
import { Link } from "wouter";
import { useDesk } from "../desk";
import { usePages } from "../hooks/use-pages";
import { useMe } from "../hooks/use-permissions";
import { alertLooks, countByType } from "../model/alerts";
import { api } from "../model/api";
import { formatQuantity } from "../model/format";
import { AlertLine } from "../parts/alert-line";
import { AssignSheet } from "../parts/assign-sheet";
import { Choice } from "../parts/choice";
import { More, Nothing, Page } from "../parts/page";

const views = [
  ["open", "Open"],
  ["resolved", "Resolved"],
  ["dismissed", "Dismissed"],
] as const;
type View = (typeof views)[number][0];

/** What somebody should look at: open alerts as they come and go, and those that are over. */
export function AlertsPage() {
  const [view, setView] = useState<View>("open");
  const [assigning, setAssigning] = useState<Alert>();
  return (
    <Page title="Alerts" actions={<Choice name="Alerts to show" options={views} value={view} onChoose={setView} />}>
      {view === "open" ? <OpenAlerts onAssign={setAssigning} /> : <ClosedAlerts status={view} />}
      <AssignSheet alert={assigning} onClose={() => setAssigning(undefined)} />
    </Page>
  );
}

const atOnce = 50;
type Kind = AlertType | "all" | "mine";

function OpenAlerts({ onAssign }: { readonly onAssign: (alert: Alert) => void }) {
  const { storeId } = useDesk();
  const me = useMe();
  const { items, ...loading } = useAlerts(storeId === undefined ? {} : { storeId });
  const [kind, setKind] = useState<Kind>("all");
  const [shown, setShown] = useState(atOnce);
  const found = items.filter((alert) => kind === "all" || alert.type === kind || (kind === "mine" && alert.assignee === me));
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Choice name="Kind" options={kinds(items, me)} value={kind} onChoose={setKind} />
        <p className="text-sm text-soft" aria-live="polite" data-testid="alert-counts">
          {formatQuantity(items.filter(({ status }) => status === "active").length)} unread of {formatQuantity(items.length)} open
        </p>
      </div>
      {found.length === 0 ? (
        <Nothing {...loading}>
          {items.length > 0 ? (
            "None of this kind."
          ) : (
            <>
              No stock is low, out or too much, as far as{" "}
              <Link href="/thresholds" className="underline">
                limits
              </Link>{" "}
              are set.
            </>
          )}
        </Nothing>
      ) : (
        <ul className="panel divide-y divide-line">
          {found.slice(0, shown).map((alert) => (
            <AlertLine key={alert.id} alert={alert} onAssign={onAssign} />
          ))}
        </ul>
      )}
      <More onMore={found.length > shown ? () => setShown(shown + atOnce) : undefined} />
    </>
  );
}

function kinds(items: readonly Alert[], me: string | undefined): readonly (readonly [Kind, string])[] {
  const types = Object.entries(countByType(items)).map(([type, count]) => {
    const [name] = alertLooks[type as AlertType];
    return [type as Kind, `${name} ${formatQuantity(count)}`] as const;
  });
  const mine = items.filter(({ assignee }) => me !== undefined && assignee === me).length;
  return [["all", "All"], ...types, ["mine", `Mine ${formatQuantity(mine)}`]];
}

function ClosedAlerts({ status }: { readonly status: AlertStatus }) {
  const { storeId } = useDesk();
  const at = storeId === undefined ? {} : { storeId };
  const open = useAlerts(at, ({ keys }) => keys);
  const { items, more, busy, ...loading } = usePages(["alerts", status, storeId, open], (page) =>
    api.alerts.list({ status, ...at, ...page }),
  );
  if (items.length === 0) return <Nothing {...loading}>No alert was {status} yet.</Nothing>;
  return (
    <>
      <ul className="panel divide-y divide-line">
        {items.map((alert) => (
          <AlertLine key={alert.id} alert={alert} />
        ))}
      </ul>
      <More onMore={more} busy={busy} />
    </>
  );
}
