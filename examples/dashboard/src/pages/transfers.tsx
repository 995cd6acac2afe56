import { useTransfers } from "@onhand/react";
import { Plus } from "lucide-react";
import { Link, useParams } from "wouter";
import { useDesk } from "../desk";
import { usePages } from "../hooks/use-pages";
import { useMay } from "../hooks/use-permissions";
import { api } from "../model/api";
import { buttonLook } from "../parts/button";
import { More, Nothing, Page } from "../parts/page";
import { Tabs } from "../parts/tabs";
import { TransferRow } from "../parts/transfer-row";

const tabs = [
  ["/transfers", "On their way"],
  ["/transfers/received", "Received"],
  ["/transfers/cancelled", "Cancelled"],
] as const;

/** Goods on their way from one store to another, and those that have arrived. */
export function TransfersPage() {
  const { part } = useParams<{ part?: "received" | "cancelled" }>();
  const mayShip = useMay("transfers.ship");
  return (
    <Page
      title="Transfers"
      actions={
        mayShip && (
          <Link href="/transfers/new" className={buttonLook("main")}>
            <Plus size={16} aria-hidden /> Send goods
          </Link>
        )
      }
    >
      <Tabs name="Transfers" tabs={tabs} />
      {part === undefined ? <Underway /> : <Closed status={part} />}
    </Page>
  );
}

function Underway() {
  const { storeId } = useDesk();
  const { items, ...loading } = useTransfers(storeId === undefined ? {} : { storeId });
  if (items.length === 0) return <Nothing {...loading}>Nothing is on its way.</Nothing>;
  return (
    <ul className="panel divide-y divide-line">
      {items.map((transfer) => (
        <TransferRow key={transfer.id} transfer={transfer} />
      ))}
    </ul>
  );
}

function Closed({ status }: { readonly status: "received" | "cancelled" }) {
  const { storeId } = useDesk();
  const at = storeId === undefined ? {} : { storeId };
  const underway = useTransfers(at, ({ keys }) => keys);
  const { items, more, busy, ...loading } = usePages(["transfers", status, storeId, underway], (page) =>
    api.transfers.list({ status, order: "desc", ...at, ...page }),
  );
  if (items.length === 0) return <Nothing {...loading}>No transfer was {status} yet.</Nothing>;
  return (
    <>
      <ul className="panel divide-y divide-line">
        {items.map((transfer) => (
          <TransferRow key={transfer.id} transfer={transfer} />
        ))}
      </ul>
      <More onMore={more} busy={busy} />
    </>
  );
}
