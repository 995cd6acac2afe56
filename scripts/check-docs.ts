import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { codeBlocks } from "./docs/blocks";
import { compileBlocks } from "./docs/compile";
import { localLinks } from "./docs/links";
import { root } from "./packages";

const generated = join(root, "docs", "api");

const pages = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return path === generated ? [] : pages(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });

const readmes = ["packages", "examples"].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => join(folder, name, "README.md")),
);
const single = ["README.md", "CONTRIBUTING.md", "bench/README.md", ...readmes]
  .map((name) => join(root, name))
  .filter((path) => existsSync(path));
const paths = [...single, ...pages(join(root, "docs"))];
const texts = paths.map((path) => ({ path: relative(root, path), text: readFileSync(path, "utf8") }));
const blocks = texts.flatMap(({ path, text }) => codeBlocks(path, text));

/** The reference is made by `npm run docs`, so a link into it is taken on trust. */
const deadLinks = texts.flatMap(({ path, text }) =>
  localLinks(path, text)
    .filter(({ target }) => !target.startsWith("docs/api") && !existsSync(join(root, target)))
    .map(({ line, target }) => `${path}:${line} links to ${target}, which is not there`),
);

const problems = [...compileBlocks(blocks), ...deadLinks];
for (const problem of problems) console.error(problem);
console.log(
  `${blocks.length} code blocks in ${paths.length} pages: ${problems.length === 0 ? "all compile, all links lead somewhere" : `${problems.length} errors`}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
