import { readdirSync, readFileSync } from "node:fs";
import { linksByName, nameAfterHeadings, nameAfterImports } from "./scripts/docs/typedoc-plugins.mjs";

// All public entries of all packages by import name, read from their manifests, so that none is forgotten.
const manifests = readdirSync("packages").map((folder) => ({
  folder,
  ...JSON.parse(readFileSync(`packages/${folder}/package.json`, "utf8")),
}));
const entries = manifests.flatMap(({ folder, name, exports }) => {
  const published = Object.entries(exports).filter(([, target]) => typeof target === "object");
  return published.map(([entry, target]) => ({
    name: name + entry.slice(1),
    path: `packages/${folder}/${target["@onhand/source"].slice(2)}`,
  }));
});

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  name: "onhand",
  entryPoints: entries.map(({ path }) => path),
  entryPointStrategy: "resolve",
  plugin: [nameAfterImports(entries), nameAfterHeadings, linksByName],
  tsconfig: "tsconfig.json",
  out: "docs/api",
  readme: "README.md",
  projectDocuments: ["docs/*.md", "docs/guides/*.md", "docs/contracts/*.md", "docs/decisions/*.md"],
  displayBasePath: ".",
  githubPages: false,
  excludeExternals: true,
  excludeInternal: true,
  disableGit: true,
  // Pages stand three folders below the root, beside the sources they link to.
  sourceLinkTemplate: "../../../{path}#L{line}",
  // `npm run check:types` does it.
  skipErrorChecking: true,
  validation: { notExported: false, invalidLink: true, notDocumented: true },
  requiredToBeDocumented: ["Function", "Variable", "Class", "Interface", "TypeAlias", "Enum"],
  packagesRequiringDocumentation: manifests.map(({ name }) => name),
  treatWarningsAsErrors: true,
};
