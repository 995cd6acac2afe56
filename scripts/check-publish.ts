import { basename } from "node:path";
import { inTemporaryFolder, pack } from "./pack";
import { read } from "./run";

const problem = (args: readonly string[]): string | undefined => {
  try {
    read("npx", args);
    return undefined;
  } catch (error) {
    return String(error);
  }
};

/** Reads each tarball as a bundler, as Node and as TypeScript would. Resolution of Node 10 knows no subpaths and is left out. */
inTemporaryFolder((folder) => {
  for (const tarball of pack(folder)) {
    const checks = [
      ["publint", "--strict", tarball],
      ["attw", "--profile", "node16", "--format", "ascii", "--no-emoji", tarball],
    ];
    const problems = checks.map(problem).filter((text) => text !== undefined);
    for (const text of problems) console.error(text);
    console.log(`${basename(tarball)}: ${problems.length === 0 ? "fit to publish" : "not fit to publish"}`);
    if (problems.length > 0) process.exitCode = 1;
  }
});
