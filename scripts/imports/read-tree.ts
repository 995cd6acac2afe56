import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packages } from "../packages";
import type { Tree } from "./check";

const roots = ["packages", "examples", "tests", "scripts", "bench"];
const ignored = new Set(["node_modules", "dist"]);

const walk = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return (folder ? !ignored.has(entry.name) : roots.includes(entry.name)) ? walk(root, path) : [];
    return /\.tsx?$|\/README\.md$/.test(path) ? [path] : [];
  });

/** The sources of this repository, read from disk. */
export const readTree = (root: string): Tree => ({
  files: new Map(walk(root, "").map((path) => [path, readFileSync(join(root, path), "utf8")])),
  entries: new Map(packages(root).map(({ name, manifest }) => [name, Object.keys(manifest.exports)])),
});
