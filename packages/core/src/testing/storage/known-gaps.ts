import type { StorageCase } from "./handle";
import { storageCases } from "./storage-cases";

/** Refuses known gaps that nobody could notice closing: of no case, of a case that is not run, without a reason. */
export function requireReasons(gaps: Readonly<Record<string, string>>, cases: readonly StorageCase[]): void {
  for (const [id, reason] of Object.entries(gaps)) {
    if (!storageCases.some((each) => each.id === id)) throw new TypeError(`the known gap ${id} names no case`);
    if (!cases.some((each) => each.id === id)) throw new TypeError(`the known gap ${id} names a case this storage need not pass`);
    if (reason.trim() === "") throw new TypeError(`the known gap ${id} needs a reason`);
  }
}
