import { formatQuantity } from "../model/format";

/** Lots and how much of each, in a line. */
export function LotList({ lots }: { readonly lots: readonly { readonly lot: string; readonly quantity: number }[] }) {
  return (
    <ul aria-label="Lots" className="flex flex-wrap gap-x-3 text-soft text-xs">
      {lots.map(({ lot, quantity }) => (
        <li key={lot}>
          <span className="font-mono">{lot}</span>: {formatQuantity(quantity)}
        </li>
      ))}
    </ul>
  );
}
