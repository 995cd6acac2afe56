import { posix } from "node:path";

/** What an import points at: a file of this repository, an entry of one of its packages, or something from outside. */
export type Target =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "package"; readonly name: string; readonly entry: string }
  | { readonly kind: "outside"; readonly name: string };

export const withoutExtension = (path: string): string => path.replace(/\.(d\.ts|[cm]?tsx?|[cm]?jsx?)$/, "");

const libraryName = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

const fileOf = (path: string, files: ReadonlySet<string>): string => {
  const plain = withoutExtension(path);
  return files.has(plain) || !files.has(`${plain}/index`) ? plain : `${plain}/index`;
};

/** Finds the target of an import; `files` are the paths of all source files without extension. */
export const resolve = (from: string, specifier: string, files: ReadonlySet<string>): Target => {
  if (specifier.startsWith(".")) return { kind: "file", path: fileOf(posix.join(posix.dirname(from), specifier), files) };
  if (specifier.startsWith("node:")) return { kind: "outside", name: specifier };
  const name = libraryName(specifier);
  return name.startsWith("@onhand/") ? { kind: "package", name, entry: `.${specifier.slice(name.length)}` } : { kind: "outside", name };
};
