import { deepStrictEqual } from "node:assert/strict";
import { describe, it } from "vitest";
import type { StorageCapabilities } from "../index";
import { requireReasons } from "./known-gaps";
import type { CreateStorage } from "./storage/handle";
import { runStorageCase } from "./storage/run-case";
import { storageCases, storageCasesFor } from "./storage/storage-cases";

/** How a storage is tested. */
export interface DescribeStorageOptions {
  /** Makes one storage, empty and not open, for each case. */
  readonly create: CreateStorage;
  /** What the storage should say of itself. Unless given, it is believed. */
  readonly capabilities?: StorageCapabilities;
  /** Promises it does not keep yet: the case's id, and why. They run and must fail, so a gap that closes is noticed. */
  readonly knownGaps?: Readonly<Record<string, string>>;
  /** For storages that need longer than the runner allows. */
  readonly timeoutMs?: number;
}

/**
 * Registers the conformance suite for a storage with vitest: every promise of the storage port as one test.
 *
 * After each case the ledger is refolded and compared with every level.
 *
 * @throws TypeError when a known gap names no case of this storage, or gives no reason.
 * @example
 * describeStorage("memory", { create: () => ({ storage: memoryStorage(), destroy: async () => {} }) });
 * @see docs/contracts/storage.md
 */
export function describeStorage(name: string, { create, capabilities, knownGaps = {}, timeoutMs }: DescribeStorageOptions): void {
  describe(`storage: ${name}`, async () => {
    const said = await capabilitiesOf(create);
    const cases = storageCasesFor(capabilities ?? said);
    requireReasons(knownGaps, cases, storageCases);
    if (capabilities) it("says of itself what it is said to be", () => deepStrictEqual(said, capabilities));
    for (const storageCase of cases) {
      const gap = knownGaps[storageCase.id];
      const register = gap === undefined ? it : it.fails;
      const title = `${storageCase.id}: ${storageCase.promise}${gap === undefined ? "" : ` (known gap: ${gap})`}`;
      register(title, { ...(timeoutMs !== undefined && { timeout: timeoutMs }) }, () => runStorageCase(storageCase, create));
    }
  });
}

async function capabilitiesOf(create: CreateStorage): Promise<StorageCapabilities> {
  const handle = await create();
  await handle.destroy();
  return handle.storage.capabilities;
}
