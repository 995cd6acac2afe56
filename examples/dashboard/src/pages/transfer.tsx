import type { StockTransfer, StockTransferLine, StockTransferLot } from "@onhand/core";
import { useTransfer } from "@onhand/react";
import { useState } from "react";
import { useParams } from "wouter";
import { useAction } from "../hooks/use-action";
import { usePlaceNames } from "../hooks/use-place-names";
import { formatDate, formatQuantity } from "../model/format";
import { isOverdue, isUnderway, transferLooks } from "../model/transfers";
import { ArrivalSheet } from "../parts/arrival-sheet";
import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { Facts } from "../parts/field";
import { LotList } from "../parts/lot-list";
import { Missing } from "../parts/missing";
import { Page } from "../parts/page";
import { ProductName } from "../parts/product-name";
import { Progress } from "../parts/progress";
import { Sheet } from "../parts/sheet";

/** One transfer: what was sent, what has arrived, and what becomes of the rest. */
export function TransferPage() {
  const { id = "" } = useParams<{ id: string }>();
  const transfer = useTransfer(id);
  const placeName = usePlaceNames();
  if (!transfer) return <Missing name="transfer" id={id} row={(client) => client.transfer(id)} back={["/transfers", "All transfers"]} />;
  const { from, to, status, actor, createdAt, expectedAt, closedAt, reason, lines } = transfer;
  const [name, tone] = transferLooks[status];
  return (
    <Page title={`${placeName(from)} to ${placeName(to)}`} actions={<Deeds transfer={transfer} />}>
      <section className="panel space-y-4 p-4" aria-label="About the transfer">
        <Badge tone={isOverdue(transfer, Date.now()) ? "bad" : tone}>{name}</Badge>
        <Facts
          facts={[
            ["Sent", formatDate(createdAt)],
            ["By", actor],
            ["Expected", expectedAt && formatDate(expectedAt)],
            ["Closed", closedAt && [formatDate(closedAt), reason].filter(Boolean).join(", ")],
          ]}
        />
      </section>
      <ul className="panel divide-y divide-line" aria-label="Lines">
        {lines.map((line) => (
          <Line key={line.sku} line={line} />
        ))}
      </ul>
    </Page>
  );
}

function Line({ line: { sku, quantity, received, returned, writtenOff, inTransit, lots } }: { readonly line: StockTransferLine }) {
  const rest = [
    inTransit > 0 && `${formatQuantity(inTransit)} on the way`,
    returned > 0 && `${formatQuantity(returned)} came back`,
    writtenOff > 0 && `${formatQuantity(writtenOff)} written off`,
  ].filter(Boolean);
  return (
    <li data-testid="line" className="grid items-center gap-x-4 gap-y-1.5 px-4 py-3 sm:grid-cols-[minmax(0,1fr)_16rem]">
      <ProductName sku={sku} />
      <div className="space-y-1.5 text-sm">
        <p>
          <span className="font-semibold">{formatQuantity(received)}</span> of {formatQuantity(quantity)} arrived
          {rest.length > 0 && <span className="text-soft"> · {rest.join(", ")}</span>}
        </p>
        {lots && <LotList lots={lots} />}
        <Progress share={quantity === 0 ? 0 : received / quantity} />
      </div>
    </li>
  );
}

const stillComing = (lots: readonly StockTransferLot[]) =>
  lots.filter(({ inTransit }) => inTransit > 0).map(({ lot, inTransit }) => ({ lot, quantity: inTransit }));

function Deeds({ transfer }: { readonly transfer: StockTransfer }) {
  const [open, setOpen] = useState<"receive" | "cancel">();
  const close = () => setOpen(undefined);
  const { id, lines } = transfer;
  const receive = useAction("transfers.receive", "Nothing was taken in");
  const cancel = useAction("transfers.cancel", "The transfer was not ended");
  if (!isUnderway(transfer)) return null;
  const end = (remaining: "return" | "write_off", done: string) => {
    close();
    void cancel.run({ id, remaining }, done);
  };
  return (
    <>
      {cancel.may && (
        <Button look="risky" onClick={() => setOpen("cancel")}>
          End transfer
        </Button>
      )}
      {receive.may && (
        <Button look="main" onClick={() => setOpen("receive")}>
          Take in goods
        </Button>
      )}
      <ArrivalSheet
        open={open === "receive"}
        lines={lines.map(({ sku, inTransit, lots }) => ({ sku, coming: inTransit, lots: lots && stillComing(lots) }))}
        onClose={close}
        onArrived={async (arrived) => (await receive.run({ id, lines: [...arrived] }, "Taken in")) !== undefined}
      />
      <Sheet open={open === "cancel"} onClose={close} title="What becomes of what is on its way?" place="middle">
        <p className="text-sm text-soft">What has arrived stays. The rest goes back to where it came from, or is written off as lost.</p>
        <div className="flex flex-wrap justify-end gap-2 pt-4">
          <Button onClick={() => end("return", "Ended: the rest is back where it came from")}>It comes back</Button>
          <Button look="risky" onClick={() => end("write_off", "Ended: the rest is written off")}>
            It is lost
          </Button>
        </div>
      </Sheet>
    </>
  );
}
