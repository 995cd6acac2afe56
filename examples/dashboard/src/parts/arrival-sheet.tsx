import { type FormEvent, useState } from "react";
import { useTracking } from "../hooks/use-tracking";
import { formatQuantity } from "../model/format";
import { type Amount, amountOfLots, type EditedAmount, plainAmount, toAmount } from "../model/lots";
import { AmountField } from "./amount-field";
import { Button } from "./button";
import { LotsField, LotsSent } from "./lots-field";
import { ProductName } from "./product-name";
import { Sheet } from "./sheet";

interface Coming {
  readonly sku: string;
  /** How much is on its way. */
  readonly coming: number;
  /** Which lots that is, where it was sent as such. */
  readonly lots?: readonly { readonly lot: string; readonly quantity: number }[] | undefined;
}

type Arrived = Amount & { readonly sku: string };

interface ArrivalSheetProps {
  readonly open: boolean;
  readonly lines: readonly Coming[];
  readonly onClose: () => void;
  /** Books what has arrived; answers whether that went well. */
  readonly onArrived: (arrived: readonly Arrived[]) => Promise<boolean>;
}

/** Asks how much of each product has arrived, and of which lots; all of it, unless somebody says otherwise. */
export function ArrivalSheet({ open, lines, onClose, onArrived }: ArrivalSheetProps) {
  return (
    <Sheet open={open} onClose={onClose} title="What has arrived?" place="side">
      <ArrivalForm
        lines={lines.filter(({ coming }) => coming > 0)}
        onSubmit={async (arrived) => {
          if (await onArrived(arrived)) onClose();
        }}
      />
    </Sheet>
  );
}

function ArrivalForm({ lines, onSubmit }: { readonly lines: readonly Coming[]; readonly onSubmit: (arrived: readonly Arrived[]) => void }) {
  const trackingOf = useTracking(lines.map(({ sku }) => sku));
  const [said, setSaid] = useState<Readonly<Record<string, EditedAmount>>>({});
  const amountOf = ({ sku, coming, lots }: Coming): EditedAmount => {
    if (said[sku]) return said[sku];
    if (lots) return amountOfLots(lots);
    return trackingOf(sku) === "lot" ? amountOfLots([{ lot: "", quantity: coming }]) : plainAmount(coming);
  };
  const arrived = lines.map((line) => ({ sku: line.sku, ...toAmount(amountOf(line)) })).filter(({ quantity }) => quantity > 0);
  function submit(event: FormEvent): void {
    event.preventDefault();
    onSubmit(arrived);
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <ul className="divide-y divide-line">
        {lines.map((line) => {
          const { sku, coming, lots } = line;
          const amount = amountOf(line);
          const change = (next: EditedAmount) => setSaid({ ...said, [sku]: next });
          const Lots = lots ? LotsSent : LotsField;
          return (
            <li key={sku} className="space-y-2 py-2.5">
              <div className="flex items-center gap-3">
                <span className="min-w-0 flex-1">
                  <ProductName sku={sku} />
                  <span className="text-soft text-xs">{formatQuantity(coming)} expected</span>
                </span>
                <AmountField label={`Arrived of ${sku}`} amount={amount} onAmount={change} className="w-24" />
              </div>
              <Lots sku={sku} amount={amount} onAmount={change} />
            </li>
          );
        })}
      </ul>
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={arrived.length === 0}>
          Take in
        </Button>
      </div>
    </form>
  );
}
