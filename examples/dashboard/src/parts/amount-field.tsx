import { formatQuantity } from "../model/format";
import { type EditedAmount, totalOf } from "../model/lots";
import { QuantityField } from "./quantity-field";

interface AmountFieldProps {
  readonly label: string;
  readonly amount: EditedAmount;
  readonly onAmount: (amount: EditedAmount) => void;
  readonly className: string;
}

/** How much; where lots are named, what they come to. */
export function AmountField({ label, amount, onAmount, className }: AmountFieldProps) {
  if (amount.lots.length > 0)
    return (
      <output aria-label={label} className={`block px-3 text-right font-semibold ${className}`}>
        {formatQuantity(totalOf(amount))}
      </output>
    );
  return (
    <QuantityField
      aria-label={label}
      required
      value={amount.quantity}
      onChange={(event) => onAmount({ ...amount, quantity: event.target.value })}
      className={className}
    />
  );
}
