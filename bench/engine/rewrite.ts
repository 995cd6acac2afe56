import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Contender } from "../measure";
import { temporaryDirectory } from "../temporary";
import { opening, type Workload } from "../workload";

/** What the classic system does, made safe: the whole `ProductID,Quantity` file anew at each update, to a temporary file, fsync, rename. */
export const rewriteWholeFile = (workload: Workload, disk: string): Contender => ({
  name: "rival",
  async start() {
    const directory = await temporaryDirectory(disk);
    const quantities = new Map(workload.skus.map((sku) => [sku, opening]));
    let last: Promise<void> = Promise.resolve();

    async function update(n: number): Promise<void> {
      const { sku, delta } = workload.movement(n);
      quantities.set(sku, (quantities.get(sku) ?? 0) + delta);
      const rows = Array.from(quantities, ([id, quantity]) => `${id},${quantity}\n`);
      const temporary = join(directory.path, "inventory.tmp");
      const file = await open(temporary, "w");
      await file.write(`ProductID,Quantity\n${rows.join("")}`);
      await file.sync();
      await file.close();
      await rename(temporary, join(directory.path, "inventory.csv"));
    }

    return {
      move(n) {
        last = last.then(() => update(n));
        return last;
      },
      stop: directory.remove,
    };
  },
});
