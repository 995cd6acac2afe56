import { checkCommand } from "@onhand/core";
import { allOf } from "./export/table";
import { type Category, readCategories } from "./map/category";
import { type ImportOptions, type Item, itemsOf, type Job, type Run, runImport, type Target } from "./run/job";
import { oneByOne } from "./run/one-by-one";
import type { ImportReport } from "./run/report";
import { settle } from "./run/settle";
import type { Source } from "./source/source";

interface CategoryItem extends Item, Category {}

/**
 * Imports what categories are called and are parts of, after the products that name them: a product in category `12` or `Laptops` is in
 * `Computers/Laptops` then. A category that no product names so is `unchanged`.
 *
 * A name that several categories have is left alone, their numbers are not. What the file tells nothing of, such as `Home`, is no part of the result.
 *
 * @throws {@link InventoryError} as {@link importProducts}.
 * @example
 * await importCategories(inventory, await openAsBlob("categories_import.csv"), { onError: "refuse" });
 * @see docs/guides/import-export.md
 */
export const importCategories = (inventory: Target, source: Source, options: ImportOptions): Promise<ImportReport> =>
  runImport("categories", source, options, [], (run) => categoryJob(inventory, run, options));

function categoryJob(inventory: Target, { file, id }: Run, options: ImportOptions): Job<CategoryItem> {
  const actor = options.actor === undefined ? {} : { actor: options.actor };
  const namedBy = (category: string) => allOf((page) => inventory.products.list({ category, archived: "any", limit: 1_000, ...page }));

  async function isNamed({ calledBy }: Category): Promise<boolean> {
    for (const category of calledBy)
      if ((await inventory.products.list({ category, archived: "any", limit: 1 })).items.length > 0) return true;
    return false;
  }

  return oneByOne({
    id,
    onError: options.onError,
    async *items(records, reporter) {
      const tree = await readCategories(file);
      yield* itemsOf(records, reporter, (record, findings) => {
        const row = { id: record.text("categoryId"), name: record.text("category"), parent: record.text("parent") };
        if (row.name === "") findings.error(record.columnOf("category"), "there is no name");
        const category = tree.find(row, (message) => findings.error(record.columnOf("parent"), message));
        return category && { line: record.line, weight: 1, ...category };
      });
    },
    async foretell(item) {
      checkCommand("products.create", { sku: "any", name: "any", category: item.path });
      return (await isNamed(item)) ? "applied" : "unchanged";
    },
    async write({ line, path, calledBy }) {
      let changed = 0;
      let replayed = 0;
      for (const category of calledBy) {
        for await (const { sku } of namedBy(category)) {
          const send = (idempotencyKey: string) => inventory.products.update(sku, { category: path, ...actor, idempotencyKey });
          if ((await settle(`${id}:${line}:${sku}`, send)).replayed) replayed++;
          else changed++;
        }
      }
      if (changed > 0) return "applied";
      return replayed > 0 ? "replayed" : "unchanged";
    },
  });
}
