import type { StockCount, StockCountLine } from "@onhand/core";
import { useCount, useCountLines } from "@onhand/react";
import { useState } from "react";
import { useParams } from "wouter";
import { useAction } from "../hooks/use-action";
import { usePlaceNames } from "../hooks/use-place-names";
import { formatChange, formatCount, formatDate, formatQuantity } from "../model/format";
import { Button } from "../parts/button";
import { ConfirmSheet } from "../parts/confirm-sheet";
import { CountEntry } from "../parts/count-entry";
import { Facts } from "../parts/field";
import { LotList } from "../parts/lot-list";
import { Missing } from "../parts/missing";
import { Nothing, Page } from "../parts/page";
import { ProductName } from "../parts/product-name";
import { Progress } from "../parts/progress";

/** A sheet: what is still to be counted, what was found, and in the end what it changes. */
export function CountPage() {
  const { id = "" } = useParams<{ id: string }>();
  const count = useCount(id);
  if (!count) return <Missing name="count" id={id} row={(client) => client.count(id)} back={["/counts", "All counts"]} />;
  return <CountSheet count={count} />;
}

function CountSheet({ count }: { readonly count: StockCount }) {
  const { id, storeId, category, status, lineCount, countedCount, blind, actor, createdAt, closedBy, closedAt, differenceCount, reason } =
    count;
  const placeName = usePlaceNames();
  const { items, ...loading } = useCountLines(id);
  const record = useAction("counts.record", "It was not noted");
  return (
    <Page
      title={`Count ${placeName(storeId)}${category === undefined ? "" : `, ${category}`}`}
      actions={status === "open" && <Deeds count={count} />}
    >
      <section className="panel space-y-4 p-4" aria-label="About the count">
        <Facts
          facts={[
            ["Started", [formatDate(createdAt), actor].filter(Boolean).join(", ")],
            ["Kind", blind ? "blind" : "open"],
            [
              "Closed",
              closedAt && [status === "approved" ? "approved" : "given up", formatDate(closedAt), closedBy].filter(Boolean).join(", "),
            ],
            ["Remark", reason ?? (differenceCount === undefined ? undefined : formatCount(differenceCount, "difference"))],
          ]}
        />
        <div className="space-y-1.5 text-sm">
          <p aria-live="polite" data-testid="counted">
            <span className="font-semibold">{formatQuantity(countedCount)}</span> of {formatQuantity(lineCount)} counted
          </p>
          <Progress share={lineCount === 0 ? 0 : countedCount / lineCount} />
        </div>
      </section>
      {status === "open" && record.may && (
        <CountEntry
          onCounted={(sku, { quantity, lots }) =>
            record.run({ id, lines: [{ sku, counted: quantity, ...(lots && { lots }) }] }, `${formatQuantity(quantity)} × ${sku} noted`)
          }
        />
      )}
      {items.length === 0 ? (
        <Nothing {...loading}>Nothing is on the sheet.</Nothing>
      ) : (
        <ul className="panel divide-y divide-line" aria-label="Lines">
          {items.map((line) => (
            <Line key={line.sku} line={line} />
          ))}
        </ul>
      )}
    </Page>
  );
}

const words = {
  open: "to count",
  counted: "counted",
  recount: "to count again",
  approved: "booked",
  uncounted: "not counted",
  cancelled: "given up",
} as const satisfies Record<StockCountLine["status"], string>;

function Line({ line }: { readonly line: StockCountLine }) {
  const { countId, sku, status, counted, expected, variance, lots } = line;
  const recount = useAction("counts.recount", "It is not to be counted again");
  return (
    <li data-testid="line" data-sku={sku} className="grid grid-cols-[minmax(0,1fr)_auto_auto] items-center gap-x-4 px-4 py-2.5">
      <div className="min-w-0">
        <ProductName sku={sku} />
        {lots && <LotList lots={lots.map(({ lot, counted: quantity }) => ({ lot, quantity }))} />}
      </div>
      <p className="text-right text-sm">
        <span className="font-semibold text-base">{counted === undefined ? "–" : formatQuantity(counted)}</span>
        <span className="block text-soft text-xs">
          {words[status]}
          {expected !== undefined && `, ${formatQuantity(expected)} expected`}
          {variance !== undefined && variance !== 0 && <span className="font-semibold text-warn"> {formatChange(variance)}</span>}
        </span>
      </p>
      <span className="w-28 text-right max-sm:hidden">
        {status === "counted" && recount.may && (
          <Button
            look="quiet"
            aria-label={`Count ${sku} again`}
            onClick={() => recount.run({ id: countId, skus: [sku] }, "To be counted again")}
          >
            Count again
          </Button>
        )}
      </span>
    </li>
  );
}

function Deeds({ count: { id, lineCount, countedCount } }: { readonly count: StockCount }) {
  const [open, setOpen] = useState<"approve" | "cancel">();
  const close = () => setOpen(undefined);
  const approve = useAction("counts.approve", "The sheet was not approved");
  const cancel = useAction("counts.cancel", "The sheet was not given up");
  const left = lineCount - countedCount;
  return (
    <>
      {cancel.may && (
        <Button look="risky" onClick={() => setOpen("cancel")}>
          Give up
        </Button>
      )}
      {approve.may && (
        <Button look="main" disabled={countedCount === 0} onClick={() => setOpen("approve")}>
          Approve
        </Button>
      )}
      <ConfirmSheet
        open={open === "approve"}
        title="Book the differences?"
        deed="Approve"
        onClose={close}
        onConfirm={() => approve.run({ id }, "Approved: stock is what was counted")}
      >
        {left > 0 ? `${formatCount(left, "product")} not counted yet; they stay as they are.` : "Everything on the sheet is counted."} What
        was found becomes the stock.
      </ConfirmSheet>
      <ConfirmSheet
        open={open === "cancel"}
        title="Give this count up?"
        deed="Give up"
        onClose={close}
        onConfirm={() => cancel.run({ id }, "Given up: nothing was booked")}
      >
        What was counted is kept on the sheet, and nothing is booked.
      </ConfirmSheet>
    </>
  );
}
