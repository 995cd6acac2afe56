import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { engineSuite, type SuiteOptions } from "./engine/suite";
import { printResults, type Result } from "./result";

const suites: Readonly<Record<string, (options: SuiteOptions) => AsyncIterable<Result>>> = {
  engine: engineSuite,
  // Loaded when asked for: it needs drivers and servers.
  sql: async function* (options) {
    yield* (await import("./sql/suite")).sqlSuite(options);
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    "round-ms": { type: "string", default: "1000" },
    disk: { type: "string", default: tmpdir() },
    only: { type: "string", multiple: true },
  },
});
const [name = "engine"] = positionals;
const suite = suites[name];
if (!suite) throw new Error(`there is no suite ${name}; there is ${Object.keys(suites).join(", ")}`);
const only = values.only;

const results: Result[] = [];
const options = {
  rounds: Number(values.rounds),
  roundMs: Number(values["round-ms"]),
  disk: values.disk,
  only: (part: string) => !only || only.some((wanted) => part.startsWith(wanted)),
};
for await (const result of suite(options)) {
  results.push(result);
  if (values.json) printResults([result], true);
  else console.error(`${result.case}, ${result.engine}, ${result.callers} callers: done`);
}
if (!values.json) printResults(results, false);
