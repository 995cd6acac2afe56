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
import { Progress } from "../parts/progress";
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
    <li
      data-testid="count"
      data-count={id}
      className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-3 hover:bg-well/60 sm:grid-cols-[minmax(0,1fr)_10rem_8rem]"
    >
      <div className="min-w-0">
        <Link href={`/counts/${id}`} className="block truncate font-medium after:absolute after:inset-0">
          {placeName(storeId)}
          {category !== undefined && `, ${category}`}
        </Link>
        <p className="truncate text-sm text-soft">
          {formatDate(createdAt)}
          {actor !== undefined && ` · ${actor}`}
          {blind && " · blind"}
        </p>
      </div>
      <div className="col-span-2 row-start-2 space-y-1.5 text-sm sm:col-span-1 sm:row-start-auto">
        <p className="text-soft">
          {formatQuantity(countedCount)} of {formatQuantity(lineCount)} counted
        </p>
        <Progress share={lineCount === 0 ? 0 : countedCount / lineCount} />
      </div>
      {status === "open" && <Badge tone="warn">Open</Badge>}
      {status === "cancelled" && <Badge tone="calm">Given up</Badge>}
      {status === "approved" && <Badge tone={differenceCount ? "warn" : "good"}>{formatCount(differenceCount ?? 0, "difference")}</Badge>}
    </li>
  );
}
