import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTemporaryFolder, pack } from "./pack";
import { installedAt, packages, publicEntries, root } from "./packages";
import { read, run } from "./run";

/** What a host brings along, in the versions this repository is tested with. */
const peers = [
  "@duckdb/node-api",
  "@opentelemetry/api",
  "@tanstack/query-core",
  "hono",
  "jose",
  "knex",
  "prom-client",
  "rate-limiter-flexible",
  "react",
  "socket.io",
  "socket.io-client",
  "ws",
  "@types/node",
  "@types/react",
  "@types/ws",
];
const embedding = join(root, "scripts", "embedding");

/** Entries that register tests need the host's test runner; a host's app never loads them. */
const loadable = packages()
  .flatMap(publicEntries)
  .map(({ name }) => name)
  .filter((name) => !name.endsWith("/testing"));

const loadEverything = (folder: string): boolean => {
  const list = JSON.stringify(loadable);
  writeFileSync(join(folder, "load.mjs"), `for (const name of ${list}) await import(name);\nconsole.log("every entry loads as ESM");\n`);
  writeFileSync(join(folder, "load.cjs"), `for (const name of ${list}) require(name);\nconsole.log("every entry loads as CJS");\n`);
  return ["load.mjs", "load.cjs"].map((file) => run("node", [file], { cwd: folder })).every(Boolean);
};

const compilerOptions = [
  "--module",
  "nodenext",
  "--target",
  "es2023",
  "--lib",
  "es2023,dom,dom.iterable",
  "--types",
  "node",
  "--strict",
  "--noEmit",
];

/** Our declarations are compiled too (no `skipLibCheck`), from an ESM and from a CJS file. */
const compile = (folder: string): boolean => {
  const uses = loadable.map((name, index) => `import * as entry${index} from "${name}";\nvoid entry${index};\n`).join("");
  for (const file of ["use.mts", "use.cts"]) writeFileSync(join(folder, file), uses);
  const compiled = run("node", [join(root, "node_modules", "typescript", "bin", "tsc"), ...compilerOptions, "use.mts", "use.cts"], {
    cwd: folder,
  });
  if (compiled) console.log("every entry compiles, as ESM and as CJS");
  return compiled;
};

const embed = (folder: string): boolean => {
  cpSync(embedding, folder, { recursive: true });
  return ["main.mjs", "main.cjs"].map((file) => run("node", [file], { cwd: folder })).every(Boolean);
};

/** Installs the tarballs in a folder that knows nothing of this workspace, and uses them as a host would. */
inTemporaryFolder((folder) => {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "host", private: true }));
  const tarballs = pack(folder);
  read("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...tarballs, ...peers.map(installedAt)], { cwd: folder });
  const outcomes = [loadEverything(folder), compile(folder), embed(folder)];
  process.exitCode = outcomes.every(Boolean) ? 0 : 1;
});
