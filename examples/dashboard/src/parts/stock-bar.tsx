import { barShare, type Status } from "../model/status";

const fills = { "in-stock": "bg-good-fill", low: "bg-warn-fill", out: "bg-bad-fill" } as const satisfies Record<Status, string>;

/** How full a shelf is, with a tick where low begins. The figure beside it says the same in words. */
export function StockBar({ quantity, status, lowMark }: { readonly quantity: number; readonly status: Status; readonly lowMark: number }) {
  return (
    <span aria-hidden className="relative block h-1.5 w-full overflow-hidden rounded-full bg-well">
      <span
        className={`absolute inset-0 origin-left rounded-full transition-transform duration-500 ${fills[status]}`}
        style={{ transform: `scaleX(${barShare(quantity, lowMark)})` }}
      />
      <span className="absolute inset-y-0 w-px bg-ink/35" style={{ left: `${barShare(lowMark, lowMark) * 100}%` }} />
    </span>
  );
}
