import { spawnSync } from "node:child_process";
import { type BenchOptions, readOptions, type SuiteName, usage } from "./options";
import { type Line, printLines } from "./result";

/** What is measured, as it is published: built. */
const measured = ["core", "storage-adapters", "transport-adapters", "client", "forecasting"].flatMap((name) => ["-w", `@onhand/${name}`]);

/** Loaded when asked for: each needs the built packages, and some need servers. */
const run: Readonly<Record<SuiteName, (options: BenchOptions) => Promise<AsyncIterable<Line>>>> = {
  engine: async (options) => (await import("./engine/suite")).engineSuite(options),
  sql: async (options) => (await import("./sql/suite")).sqlSuite(options),
  http: async (options) => (await import("./http/suite")).httpSuite(options),
  reports: async (options) => (await import("./reports/suite")).reportsSuite(options),
  fanout: async (options) => (await import("./fanout/suite")).fanoutSuite(options),
  jitter: async (options) => (await import("./jitter/suite")).jitterSuite(options),
  forecast: async (options) => (await import("./forecast/suite")).forecastSuite(options),
};

async function measure(options: BenchOptions): Promise<void> {
  const built = spawnSync("npm", ["run", "build", ...measured], { stdio: ["ignore", 2, 2] });
  if (built.status !== 0) throw new Error("the packages could not be built");
  const lines: Line[] = [];
  for await (const line of await run[options.suite](options)) {
    lines.push(line);
    if (options.json) printLines([line], true);
    else console.error(`${Object.values(line).slice(1, 4).join(", ")}: done`);
  }
  if (!options.json) printLines(lines, false);
}

function read(): BenchOptions | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}

const options = read();
if (options?.help) console.log(usage);
else if (options) await measure(options);
