import { InventoryError } from "@onhand/core";
import type { Target } from "../run/job";
import { allOf, type Cell, columnsFor, type ExportOptions, rowOf, writeTable } from "./table";

const maximumCategories = 100_000;

/**
 * Exports the categories that products in use name, each behind the one it is a part of: of `Computers/Laptops` both.
 *
 * @throws {@link InventoryError} as {@link exportProducts}.
 * @example
 * await writeFile("categories.csv", exportCategories(inventory, { format: "csv", preset: "prestashop-categories" }));
 * @see docs/guides/import-export.md
 */
export function exportCategories(inventory: Target, options: ExportOptions): AsyncIterable<Uint8Array> {
  const { preset, columns } = columnsFor("categories", options);
  async function* rows(): AsyncGenerator<Cell[]> {
    const told = new Set<string>();
    for await (const { category } of allOf((page) => inventory.products.list({ limit: 1_000, ...page }))) {
      const names = category?.split("/") ?? [];
      for (const [depth, name] of names.entries()) {
        const path = names.slice(0, depth + 1).join("/");
        if (told.has(path)) continue;
        if (told.add(path).size > maximumCategories)
          throw new InventoryError("UNSUPPORTED", { feature: `a file of more than ${maximumCategories} categories` });
        yield rowOf(columns, { category: name, parent: names[depth - 1] ?? "Home" });
      }
    }
  }
  return writeTable({ header: columns.map(([name]) => name), rows: rows() }, options, preset);
}
