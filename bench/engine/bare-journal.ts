import { open } from "node:fs/promises";
import { join } from "node:path";
import { gather } from "../gather";
import type { Contender } from "../measure";
import { temporaryDirectory } from "../temporary";
import { type Movement, opening, type Workload } from "../workload";

/** What a group comes to: the text to write, and what each caller is told. */
export interface Written {
  readonly text: string;
  readonly answers: readonly unknown[];
}

/** The least that could be called a ledger: a Map that decides and a Set of keys. */
function bareLedger({ skus, storeIds }: Workload): (group: readonly Movement[]) => Written {
  const levels = new Map<string, number>();
  for (const sku of skus) for (const storeId of storeIds) levels.set(`${sku},${storeId}`, opening);
  const keys = new Set<string>();

  function decide({ key, sku, storeId, delta }: Movement): string | undefined {
    const name = `${sku},${storeId}`;
    const onHand = (levels.get(name) ?? 0) + delta;
    if (onHand < 0 || keys.has(key)) return undefined;
    levels.set(name, onHand);
    keys.add(key);
    return `${key},${name},${delta},${onHand}\n`;
  }

  return (group) => {
    const lines = group.map(decide);
    return { text: lines.join(""), answers: lines };
  };
}

/** A journal on the disk to measure: one append and one fdatasync per group of what `decide` makes of it. */
export async function openJournal<Command>(disk: string, decide: (group: readonly Command[]) => Written) {
  const directory = await temporaryDirectory(disk);
  const file = await open(join(directory.path, "journal.csv"), "a");
  return {
    move: gather<Command>(async (group) => {
      const { text, answers } = decide(group);
      await file.write(text);
      await file.datasync();
      return answers;
    }),
    async stop() {
      await file.close();
      await directory.remove();
    },
  };
}

/** The limit on a disk. */
export const bareJournal = (workload: Workload, disk: string): Contender => ({
  name: "limit",
  async start() {
    const { move, stop } = await openJournal(disk, bareLedger(workload));
    return { move: (n) => move(workload.movement(n)), stop };
  },
});

/** The limit in memory: the same, written nowhere. */
export const bareMemory = (workload: Workload): Contender => ({
  name: "limit",
  async start() {
    const decide = bareLedger(workload);
    const move = gather<Movement>((group) => decide(group).answers);
    return { move: (n) => move(workload.movement(n)), stop: async () => undefined };
  },
});
