import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

// Tests run on the sources of every package, so nothing has to be built first. Node is told the same list, so "import" must
// not stand in it: who require()s would be handed ES modules (pg its pool).
const conditions = ["@onhand/source", "module"];
/** Limits are for a hang, not for speed. */
const minutes = (count: number) => count * 60_000;

// These read files of other systems, or a retailer's invoices, which are no part of the repository and stand beside it. In CI they fail without.
const ofSamples = [
  "packages/import-export/test/{categories,formats,messy-csv,purchasing}.test.ts",
  "examples/reference-server/test/replay/reports.test.ts",
];
const haveSamples = process.env.CI !== undefined || existsSync(fileURLToPath(new URL("../shared/data", import.meta.url)));
const leftOut = haveSamples ? [] : ofSamples;
// The run says so, once.
process.env.ONHAND_TEST_LEFT_OUT = leftOut.join("\n");

const exclude = [...configDefaults.exclude, ...leftOut];
const pure = ["packages/{core,forecasting,import-export,observability}/{src,test}/**/*.test.ts"];

export default defineConfig({
  resolve: { conditions },
  // These become `--conditions` of Node as well, which has "import" and "require" by itself, one at a time: told both, it gives ESM
  // to whoever requires (socket.io, ws). Nor may "module" stand there: such builds are for bundlers, and Node can't find what they import (@opentelemetry/api).
  ssr: { resolve: { conditions: ["@onhand/source"], externalConditions: ["@onhand/source"] } },
  test: {
    reporters: ["default"],
    globalSetup: "tests/servers/global-setup.ts",
    // Vitest leaves one core to itself; but tests wait for disks, databases and child processes as often as they compute.
    maxWorkers: Math.max(2, availableParallelism()),
    // Not Vitest's one second: on a busy machine what is waited for comes later, and comes.
    expect: { poll: { timeout: minutes(0.5) } },
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          include: pure,
          exclude,
          // These hold nothing beyond a test, so a worker loads the sources once and not once for each file: less than half the work.
          isolate: false,
          testTimeout: minutes(1),
        },
      },
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/{src,test}/**/*.test.{ts,tsx}", "examples/*/{src,test}/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"],
          exclude: [...exclude, ...pure],
          testTimeout: minutes(1),
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["tests/**/*.test.{ts,tsx}"],
          // After the unit tests, so that browsers and child processes have the machine to themselves.
          sequence: { groupOrder: 1 },
          testTimeout: minutes(2),
          hookTimeout: minutes(2),
        },
      },
    ],
  },
});
