import { posix } from "node:path";
import { cycles } from "./cycles";
import { match } from "./match";
import { resolve, type Target, withoutExtension } from "./resolve";
import { type ImportRule, importRules, impureNames, oneSlice, singleUse, testMay } from "./rules";
import { type Import, type Scan, scan } from "./scan";

/** The tree as data: source files and READMEs by path, and the public entries of every package. */
export type Tree = { readonly files: ReadonlyMap<string, string>; readonly entries: ReadonlyMap<string, readonly string[]> };
type Known = { readonly path: string; readonly plain: string; readonly scanned: Scan };
type Resolved = Import & { readonly target: Target };

/** Fixtures in a `testing` folder are tests, except in core, where they are published. */
const isTest = (path: string): boolean =>
  /\.test\.tsx?$|\/test\//.test(path) || (path.includes("/testing/") && !path.startsWith("packages/core/"));
const at = (path: string, line: number, what: string, because: string): string => `${path}:${line} ${what}: not allowed because ${because}`;
const nameOf = (target: Target): string =>
  target.kind === "file" ? target.path : target.kind === "package" ? target.name + target.entry.slice(1) : target.name;

const allows = (patterns: readonly string[], target: Target, names: Record<string, string>): boolean =>
  patterns.some((pattern) => {
    if (target.kind === "package" && pattern === "@onhand/*") return true;
    if (target.kind === "outside" && pattern === "node:*") return target.name.startsWith("node:");
    if (target.kind === "outside" && pattern === "*") return !target.name.startsWith("node:");
    return match(pattern, nameOf(target), names) !== undefined;
  });

/** `domain/stock/tables` names one file, `domain/stock` a folder. */
const namedInReadme = (tree: Tree, path: string): string[] => {
  const folder = posix.dirname(path);
  const text = tree.files.get(`${folder}/README.md`) ?? "";
  const line =
    text
      .split("\n")
      .find((each) => each.includes("May import:"))
      ?.split("May import:")[1] ?? "";
  const named = [...line.matchAll(/`([\w/-]+)`/g)].map(([, name]) => `packages/core/src/${name}`);
  return named.flatMap((name) => [name, `${name}/`]);
};

const ruleFor = (plain: string): { rule: ImportRule; names: Record<string, string> } | undefined => {
  for (const rule of importRules) {
    const names = match(rule.from, plain);
    if (names) return { rule, names: { ...names } };
  }
  return undefined;
};

const privateEntry = (target: Target, entries: Tree["entries"]): string | undefined =>
  target.kind === "package" && !entries.get(target.name)?.includes(target.entry)
    ? `${target.name} has no public entry "${target.entry}"`
    : undefined;

const importProblems = (tree: Tree, { path, plain }: Known, imports: readonly Resolved[]): string[] => {
  const found = ruleFor(plain);
  if (!found) return [`${path}:1 no rule of scripts/imports/rules.ts covers this file: add one`];
  const { rule, names } = found;
  const packageName = /^packages\/([^/]+)\//.exec(plain)?.[1];
  const test = isTest(path);
  const may = [...rule.may, ...(rule.readme ? namedInReadme(tree, path) : []), ...(test ? testMay : [])];
  const scope = packageName ? { ...names, package: packageName } : names;
  return imports.flatMap((each) => {
    const allowed = allows(each.typeOnly ? [...may, ...(rule.mayTypes ?? [])] : may, each.target, scope);
    const because = privateEntry(each.target, tree.entries) ?? (allowed ? undefined : rule.because);
    return because ? [at(path, each.line, `imports ${each.specifier}`, because)] : [];
  });
};

const impurities = ({ path, plain, scanned }: Known): string[] =>
  ruleFor(plain)?.rule.pure && !isTest(path)
    ? scanned.uses
        .filter(({ name }) => impureNames.includes(name))
        .map(({ name, line }) => at(path, line, `uses ${name}`, "the domain is pure: no clock, no randomness, no I/O, no async"))
    : [];

/** Types and tables may come from any slice; rules only from one. */
const mixedSlices = ({ path, plain }: Known, imports: readonly Resolved[]): string[] => {
  if (!plain.startsWith(oneSlice.below) || oneSlice.except.includes(plain) || isTest(path)) return [];
  const sliceOf = ({ target, typeOnly }: Resolved): string | undefined =>
    target.kind === "file" && !typeOnly && !target.path.endsWith("/tables")
      ? match(`${oneSlice.slices}<slice>/`, target.path)?.slice
      : undefined;
  const rules = imports.filter((each) => ![undefined, "shared"].includes(sliceOf(each)));
  const first = rules[0] && sliceOf(rules[0]);
  return rules
    .filter((each) => sliceOf(each) !== first)
    .map((each) =>
      at(path, each.line, `imports ${each.specifier}`, `this file belongs to the slice ${first}; only create-inventory joins slices`),
    );
};

const repeatedUses = (known: readonly Known[]): string[] =>
  singleUse.flatMap(({ name, below }) => {
    const uses = known.flatMap(({ path, scanned }) => {
      const use =
        path.startsWith(below) && !isTest(path)
          ? scanned.uses.find((each) => each.name === name || each.name === `React.${name}`)
          : undefined;
      return use ? [{ path, line: use.line }] : [];
    });
    return uses.slice(1).map(({ path, line }) => at(path, line, `uses ${name}`, `only ${uses[0]?.path} does; hooks go through it`));
  });

/** Types vanish before anything is loaded, so two files may name each other's types. */
const loops = (graph: ReadonlyMap<string, readonly string[]>): string[] =>
  cycles(graph).map((path) => `${path[0]}:1 imports itself: ${path.join(" → ")}: not allowed because loading one would need the other`);

/** Every breach of the import table, one line each; empty when the tree is clean. */
export const checkImports = (tree: Tree): string[] => {
  const known = [...tree.files]
    .filter(([path]) => !path.endsWith(".md"))
    .map(([path, text]) => ({ path, plain: withoutExtension(path), scanned: scan(path, text) }));
  const plains = new Set(known.map(({ plain }) => plain));
  const resolved = new Map(
    known.map(({ path, plain, scanned }) => [
      plain,
      scanned.imports.map((each) => ({ ...each, target: resolve(path, each.specifier, plains) })),
    ]),
  );
  const graph = new Map(
    [...resolved].map(([plain, imports]) => [
      plain,
      imports.flatMap(({ target, typeOnly }) => (target.kind === "file" && !typeOnly ? [target.path] : [])),
    ]),
  );
  const perFile = known.flatMap((file) => {
    const imports = resolved.get(file.plain) ?? [];
    return [...importProblems(tree, file, imports), ...impurities(file), ...mixedSlices(file, imports)];
  });
  return [...perFile, ...repeatedUses(known), ...loops(graph)];
};
