import type { ComponentPropsWithRef } from "react";

/** A field for a quantity: none or more, with decimals where a product has them. */
export function QuantityField({ className = "", ...rest }: Omit<ComponentPropsWithRef<"input">, "type" | "min">) {
  return <input type="number" inputMode="decimal" min="0" step="any" className={`field text-right ${className}`} {...rest} />;
}
