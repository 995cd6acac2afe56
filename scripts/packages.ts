import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly "@onhand/source": string }>>;
};
export type Package = { readonly name: string; readonly directory: string; readonly manifest: Manifest };

/** The published packages. */
export const packages = (from = root): Package[] =>
  readdirSync(join(from, "packages"))
    .map((folder) => join(from, "packages", folder))
    .filter((directory) => existsSync(join(directory, "package.json")))
    .map((directory) => {
      const manifest: Manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
      return { name: manifest.name, directory, manifest };
    });

/** A dependency in the version this repository is tested with, as `npm install` takes it. */
export const installedAt = (name: string): string => {
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
  return `${name}@${version}`;
};

/** The public entries of a package by import name, each with its source file. */
export const publicEntries = ({ name, directory, manifest }: Package): { name: string; source: string }[] =>
  Object.entries(manifest.exports).flatMap(([entry, target]) =>
    typeof target === "string" ? [] : [{ name: name + entry.slice(1), source: join(directory, target["@onhand/source"]) }],
  );
