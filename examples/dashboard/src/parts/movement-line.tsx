import type { Movement } from "@onhand/core";
import { describeMovement, formatChange, formatTime } from "../model/format";

interface MovementLineProps {
  readonly movement: Movement;
  /** What the line is about, where that is not plain from around it. */
  readonly title: string;
  readonly place: string;
  readonly now: number;
}

/** One entry of the ledger: how much, what, where and when. */
export function MovementLine({ movement, title, place, now }: MovementLineProps) {
  const { delta, occurredAt } = movement;
  const tone = delta > 0 ? "text-good" : "text-ink";
  return (
    <li className="flex items-baseline gap-3 py-1.5 text-sm" data-testid="movement">
      <span className={`w-10 shrink-0 text-right font-semibold ${tone}`}>{formatChange(delta)}</span>
      <span className="min-w-0 flex-1">
        <span className="block truncate first-letter:uppercase">{title}</span>
        <span className="block truncate text-soft text-xs">
          {describeMovement(movement)} · {place}
        </span>
      </span>
      <time dateTime={new Date(occurredAt).toISOString()} className="shrink-0 text-soft text-xs">
        {formatTime(occurredAt, now)}
      </time>
    </li>
  );
}
