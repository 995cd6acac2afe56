import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createInventory } from "@onhand/core";
import { csvStorage } from "@onhand/storage-adapters/csv";
import { median } from "../measure";
import { type Result, resultOf } from "../result";
import { temporaryDirectory } from "../temporary";
import { createWorkload } from "../workload";
import { catalogueSeeds, type Seed, seeded } from "./seed";

const products = 100_000;
const movements = 1_000_000;
/** What opening such a directory may take, in seconds. */
const allowed = 5;

/** Keys of a million movements, as a million commands with keys would have left them. */
const keySeed = (count: number): Seed => ({
  table: "operations",
  rows: (function* () {
    for (let n = 0; n < count; n++)
      yield { key: `bench-${n}`, command: "stock.receive", fingerprint: "0123456789abcdef", outcome: { lines: 1 } };
  })(),
});

/** Opens a CSV directory of a million movements, their keys and 100,000 products. `ours` and `limit` are openings per second: the limit is one in five seconds. */
export async function measureOpening(disk: string, rounds: number): Promise<Result> {
  const directory = await temporaryDirectory(disk);
  const { skus, storeIds } = createWorkload(products, movements / products);
  const storage = seeded(csvStorage({ directory: directory.path }), [...catalogueSeeds(skus, storeIds, 1), keySeed(movements)]);
  await (await createInventory({ storage })).close();
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) seconds.push(await openOnce(directory.path));
  await directory.remove();
  const named = { suite: "engine", case: `open ${movements} movements, ${products} products`, engine: "csv", callers: 1 };
  return resultOf(named, { ours: 1 / median(seconds), limit: 1 / allowed });
}

async function openOnce(directory: string): Promise<number> {
  const script = new URL("../open-directory.ts", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, script, directory]);
  return Number(stdout);
}
