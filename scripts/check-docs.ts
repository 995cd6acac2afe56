import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { codeBlocks } from "./docs/blocks";
import { compileBlocks } from "./docs/compile";
import { root } from "./packages";

const generated = join(root, "docs", "api");

const pages = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return path === generated ? [] : pages(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });

const paths = [...["README.md", "CONTRIBUTING.md"].map((name) => join(root, name)), ...pages(join(root, "docs"))];
const blocks = paths.flatMap((path) => codeBlocks(relative(root, path), readFileSync(path, "utf8")));
const problems = compileBlocks(blocks);
for (const problem of problems) console.error(problem);
console.log(
  `${blocks.length} code blocks in ${paths.length} pages: ${problems.length === 0 ? "all compile" : `${problems.length} errors`}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
