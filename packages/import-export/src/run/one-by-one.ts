import type { FileRecord } from "../map/record";
import { type ImportOptions, type Item, type Job, stoppedAt, tellFate } from "./job";
import type { Fate, Reporter } from "./report";

/** An import whose items are done one after the other, each by a command of its own. */
interface OneByOne<I extends Item> {
  readonly id: string;
  readonly onError: ImportOptions["onError"];
  readonly items: (records: AsyncIterable<FileRecord>, reporter: Reporter) => AsyncIterable<I>;
  /** What would become of an item, after those that came before it in the file. Throws a refusal as the command would. */
  readonly foretell: (item: I) => Promise<Fate>;
  readonly write: (item: I) => Promise<Fate>;
}

export const oneByOne = <I extends Item>({ id, onError, items, foretell, write }: OneByOne<I>): Job<I> => ({
  items,
  async check(found, reporter) {
    for await (const item of found) await tellFate(item, reporter, () => foretell(item));
  },
  async apply(found, reporter) {
    for await (const item of found)
      await tellFate(item, reporter, () => write(item), onError === "refuse" ? stoppedAt(item.line, id) : undefined);
  },
});
