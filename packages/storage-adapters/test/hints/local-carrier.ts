import type { HintCarrier } from "@onhand/storage-adapters/hints";

/** Carries hints within this process, at once. */
export function localCarrier(): HintCarrier & { readonly told: { readonly epoch: string; readonly seq: number }[] } {
  const listeners = new Map<(seq: number) => void, string>();
  const told: { epoch: string; seq: number }[] = [];
  return {
    told,
    tell(epoch, seq) {
      told.push({ epoch, seq });
      for (const [heard, at] of [...listeners]) if (at === epoch) heard(seq);
    },
    listen(epoch, heard) {
      const own = (seq: number) => heard(seq);
      listeners.set(own, epoch);
      return () => void listeners.delete(own);
    },
  };
}
