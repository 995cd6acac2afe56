import { type Status, statusNames } from "../model/status";

const looks = {
  "in-stock": "bg-good-well text-good",
  low: "bg-warn-well text-warn",
  out: "bg-bad-well text-bad",
} as const satisfies Record<Status, string>;

export function StatusBadge({ status }: { readonly status: Status }) {
  return (
    <span
      data-testid="status"
      className={`inline-flex h-5.5 items-center gap-1.5 whitespace-nowrap rounded-full px-2.5 font-medium text-xs ${looks[status]}`}
    >
      <span aria-hidden className="size-1.5 rounded-full bg-current" />
      {statusNames[status]}
    </span>
  );
}
