import type { ReactNode } from "react";

/** How something stands, at a glance. */
export type Tone = "good" | "warn" | "bad" | "calm";

const looks = {
  good: "bg-good-well text-good",
  warn: "bg-warn-well text-warn",
  bad: "bg-bad-well text-bad",
  calm: "bg-well text-soft",
} as const satisfies Record<Tone, string>;

/** A word with a tone; the word alone says it all. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span
      className={`inline-flex h-5.5 w-fit items-center gap-1.5 whitespace-nowrap rounded-full px-2.5 font-medium text-xs ${looks[tone]}`}
      data-testid="badge"
    >
      <span aria-hidden className="size-1.5 rounded-full bg-current" />
      {children}
    </span>
  );
}
