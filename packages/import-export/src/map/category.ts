import { InventoryError } from "@onhand/core";
import type { OpenFile } from "../format/open-file";
import { recordReader } from "./record";

/** A category as a product names it, and what else the file's other half may call it. */
export interface Category {
  /** Its name behind those it is a part of: `Computers/Laptops`. */
  readonly path: string;
  /** Its number, and its name where no other has that. */
  readonly calledBy: readonly string[];
}

/** The categories of a file, each with the one it is a part of. */
export interface CategoryTree {
  /** Undefined when it can't be placed, which is told. */
  find(row: CategoryRow, tell: (message: string) => void): Category | undefined;
}

/** What a record says of a category. */
export interface CategoryRow {
  readonly id: string;
  readonly name: string;
  readonly parent: string;
}

const maximumCategories = 100_000;
/** No product could name more. */
const maximumDepth = 50;
const between = "/";

/** Reads all of a file: parents may stand below their parts. */
export async function readCategories(file: OpenFile): Promise<CategoryTree> {
  const read = recordReader(file);
  const byId = new Map<string, CategoryRow>();
  const byName = new Map<string, CategoryRow | "several">();
  for await (const line of file.lines()) {
    const record = read(line);
    if (record.broken !== undefined || record.ignored !== undefined) continue;
    const row = { id: record.text("categoryId"), name: record.text("category"), parent: record.text("parent") };
    if (row.id !== "") byId.set(row.id, row);
    byName.set(row.name, byName.has(row.name) ? "several" : row);
    if (byName.size > maximumCategories)
      throw new InventoryError("UNSUPPORTED", { feature: `a file of more than ${maximumCategories} categories` });
  }

  function pathOf({ name, parent }: CategoryRow, tell: (message: string) => void, below: readonly string[] = []): string | undefined {
    const path = [name, ...below];
    // What the file doesn't tell of is the root.
    const above = byId.get(parent) ?? byName.get(parent);
    if (above === undefined || parent === "") return path.join(between);
    if (above === "several") tell(`several categories are called ${JSON.stringify(parent)}: say its number`);
    else if (path.length === maximumDepth) tell(`is a part of itself, or of more than ${maximumDepth} others`);
    else return pathOf(above, tell, path);
    return undefined;
  }

  return {
    find(row, tell) {
      const path = pathOf(row, tell);
      const names = [row.id, byName.get(row.name) === "several" ? "" : row.name];
      return path === undefined ? undefined : { path, calledBy: names.filter((name) => name !== "" && name !== path) };
    },
  };
}
