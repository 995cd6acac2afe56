import { type Mode, modes } from "../model/report";
import { Choice } from "./choice";

const names = { sell: "Sell", add: "Add" } as const satisfies Record<Mode, string>;
const options = modes.map((mode) => [mode, names[mode]] as const);

/** Whether Enter sells or adds. */
export function ModeChoice({ mode, onMode }: { readonly mode: Mode; readonly onMode: (mode: Mode) => void }) {
  return <Choice name="Enter does" options={options} value={mode} onChoose={onMode} />;
}

const amounts = [10, 50, 100];

/** The quantities of whole cases. */
export function QuickFill({ onFill }: { readonly onFill: (amount: number) => void }) {
  return amounts.map((amount) => (
    <button
      key={amount}
      type="button"
      aria-label={`Quantity ${amount}`}
      onClick={() => onFill(amount)}
      className="h-9 min-w-12 rounded-lg border border-line text-sm hover:bg-well"
    >
      {amount}
    </button>
  ));
}
