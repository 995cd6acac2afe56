import { Plus, X } from "lucide-react";
import { useId } from "react";
import { useLots } from "../hooks/use-lots";
import { useTracking } from "../hooks/use-tracking";
import { formatLastDay, formatQuantity } from "../model/format";
import { amountOfLots, type EditedAmount, type EditedLot, emptyLot, plainAmount, serialsOf, textOf, totalOf } from "../model/lots";
import { Button } from "./button";
import { QuantityField } from "./quantity-field";

interface LotsFieldProps {
  readonly sku: string;
  readonly amount: EditedAmount;
  readonly onAmount: (amount: EditedAmount) => void;
}

/** Which lots of a product there are, new ones too, and when they expire; or its serial numbers. Of a product that is not tracked, nothing. */
export function LotsField(props: LotsFieldProps) {
  const tracking = useTracking([props.sku])(props.sku);
  if (tracking === "serial") return <Serials {...props} />;
  return tracking === "lot" && <NamedLots {...props} />;
}

/** Which of the lots that are at a store go; those that expire first, unless some are chosen. Serial numbers must be said. */
export function LotsFrom({ storeId, ...props }: LotsFieldProps & { readonly storeId: string }) {
  const { sku, amount, onAmount } = props;
  const tracking = useTracking([sku])(sku);
  const there = useLots({ sku, storeId, enabled: tracking === "lot" && storeId !== "" });
  if (tracking === "serial") return <Serials {...props} />;
  if (tracking !== "lot" || there.length === 0) return null;
  if (amount.lots.length === 0)
    return (
      <p className="flex items-center justify-between gap-3 text-sm text-soft">
        The first to expire go.
        <Button onClick={() => onAmount(amountOfLots(there.map(({ lot }) => ({ lot, quantity: "0" }))))}>Choose lots</Button>
      </p>
    );
  const facts = new Map(
    there.map(({ lot, quantity, expiresAt }) => [
      lot,
      [`${formatQuantity(quantity)} here`, expiresAt !== undefined && `until ${formatLastDay(expiresAt)}`].filter(Boolean).join(", "),
    ]),
  );
  return (
    <div className="space-y-2">
      <KnownLots {...props} factOf={(lot) => facts.get(lot)} />
      <Button look="quiet" onClick={() => onAmount(plainAmount(totalOf(amount)))}>
        Let the first to expire go
      </Button>
    </div>
  );
}

/** How much has come of each lot that was sent, or which serial numbers. */
export function LotsSent(props: LotsFieldProps) {
  const tracking = useTracking([props.sku])(props.sku);
  if (tracking === "serial") return <Serials {...props} />;
  return tracking === "lot" && <KnownLots {...props} />;
}

const changed = (lots: readonly EditedLot[], index: number, change: Partial<EditedLot>): readonly EditedLot[] =>
  lots.map((lot, place) => (place === index ? { ...lot, ...change } : lot));

function KnownLots({ sku, amount, onAmount, factOf }: LotsFieldProps & { readonly factOf?: (lot: string) => string | undefined }) {
  return (
    <ul className="space-y-1.5 rounded-lg bg-well p-2 text-sm" aria-label={`Lots of ${sku}`}>
      {amount.lots.map(({ lot, quantity }, index) => (
        <li key={lot} className="flex items-center gap-3 pl-1">
          <span className="min-w-0 flex-1">
            <span className="block truncate font-mono">{lot}</span>
            {factOf && <span className="block truncate text-soft text-xs">{factOf(lot)}</span>}
          </span>
          <QuantityField
            aria-label={`Quantity of lot ${lot}`}
            required
            value={quantity}
            onChange={(event) => onAmount({ ...amount, lots: changed(amount.lots, index, { quantity: event.target.value }) })}
            className="w-20"
          />
        </li>
      ))}
    </ul>
  );
}

function NamedLots({ sku, amount, onAmount }: LotsFieldProps) {
  const suggestions = useId();
  const known = useLots({ sku });
  const expiries = new Map(known.map(({ lot, expiresAt }) => [lot, { expiresAt }]));
  const { lots } = amount;
  const set = (next: readonly EditedLot[]) => onAmount({ ...amount, lots: next });
  return (
    <div className="space-y-2 rounded-lg bg-well p-2 text-sm">
      <datalist id={suggestions}>
        {[...expiries.keys()].map((lot) => (
          <option key={lot} value={lot} />
        ))}
      </datalist>
      <ul className="space-y-2" aria-label={`Lots of ${sku}`}>
        {lots.map((lot, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a lot that is being typed has no other name, and a row keeps nothing.
          <li key={index} className="grid grid-cols-[minmax(0,1fr)_5rem_auto] gap-1.5">
            <input
              aria-label={`Lot ${index + 1} of ${sku}`}
              placeholder="Lot, as printed"
              list={suggestions}
              required={Number(lot.quantity) > 0}
              maxLength={100}
              autoComplete="off"
              spellCheck={false}
              value={lot.lot}
              onChange={({ target: { value } }) => set(changed(lots, index, { lot: value, ...(expiries.has(value) && { lastDay: "" }) }))}
              className="field font-mono"
            />
            <QuantityField
              aria-label={`Quantity of lot ${index + 1} of ${sku}`}
              required
              value={lot.quantity}
              onChange={(event) => set(changed(lots, index, { quantity: event.target.value }))}
            />
            <button
              type="button"
              aria-label={`Leave out lot ${index + 1} of ${sku}`}
              onClick={() => set(lots.filter((_, place) => place !== index))}
              className="grid size-9 shrink-0 place-items-center rounded-lg text-soft hover:text-ink"
            >
              <X size={16} aria-hidden />
            </button>
            <LastDay
              label={`Last day of lot ${index + 1} of ${sku}`}
              known={expiries.get(lot.lot)}
              value={lot.lastDay}
              onValue={(lastDay) => set(changed(lots, index, { lastDay }))}
            />
          </li>
        ))}
      </ul>
      <Button look="quiet" onClick={() => set([...lots, emptyLot])}>
        <Plus size={15} aria-hidden /> {lots.length === 0 ? "Name a lot" : "Another lot"}
      </Button>
    </div>
  );
}

interface LastDayProps {
  readonly label: string;
  /** When it expires, where the books say so: then there is nothing to ask. */
  readonly known: { readonly expiresAt: number | undefined } | undefined;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

function LastDay({ label, known, value, onValue }: LastDayProps) {
  if (known)
    return (
      <p className="col-span-3 pl-1 text-soft text-xs">
        known, {known.expiresAt === undefined ? "never expires" : `until ${formatLastDay(known.expiresAt)}`}
      </p>
    );
  return (
    <label className="col-span-3 flex items-center gap-2 pl-1 text-soft text-xs">
      Last day to sell
      <input
        type="date"
        aria-label={label}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        className="field h-8 text-ink"
      />
    </label>
  );
}

/** Serial numbers, as a scanner types them: one, Enter, the next. */
function Serials({ sku, amount, onAmount }: LotsFieldProps) {
  return (
    <label className="block space-y-1 text-sm">
      <span className="text-soft text-xs">Serial numbers, one a line</span>
      <textarea
        aria-label={`Serial numbers of ${sku}`}
        rows={Math.min(8, Math.max(2, amount.lots.length))}
        required={totalOf(amount) > 0}
        autoComplete="off"
        spellCheck={false}
        value={textOf(amount.lots)}
        onChange={(event) => onAmount({ ...amount, lots: serialsOf(event.target.value) })}
        className="field h-auto w-full py-2 font-mono"
      />
    </label>
  );
}
