import { X } from "lucide-react";
import { useRef } from "react";
import { useKeys } from "../hooks/use-keys";
import { type Amount, type EditedAmount, plainAmount, toAmount } from "../model/lots";
import { AmountField } from "./amount-field";
import { LotsFrom } from "./lots-field";
import { ProductName } from "./product-name";
import { ProductPicker } from "./product-picker";

/** A product and how much of it, as it is being typed. */
export type EditedLine = EditedAmount & { readonly sku: string };

interface LinesEditorProps {
  readonly lines: readonly EditedLine[];
  readonly onLines: (lines: readonly EditedLine[]) => void;
  /** The store they leave, where lots can be chosen. */
  readonly from?: string;
}

/** Products and quantities. What is scanned again counts one more. */
export function LinesEditor({ lines, onLines, from }: LinesEditorProps) {
  const scan = useRef<HTMLInputElement>(null);
  useKeys({ scan });
  const change = (sku: string, amount: EditedAmount) => onLines(lines.map((line) => (line.sku === sku ? { ...amount, sku } : line)));
  function add(sku: string): void {
    const known = lines.find((line) => line.sku === sku);
    if (known) change(sku, { ...known, quantity: String(Number(known.quantity) + 1) });
    else onLines([...lines, { ...plainAmount(1), sku }]);
  }
  return (
    <div className="space-y-3">
      <ProductPicker label="Add a product: scan, SKU or name" inputRef={scan} onPick={({ sku }) => add(sku)} />
      {lines.length > 0 && (
        <ul className="panel divide-y divide-line" aria-label="Lines">
          {lines.map(({ sku, ...amount }) => (
            <li key={sku} className="space-y-2 px-4 py-2.5" data-testid="line">
              <div className="flex items-center gap-3">
                <span className="min-w-0 flex-1">
                  <ProductName sku={sku} />
                </span>
                <AmountField label={`Quantity of ${sku}`} amount={amount} onAmount={(next) => change(sku, next)} className="w-20" />
                <button
                  type="button"
                  aria-label={`Leave out ${sku}`}
                  onClick={() => onLines(lines.filter((line) => line.sku !== sku))}
                  className="grid size-9 shrink-0 place-items-center rounded-lg text-soft hover:bg-well hover:text-ink"
                >
                  <X size={16} aria-hidden />
                </button>
              </div>
              {from !== undefined && <LotsFrom sku={sku} storeId={from} amount={amount} onAmount={(next) => change(sku, next)} />}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The lines as a command takes them. */
export const wantedLines = (lines: readonly EditedLine[]): (Amount & { readonly sku: string })[] =>
  lines.map(({ sku, ...amount }) => ({ sku, ...toAmount(amount) }));
