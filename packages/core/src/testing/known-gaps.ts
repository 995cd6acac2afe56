interface Named {
  readonly id: string;
}

/** Refuses known gaps that nobody could notice closing: of no case, of a case that is not run, without a reason. */
export function requireReasons(gaps: Readonly<Record<string, string>>, cases: readonly Named[], all: readonly Named[] = cases): void {
  for (const [id, reason] of Object.entries(gaps)) {
    if (!all.some((each) => each.id === id)) throw new TypeError(`the known gap ${id} names no case`);
    if (!cases.some((each) => each.id === id)) throw new TypeError(`the known gap ${id} names a case that need not be passed here`);
    if (reason.trim() === "") throw new TypeError(`the known gap ${id} needs a reason`);
  }
}
