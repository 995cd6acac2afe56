import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Files of other systems, which are not ours to publish: they stand beside the repository. */
const data = fileURLToPath(new URL("../../../../../shared/data", import.meta.url));

/** Every file below a folder of the data, by its path in it. Without the data nothing is proved, so its absence is a failure. */
export function filesBelow(folder: string, pattern: RegExp): readonly string[] {
  const root = join(data, folder);
  if (!existsSync(root)) throw new Error(`the sample files are missing: put ../shared/data/${folder} beside the repository`);
  const files = (readdirSync(root, { recursive: true, withFileTypes: true }) as { name: string; parentPath: string; isFile(): boolean }[])
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => pattern.test(path))
    .sort();
  if (files.length === 0) throw new Error(`../shared/data/${folder} is empty`);
  return files;
}

export const dataFile = (folder: string, path: string): Uint8Array => new Uint8Array(readFileSync(join(data, folder, path)));
