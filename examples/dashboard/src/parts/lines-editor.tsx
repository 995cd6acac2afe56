import { X } from "lucide-react";
import { useRef } from "react";
import { useKeys } from "../hooks/use-keys";
import { ProductName } from "./product-name";
import { ProductPicker } from "./product-picker";

/** A product and how much of it, as it is being typed. */
export interface EditedLine {
  readonly sku: string;
  readonly quantity: string;
}

interface LinesEditorProps {
  readonly lines: readonly EditedLine[];
  readonly onLines: (lines: readonly EditedLine[]) => void;
}

/** Products and quantities. What is scanned again counts one more. */
export function LinesEditor({ lines, onLines }: LinesEditorProps) {
  const scan = useRef<HTMLInputElement>(null);
  useKeys({ scan });
  const change = (sku: string, quantity: string) => onLines(lines.map((line) => (line.sku === sku ? { sku, quantity } : line)));
  function add(sku: string): void {
    const known = lines.find((line) => line.sku === sku);
    if (known) change(sku, String(Number(known.quantity) + 1));
    else onLines([...lines, { sku, quantity: "1" }]);
  }
  return (
    <div className="space-y-3">
      <ProductPicker label="Add a product: scan, SKU or name" inputRef={scan} onPick={({ sku }) => add(sku)} />
      {lines.length > 0 && (
        <ul className="panel divide-y divide-line" aria-label="Lines">
          {lines.map(({ sku, quantity }) => (
            <li key={sku} className="flex items-center gap-3 px-4 py-2.5" data-testid="line">
              <span className="min-w-0 flex-1">
                <ProductName sku={sku} />
              </span>
              <input
                type="number"
                aria-label={`Quantity of ${sku}`}
                min="0"
                step="any"
                required
                value={quantity}
                onChange={(event) => change(sku, event.target.value)}
                className="field w-20 text-right"
              />
              <button
                type="button"
                aria-label={`Leave out ${sku}`}
                onClick={() => onLines(lines.filter((line) => line.sku !== sku))}
                className="grid size-9 shrink-0 place-items-center rounded-lg text-soft hover:bg-well hover:text-ink"
              >
                <X size={16} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The lines as a command takes them. */
export const wantedLines = (lines: readonly EditedLine[]): { sku: string; quantity: number }[] =>
  lines.map(({ sku, quantity }) => ({ sku, quantity: Number(quantity) }));
