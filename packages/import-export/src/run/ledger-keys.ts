import { InventoryError, type Reference } from "@onhand/core";
import type { Target } from "./job";

/** Which keys of an import the ledger knows. */
export interface LedgerKeys {
  /**
   * Whether a movement with this reference was written under one of these keys, at whichever attempt.
   *
   * @param anew - asks the ledger again, for what was written since the import began.
   */
  has(reference: Reference, keys: readonly string[], anew?: boolean): Promise<boolean>;
}

/** References whose keys are remembered, and keys that are remembered of one. */
const maximumReferences = 1_000;
const maximumKeys = 1_000_000;

/** Looks up by reference, which every storage has an index for; movements that name no reference carry that of their import. */
export function createLedgerKeys(inventory: Target, importId: string): LedgerKeys {
  const known = new Map<string, Promise<ReadonlySet<string>>>();

  async function read(reference: Reference): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await inventory.stock.movements({ reference, limit: 1_000, ...(cursor !== undefined && { cursor }) });
      for (const { idempotencyKey } of page.items) if (idempotencyKey?.startsWith(`${importId}:`)) keys.add(firstAttempt(idempotencyKey));
      if (keys.size > maximumKeys)
        throw new InventoryError("UNSUPPORTED", {
          feature: `running an import again that was applied in more than ${maximumKeys} single lines; split the file`,
        });
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return keys;
  }

  function keysUnder(reference: Reference, anew: boolean): Promise<ReadonlySet<string>> {
    const name = `${reference.type}\u0000${reference.id}`;
    const before = anew ? undefined : known.get(name);
    if (before) return before;
    const keys = read(reference);
    known.set(name, keys);
    const [oldest] = known.keys();
    if (known.size > maximumReferences && oldest !== undefined) known.delete(oldest);
    return keys;
  }

  return {
    async has(reference, keys, anew = false) {
      const written = await keysUnder(reference, anew);
      return keys.some((key) => written.has(key));
    },
  };
}

const firstAttempt = (key: string): string => key.replace(/~\d+$/, "");
