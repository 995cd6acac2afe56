import { type Mode, modes } from "../model/report";

const names = { sell: "Sell", add: "Add" } as const satisfies Record<Mode, string>;

/** Whether Enter sells or adds. */
export function ModeChoice({ mode, onMode }: { readonly mode: Mode; readonly onMode: (mode: Mode) => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can't be a flex row in every browser.
    <div role="group" aria-label="Enter does" className="flex rounded-lg bg-well p-0.5">
      {modes.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={mode === name}
          onClick={() => onMode(name)}
          className="h-7 rounded-md px-3 font-medium text-soft text-sm aria-pressed:bg-card aria-pressed:text-ink aria-pressed:shadow-sm"
        >
          {names[name]}
        </button>
      ))}
    </div>
  );
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
