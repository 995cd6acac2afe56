import { run } from "./run";

/** What CI runs, cheap first. Every step runs even after a failure; the tests come last, so the output ends with their summary. */
const steps = ["types", "lint", "imports", "docs", "contracts", "api", "build", "publish", "size", "unused", "packed", "next"];

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const runStep = (step: string, args: readonly string[] = []): boolean => {
  const start = performance.now();
  console.log(`\n== npm run ${step}`);
  const passed = run("npm", ["run", "--silent", step, "--", ...args]);
  const outcome = passed ? "passed" : "FAILED";
  if (step !== "test") console.log(`== ${step} ${outcome} in ${seconds(start)}`);
  return passed;
};

const failed = steps.map((step) => `check:${step}`).filter((step) => !runStep(step));
console.log(
  failed.length === 0 ? `\n== ${steps.length} checks passed; the tests are left` : `\n== FAILED: ${failed.join(", ")}; the tests are left`,
);
const tested = runStep("test", process.argv.slice(2));
process.exitCode = tested && failed.length === 0 ? 0 : 1;
