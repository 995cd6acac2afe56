import { useState } from "react";

/** Which way a number last went, and how often it changed since it came into view. */
export interface Flash {
  readonly direction: "up" | "down";
  readonly count: number;
}

/** Notices that a number changed; undefined until it has, and becoming known is no change. `name` says what it is the number of: another one starts anew. */
export function useFlash(name: string, value: number | undefined): Flash | undefined {
  const [seen, setSeen] = useState<{ readonly name: string; readonly value: number | undefined; readonly flash?: Flash }>({ name, value });
  if (seen.name !== name) setSeen({ name, value });
  else if (seen.value === undefined || value === undefined) {
    if (seen.value !== value) setSeen({ name, value });
  } else if (seen.value !== value) {
    setSeen({ name, value, flash: { direction: value > seen.value ? "up" : "down", count: (seen.flash?.count ?? 0) + 1 } });
  }
  return seen.name === name ? seen.flash : undefined;
}
