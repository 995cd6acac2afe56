import { type FormEvent, useState } from "react";
import { formatQuantity } from "../model/format";
import { Button } from "./button";
import { ProductName } from "./product-name";
import { Sheet } from "./sheet";

interface Coming {
  readonly sku: string;
  /** How much is on its way. */
  readonly coming: number;
}

interface Arrived {
  readonly sku: string;
  readonly quantity: number;
}

interface ArrivalSheetProps {
  readonly open: boolean;
  readonly lines: readonly Coming[];
  readonly onClose: () => void;
  /** Books what has arrived; answers whether that went well. */
  readonly onArrived: (arrived: readonly Arrived[]) => Promise<boolean>;
}

/** Asks how much of each product has arrived; all of it, unless somebody says otherwise. */
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
  const [said, setSaid] = useState<Readonly<Record<string, string>>>({});
  const quantityOf = ({ sku, coming }: Coming) => Number(said[sku] ?? coming);
  const arrived = lines.map((line) => ({ sku: line.sku, quantity: quantityOf(line) })).filter(({ quantity }) => quantity > 0);
  function submit(event: FormEvent): void {
    event.preventDefault();
    onSubmit(arrived);
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <ul className="divide-y divide-line">
        {lines.map(({ sku, coming }) => (
          <li key={sku} className="flex items-center gap-3 py-2.5">
            <span className="min-w-0 flex-1">
              <ProductName sku={sku} />
              <span className="text-soft text-xs">{formatQuantity(coming)} expected</span>
            </span>
            <input
              type="number"
              aria-label={`Arrived of ${sku}`}
              min="0"
              step="any"
              required
              value={said[sku] ?? String(coming)}
              onChange={(event) => setSaid({ ...said, [sku]: event.target.value })}
              className="field w-24 text-right"
            />
          </li>
        ))}
      </ul>
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={arrived.length === 0}>
          Take in
        </Button>
      </div>
    </form>
  );
}
