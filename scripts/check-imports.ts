import { checkImports } from "./imports/check";
import { readTree } from "./imports/read-tree";
import { root } from "./packages";

const tree = readTree(root);
const problems = checkImports(tree);
for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0 ? `${tree.files.size} files keep to the import table` : `${problems.length} imports break the import table`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
