import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Contender } from "../measure";
import { temporaryDirectory } from "../temporary";
import { type Movement, opening, type Workload } from "../workload";

/**
 * The least that could be called a ledger: a Map that decides, a Set of keys, and a promise per caller. Commands that
 * come while one group is written are the next group. `write` makes a group durable; without it nothing is.
 */
function bareLedger({ skus, storeIds }: Workload, write: ((lines: string) => Promise<void>) | undefined) {
  const levels = new Map<string, number>();
  for (const sku of skus) for (const storeId of storeIds) levels.set(`${sku},${storeId}`, opening);
  const keys = new Set<string>();
  let waiting: { readonly movement: Movement; readonly resolve: (accepted: boolean) => void }[] = [];
  let draining = false;

  function decide({ key, sku, storeId, delta }: Movement): string | undefined {
    const name = `${sku},${storeId}`;
    const onHand = (levels.get(name) ?? 0) + delta;
    if (onHand < 0 || keys.has(key)) return undefined;
    levels.set(name, onHand);
    keys.add(key);
    return `${key},${name},${delta},${onHand}\n`;
  }

  async function drain(): Promise<void> {
    draining = true;
    await undefined;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      const lines = group.map(({ movement }) => decide(movement));
      if (write) await write(lines.join(""));
      for (const [index, { resolve }] of group.entries()) resolve(lines[index] !== undefined);
    }
    draining = false;
  }

  return (movement: Movement): Promise<boolean> =>
    new Promise((resolve) => {
      waiting.push({ movement, resolve });
      if (!draining) void drain();
    });
}

/** The limit on a disk: one append and one fdatasync per group. */
export const bareJournal = (workload: Workload, disk: string): Contender => ({
  name: "limit",
  async start() {
    const directory = await temporaryDirectory(disk);
    const file = await open(join(directory.path, "journal.csv"), "a");
    const move = bareLedger(workload, async (lines) => {
      await file.write(lines);
      await file.datasync();
    });
    return {
      move: (n) => move(workload.movement(n)),
      async stop() {
        await file.close();
        await directory.remove();
      },
    };
  },
});

/** The limit in memory: the same, written nowhere. */
export const bareMemory = (workload: Workload): Contender => ({
  name: "limit",
  async start() {
    const move = bareLedger(workload, undefined);
    return { move: (n) => move(workload.movement(n)), stop: async () => undefined };
  },
});
