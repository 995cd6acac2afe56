import { type Contender, type Effort, takeTurns } from "../measure";
import { type Result, resultOf } from "../result";
import { createWorkload, type Workload } from "../workload";
import { bareJournal, bareMemory } from "./bare-journal";
import { byHand } from "./by-hand";
import { onhandCsv, onhandMemory } from "./onhand";
import { rewriteWholeFile } from "./rewrite";

export interface SuiteOptions extends Effort {
  /** A directory on the disk to measure. */
  readonly disk: string;
  /** Which engines and cases; all unless said. */
  readonly only: (name: string) => boolean;
}

const callerCounts = [1, 64, 1_000];

/** Movements per second of the engine, each under an idempotency key and through the public API, beside the classic way and the limit. */
export async function* engineSuite(options: SuiteOptions): AsyncIterable<Result> {
  const { disk, only } = options;
  const shop = createWorkload(1_000, 10);
  const classic = createWorkload(10_000, 1);
  const memory = [onhandMemory(shop), bareMemory(shop)];
  const csv = [onhandCsv(shop, disk), bareJournal(shop, disk), rewriteWholeFile(classic, disk)];
  for (const callers of callerCounts) {
    if (only("memory")) yield await movements("memory", memory, callers, options);
    if (only("csv")) yield await movements("csv", csv, callers, options);
  }
  if (only("hand")) {
    const rates = await movements("csv", [byHand(shop, disk), bareJournal(shop, disk)], 1_000, options);
    yield { ...rates, case: "movements, by hand" };
  }
  yield* growth(options);
  if (only("open")) yield await (await import("./opening")).measureOpening(disk, options.rounds);
}

async function movements(engine: string, contenders: readonly Contender[], callers: number, effort: Effort): Promise<Result> {
  const rates = await takeTurns(contenders, callers, effort);
  return resultOf(
    { suite: "engine", case: "movements", engine, callers },
    { ours: rates.get("ours") as number, rival: rates.get("rival"), limit: rates.get("limit") },
  );
}

/** The rate with a million products (`ours`) beside that with a thousand (`limit`): a ratio of 0.67 is 1.5 times the cost per movement. */
async function* growth({ disk, only, ...effort }: SuiteOptions): AsyncIterable<Result> {
  const few = createWorkload(1_000, 1);
  const many = createWorkload(1_000_000, 1);
  const engines: Readonly<Record<string, (workload: Workload) => Contender>> = {
    memory: onhandMemory,
    csv: (workload) => onhandCsv(workload, disk),
  };
  for (const [engine, contender] of Object.entries(engines)) {
    if (!only(`products-${engine}`)) continue;
    const contenders = [
      { ...contender(many), name: "ours" },
      { ...contender(few), name: "limit" },
    ];
    yield { ...(await movements(engine, contenders, 1_000, effort)), case: "1,000,000 products" };
  }
}
