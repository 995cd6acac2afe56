import type { FileRecord } from "../map/record";
import type { ImportOptions, Job, Run, Target } from "./job";
import { createProjection, type Projection } from "./projection";
import type { Reporter } from "./report";
import { stockPhases, type Unit } from "./stock-job";
import { createStoreFinder, type StoreFinder, type StoreOptions } from "./stores";

/** Finds the store a file means; one that is yet to be made is taken for one that exists. */
export type StoreAt = (name: string) => Promise<string>;

interface StockImport {
  readonly options: ImportOptions & StoreOptions;
  /** Whether the lines depend on what is there, so that a later run may come to others. */
  readonly dependent: boolean;
  unitsOf(records: AsyncIterable<FileRecord>, reporter: Reporter, storeAt: StoreAt): AsyncIterable<Unit>;
}

/** What movements carry as their cause that name none themselves. */
export const importReference = ({ id }: Run) => ({ type: "import", id });

/** An import of stock lines: stores and levels are looked at anew when it checks and when it applies. */
export function stockImport(inventory: Target, run: Run, { options, dependent, unitsOf }: StockImport): Job<Unit> {
  let finder: StoreFinder;
  let projection: Projection;

  function begin(write: boolean): void {
    finder = createStoreFinder(inventory, options, write, options.actor);
    projection = createProjection(inventory);
  }

  async function storeAt(name: string): Promise<string> {
    const storeId = await finder.find(name);
    if (finder.missing.has(storeId)) projection.addStore(storeId);
    return storeId;
  }

  const phases = stockPhases({
    inventory,
    id: run.id,
    actor: options.actor,
    onError: options.onError,
    signal: options.signal,
    dependent,
    projection: () => projection,
    reference: importReference(run),
  });

  return {
    items: (records, reporter) => unitsOf(records, reporter, storeAt),
    check(items, reporter) {
      begin(false);
      return phases.check(items, reporter);
    },
    apply(items, reporter) {
      begin(true);
      return phases.apply(items, reporter);
    },
  };
}
