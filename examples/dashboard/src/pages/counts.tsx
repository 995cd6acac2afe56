import type { StockCount } from "@onhand/core";
import { useCounts } from "@onhand/react";
import { Plus } from "lucide-react";
import { Link, useParams } from "wouter";
import { useDesk } from "../desk";
import { usePages } from "../hooks/use-pages";
import { useMay } from "../hooks/use-permissions";
import { usePlaceNames } from "../hooks/use-place-names";
import { api } from "../model/api";
import { formatCount, formatDate, formatQuantity } from "../model/format";
import { Badge } from "../parts/badge";
import { buttonLook } from "../parts/button";
import { More, Nothing, Page } from "../parts/page";
import { ProgressRow } from "../parts/progress-row";
import { Tabs } from "../parts/tabs";

const tabs = [
  ["/counts", "Open"],
  ["/counts/approved", "Approved"],
  ["/counts/cancelled", "Given up"],
] as const;

/** Sheets to count by. */
export function CountsPage() {
  const { part } = useParams<{ part?: "approved" | "cancelled" }>();
  const mayStart = useMay("counts.start");
  return (
    <Page
      title="Counts"
      actions={
        mayStart && (
          <Link href="/counts/new" className={buttonLook("main")}>
            <Plus size={16} aria-hidden /> Start a count
          </Link>
        )
      }
    >
      <Tabs name="Counts" tabs={tabs} />
      {part === undefined ? <Open /> : <Closed status={part} />}
    </Page>
  );
}

function Open() {
  const { storeId } = useDesk();
  const { items, ...loading } = useCounts(storeId === undefined ? {} : { storeId });
  if (items.length === 0) return <Nothing {...loading}>Nobody is counting.</Nothing>;
  return <Sheets items={items} />;
}

function Closed({ status }: { readonly status: "approved" | "cancelled" }) {
  const { storeId } = useDesk();
  const at = storeId === undefined ? {} : { storeId };
  const open = useCounts(at, ({ keys }) => keys);
  const { items, more, busy, ...loading } = usePages(["counts", status, storeId, open], (page) =>
    api.counts.list({ status, order: "desc", ...at, ...page }),
  );
  if (items.length === 0) return <Nothing {...loading}>No sheet was {status === "approved" ? "approved" : "given up"} yet.</Nothing>;
  return (
    <>
      <Sheets items={items} />
      <More onMore={more} busy={busy} />
    </>
  );
}

function Sheets({ items }: { readonly items: readonly StockCount[] }) {
  return (
    <ul className="panel divide-y divide-line">
      {items.map((count) => (
        <SheetRow key={count.id} count={count} />
      ))}
    </ul>
  );
}

function SheetRow({ count }: { readonly count: StockCount }) {
  const placeName = usePlaceNames();
  const { id, storeId, category, blind, actor, createdAt, lineCount, countedCount, status, differenceCount } = count;
  return (
    <ProgressRow
      kind="count"
      path={`/counts/${id}`}
      title={[placeName(storeId), category].filter(Boolean).join(", ")}
      details={[formatDate(createdAt), actor, blind && "blind"].filter(Boolean).join(" · ")}
      standing={
        <p className="text-soft">
          {formatQuantity(countedCount)} of {formatQuantity(lineCount)} counted
        </p>
      }
      share={lineCount === 0 ? 0 : countedCount / lineCount}
      badge={<Standing status={status} differences={differenceCount ?? 0} />}
    />
  );
}

function Standing({ status, differences }: { readonly status: StockCount["status"]; readonly differences: number }) {
  if (status === "open") return <Badge tone="warn">Open</Badge>;
  if (status === "cancelled") return <Badge tone="calm">Given up</Badge>;
  return <Badge tone={differences > 0 ? "warn" : "good"}>{formatCount(differences, "difference")}</Badge>;
}
